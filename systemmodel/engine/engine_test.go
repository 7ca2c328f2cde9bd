package engine

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/bsgen/bsgen/systemmodel/onnx"
)

func TestMain(m *testing.M) {
	ServeIfChild()
	os.Exit(m.Run())
}

// runtimeOrSkip returns ONNX Runtime, where it is installed.
func runtimeOrSkip(t testing.TB) *ONNXRuntime {
	t.Helper()
	e, err := New(t.Context(), "../..")
	if errors.Is(err, ErrUnavailable) {
		t.Skip("skipped: ", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// quick are limits for tests. Their times are far off: a busy machine fails no test.
var quick = Limits{Memory: 512 << 20, Output: 64 << 20, Load: 5 * time.Minute, Batch: 5 * time.Minute, CPU: time.Minute}

// open opens a model or ends the test.
func open(t testing.TB, e Engine, model []byte, input string, outputs []string, limits Limits) Session {
	t.Helper()
	s, err := e.Open(context.Background(), model, input, outputs, limits)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// build returns a model or ends the test.
func build(t testing.TB, b *onnx.Builder) []byte {
	t.Helper()
	model, err := b.Model()
	if err != nil {
		t.Fatal(err)
	}
	return model
}

// values are seeded.
func values(n int, seed uint64) []float32 {
	r := rand.New(rand.NewPCG(seed, seed))
	v := make([]float32, n)
	for i := range v {
		v[i] = float32(r.NormFloat64())
	}
	return v
}

// network is two convolutions with weights, a pool and a matrix product, on images
// of size x size: enough for blocked and vectorized kernels to have a say.
func network(t testing.TB, size int64) []byte {
	t.Helper()
	b := onnx.NewBuilder("network")
	b.Input("image", onnx.Float32, onnx.Batch, 3, size, size)
	b.Float32s("w1", []int64{32, 3, 7, 7}, values(32*3*7*7, 1))
	b.Float32s("w2", []int64{48, 32, 3, 3}, values(48*32*3*3, 2))
	b.Float32s("w3", []int64{48, 10}, values(480, 3))
	b.Node("Conv", "conv1", []string{"image", "w1"}, onnx.Ints("strides", 2, 2), onnx.Ints("pads", 3, 3, 3, 3))
	b.Node("Relu", "relu1", []string{"conv1"})
	b.Node("Conv", "conv2", []string{"relu1", "w2"}, onnx.Ints("pads", 1, 1, 1, 1))
	b.Node("Relu", "relu2", []string{"conv2"})
	b.Node("GlobalAveragePool", "pool", []string{"relu2"})
	b.Node("Flatten", "flat", []string{"pool"})
	b.Node("MatMul", "logits", []string{"flat", "w3"})
	b.Output("logits", onnx.Float32, onnx.Batch, 10)
	return build(t, b)
}

// TestRun compares with sums that can be made by hand: a box filter, then a ReLU.
func TestRun(t *testing.T) {
	e := runtimeOrSkip(t)
	if e.Name() != "onnxruntime" || !strings.HasPrefix(e.Version(), "1.") {
		t.Errorf("%s %s", e.Name(), e.Version())
	}
	b := onnx.NewBuilder("box")
	b.Input("image", onnx.Float32, onnx.Batch, 1, 2, 3)
	b.Float32s("ones", []int64{1, 1, 2, 2}, []float32{1, 1, 1, 1})
	b.Node("Conv", "sum", []string{"image", "ones"})
	b.Node("Relu", "rectified", []string{"sum"})
	b.Output("rectified", onnx.Float32, onnx.Batch, 1, 1, 2)
	s := open(t, e, build(t, b), "image", []string{"sum", "rectified"}, quick)
	for range 2 { // the second batch takes the room of the first
		got, err := s.Run(t.Context(), []float32{1, 2, 3, 4, 5, 6, 0, 0, 0, -1, -1, 2}, []int64{2, 1, 2, 3})
		if err != nil {
			t.Fatal(err)
		}
		want := []Tensor{
			{"sum", []int64{2, 1, 1, 2}, []float32{12, 16, -2, 1}},
			{"rectified", []int64{2, 1, 1, 2}, []float32{12, 16, 0, 1}},
		}
		for i, w := range want {
			if g := got[i]; g.Name != w.Name || !slices.Equal(g.Shape, w.Shape) || !slices.Equal(g.Data, w.Data) {
				t.Errorf("got %v, want %v", g, w)
			}
		}
	}
	if _, err := s.Run(t.Context(), make([]float32, 5), []int64{1, 1, 2, 3}); err == nil {
		t.Error("5 values were taken for 6")
	}
}

// TestSameBits wants the same bits from one image at a time and from eight, from
// one thread and from several, in whatever order batches are handed over.
func TestSameBits(t *testing.T) {
	e := runtimeOrSkip(t)
	const images, size = 16, 48
	const each = 3 * size * size
	model, in := network(t, size), values(images*each, 4)
	tensors := []string{"relu1", "conv2", "logits"}
	var first [][]float32
	for _, c := range []struct{ batch, parallel, callers int }{{1, 1, 1}, {8, 1, 1}, {8, 2, 3}, {1, 4, 5}, {3, 2, 2}} {
		limits := quick
		limits.Parallel = c.parallel
		s := open(t, e, model, "image", tensors, limits)
		got := make([][][]float32, images) // [image][tensor]
		next := make(chan int, images)
		for from := 0; from < images; from += c.batch {
			next <- from
		}
		close(next)
		var wait sync.WaitGroup
		for range c.callers {
			wait.Go(func() {
				for from := range next {
					n := min(c.batch, images-from)
					out, err := s.Run(t.Context(), in[from*each:(from+n)*each], []int64{int64(n), 3, size, size})
					if err != nil {
						t.Error(err)
						return
					}
					for i := range n {
						for _, o := range out {
							row := len(o.Data) / n
							got[from+i] = append(got[from+i], o.Data[i*row:(i+1)*row])
						}
					}
				}
			})
		}
		wait.Wait()
		s.Close()
		if t.Failed() {
			return
		}
		var all [][]float32
		for _, g := range got {
			all = append(all, g...)
		}
		if first == nil {
			first = all
			continue
		}
		for i := range all {
			if !slices.EqualFunc(all[i], first[i], func(a, b float32) bool { return math.Float32bits(a) == math.Float32bits(b) }) {
				t.Errorf("batches of %d, %d at once: image %d, tensor %s has other bits", c.batch, c.parallel, i/len(tensors), tensors[i%len(tensors)])
				break
			}
		}
	}
}

// TestCancelled ends a session that is under way, and with it the child.
func TestCancelled(t *testing.T) {
	e := runtimeOrSkip(t)
	s := open(t, e, endless(t), "image", []string{"out"}, quick)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	if _, err := s.Run(ctx, []float32{1}, []int64{1, 1}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if _, err := e.Open(ctx, endless(t), "image", []string{"out"}, quick); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// TestChildDies: a crash is laid to the model, and told by its first line; a kill
// from outside is not. Neither leaves a folder behind, and a second engine goes on.
func TestChildDies(t *testing.T) {
	e := runtimeOrSkip(t)
	for _, c := range []struct {
		signal syscall.Signal
		model  bool
		want   string
	}{
		{syscall.SIGSEGV, true, "the engine crashed on the model: SIGSEGV: segmentation violation"},
		{syscall.SIGABRT, true, "the engine crashed on the model: SIGABRT: abort"},
		{syscall.SIGKILL, false, "the engine's process was killed, perhaps because the machine ran out of memory"},
	} {
		s := open(t, e, endless(t), "image", []string{"out"}, quick).(*session)
		time.AfterFunc(50*time.Millisecond, func() { s.cmd.Process.Signal(c.signal) })
		_, err := s.Run(t.Context(), []float32{1}, []int64{1, 1})
		var ours *Error
		if errors.As(err, &ours) != c.model || err == nil || err.Error() != c.want {
			t.Errorf("%v: got %T %v", c.signal, err, err)
		}
		if _, again := s.Run(t.Context(), []float32{1}, []int64{1, 1}); again == nil || again.Error() != c.want {
			t.Errorf("%v: the next batch: %v", c.signal, again)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(s.dir); !os.IsNotExist(err) {
			t.Errorf("%v: the folder of the child: %v", c.signal, err)
		}
	}
	if err := try(e, network(t, 16), "image", "logits", []int64{2, 3, 16, 16}, quick); err != nil {
		t.Errorf("a sound model, after that: %v", err)
	}
}
