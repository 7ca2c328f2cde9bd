package zoo

import (
	"errors"
	"math"
	"os"
	"slices"
	"testing"

	"github.com/bsgen/bsgen/systemmodel/engine"
)

func TestMain(m *testing.M) {
	engine.ServeIfChild()
	os.Exit(m.Run())
}

// show runs a model on images in ONNX Runtime, or skips the test where there is none.
func show(t *testing.T, model []byte, input string, outputs []string, images ...tensor) []engine.Tensor {
	t.Helper()
	if raceDetector {
		t.Skip("the runtime's child is limited, which the race detector does not survive")
	}
	e, err := engine.New(t.Context(), "../..")
	if errors.Is(err, engine.ErrUnavailable) {
		t.Skip("skipped: ", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	session, err := e.Open(t.Context(), model, input, outputs, engine.Limits{Parallel: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	shape := []int64{int64(len(images))}
	for _, d := range images[0].shape[1:] {
		shape = append(shape, int64(d))
	}
	var batch []float32
	for _, x := range images {
		batch = append(batch, x.data...)
	}
	out, err := session.Run(t.Context(), batch, shape)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// one returns image i of what a batch gave.
func one(x engine.Tensor, i int) tensor {
	n := len(x.Data) / int(x.Shape[0])
	out := tensor{shape: []int{1}, data: x.Data[i*n : (i+1)*n]}
	for _, d := range x.Shape[1:] {
		out.shape = append(out.shape, int(d))
	}
	return out
}

// Every channel of the committed Gabor bank wins for the grating that it prefers.
func TestGaborInONNXRuntime(t *testing.T) {
	model, err := GaborV1()
	if err != nil {
		t.Fatal(err)
	}
	var images []tensor
	for _, lambda := range gaborWavelengths {
		for o := range gaborOrientations {
			images = append(images, grating(field, float64(lambda), float64(o)/16, 0.1, 0, 0.3))
		}
	}
	energy := show(t, model, "image", []string{"energy"}, images...)[0]
	for want := range images {
		got := middle(one(energy, want))
		if best := argmax(got); best != want {
			t.Errorf("channel %d wins with %.3f over %d with %.3f", best, got[best], want, got[want])
		}
		if math.Abs(got[want]-0.3) > 0.01 {
			t.Errorf("channel %d: energy %.4f, want the amplitude 0.3", want, got[want])
		}
	}
}

// ONNX Runtime and the interpreter agree on every stage of HMAX.
func TestHMAXInONNXRuntime(t *testing.T) {
	const side = 64
	model, err := hmax(side, 1, someSets())
	if err != nil {
		t.Fatal(err)
	}
	x := newTensor(1, 1, side, side)
	for i, v := range leaves(newRandom(4), side) {
		x.data[i] = float32(v)
	}
	names := []string{"s1.07", "c1.1", "c1.2", "c2"}
	got := show(t, model, "image", names, x)
	p := interpret(t, model)
	for i, name := range names {
		want := p.run("image", x, name)
		if !slices.Equal(one(got[i], 0).shape, want.shape) {
			t.Fatalf("%s has shape %v, want %v", name, got[i].Shape, want.shape)
		}
		for k, w := range want.data {
			if math.Abs(float64(got[i].Data[k]-w)) > 1e-5 {
				t.Fatalf("%s, unit %d: %v, want %v", name, k, got[i].Data[k], w)
			}
		}
	}
}

// In the model as it is shipped, the orientation of a grating wins in the band
// that its wavelength is for.
func TestHMAXBandsInONNXRuntime(t *testing.T) {
	model, err := hmax(field, 1, someSets())
	if err != nil {
		t.Fatal(err)
	}
	names := []string{"c1.1", "c1.4", "c1.8"}
	for i, band := range []int{0, 3, 7} {
		var images []tensor
		for _, turns := range hmaxTurns {
			images = append(images, grating(field, s1Filter(2*band, 0).lambda, turns, 0.2, 0.5, 0.4))
		}
		c1 := show(t, model, "image", names, images...)
		for o := range hmaxTurns {
			right := middle(one(c1[i], o))
			if argmax(right) != o {
				t.Errorf("%s, orientation %d: channel %d wins: %.3f", names[i], o, argmax(right), right)
			}
			for k := range names {
				if other := middle(one(c1[k], o)); k != i && other[o] >= right[o] {
					t.Errorf("a grating for %s: %s answers with %.3f, it with %.3f", names[i], names[k], other[o], right[o])
				}
			}
		}
	}
}
