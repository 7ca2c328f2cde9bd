package systemmodel

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bsgen/bsgen/dataset"
	"github.com/bsgen/bsgen/dataset/images"
	"github.com/bsgen/bsgen/dataset/npy"
	"github.com/bsgen/bsgen/systemmodel/engine"
	"github.com/bsgen/bsgen/systemmodel/onnx"
	"github.com/bsgen/bsgen/systemmodel/pillow"
	"github.com/bsgen/bsgen/systemmodel/preprocess"
)

// fake is an engine whose tensors are arithmetic on the pixels: "sum" has one
// unit, the sum of an image; "pixels" one for each of the input's numbers.
type fake struct {
	mu    sync.Mutex
	opens [][]string // tensors of each session
	runs  atomic.Int64
	open  error
	run   func(ctx context.Context, lo int64, t []engine.Tensor) error // spoils what a batch gave
}

func (f *fake) Name() string    { return "fake" }
func (f *fake) Version() string { return "1" }

func (f *fake) Open(_ context.Context, model []byte, input string, outputs []string, _ engine.Limits) (engine.Session, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if string(model) != "network" || input != "image" {
		return nil, fmt.Errorf("open got %q, %q", model, input)
	}
	f.opens = append(f.opens, slices.Clone(outputs))
	return &session{f, outputs}, f.open
}

type session struct {
	f       *fake
	outputs []string
}

func (s *session) Close() error { return nil }

func (s *session) Run(ctx context.Context, batch []float32, shape []int64) ([]engine.Tensor, error) {
	turn := s.f.runs.Add(1)
	n, size := int(shape[0]), len(batch)/int(shape[0])
	var out []engine.Tensor
	for _, name := range s.outputs {
		t := engine.Tensor{Name: name, Shape: []int64{shape[0], 1}}
		for i := range n {
			row := batch[i*size : (i+1)*size]
			switch name {
			case "sum":
				var sum float32
				for _, v := range row {
					sum += v
				}
				t.Data = append(t.Data, sum)
			default:
				t.Data = append(t.Data, row...)
			}
		}
		t.Shape[1] = int64(len(t.Data) / n)
		out = append(out, t)
	}
	if s.f.run != nil {
		if err := s.f.run(ctx, turn, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// setup returns a model with a 2 x 2 grey input and n stimuli of 2 x 2 pixels,
// stimulus i of the grey level 10 i, named so that the order of the names is not
// that of the files.
func setup(t *testing.T, n int) (*Model, Stimuli, *Cache) {
	t.Helper()
	dir := t.TempDir()
	var entries []images.Entry
	s := Stimuli{Digest: "pinned"}
	for i := range n {
		m := image.NewGray(image.Rect(0, 0, 2, 2))
		for k := range m.Pix {
			m.Pix[k] = uint8(10 * i)
		}
		name := fmt.Sprintf("s%02d", n-1-i)
		f, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(png.Encode(f, m), f.Close()); err != nil {
			t.Fatal(err)
		}
		entries = append(entries, images.Entry{Name: name, Path: name, Source: dataset.Source{File: name}})
		s.Names = append(s.Names, name)
	}
	s.Images = func() (*images.Set, error) {
		return images.Files(entries, func(e images.Entry) (string, error) { return filepath.Join(dir, e.Source.File), nil })
	}
	m := &Model{
		SHA256: "model", Network: func() ([]byte, error) { return []byte("network"), nil }, Tensor: "image",
		Input: preprocess.Input{W: 2, H: 2, Color: preprocess.Grey, Filter: pillow.Box}, Degrees: 8,
	}
	return m, s, &Cache{Dir: t.TempDir()}
}

// show returns what a tensor held.
func show(t *testing.T, m *Model, e engine.Engine, c *Cache, s Stimuli, tensor string) []float32 {
	t.Helper()
	paths, release, err := m.Show(t.Context(), e, c, s, []string{tensor})
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	return read(t, paths[0], len(s.Names))
}

func read(t *testing.T, path string, rows int) []float32 {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	a, err := npy.Read(f, npy.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if shape := a.Shape(); len(shape) != 2 || shape[0] != rows || a.DType() != npy.Float32 {
		t.Fatalf("%v %v for %d stimuli", a.DType(), shape, rows)
	}
	out := make([]float32, a.Rows()*a.RowLen())
	if err := a.Float32s(out, 0, a.Rows()); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestRows: rows stand in the order of the stimuli, whatever the batches and
// however many of them are shown at once.
func TestRows(t *testing.T) {
	for _, n := range []int{1, batch - 1, batch, 2*batch + 1, 25} {
		for _, procs := range []int{1, 4} {
			t.Run(fmt.Sprintf("%d stimuli, %d processors", n, procs), func(t *testing.T) {
				defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(procs))
				m, s, c := setup(t, n)
				for i, got := range show(t, m, &fake{}, c, s, "sum") {
					if want := float32(4 * 10 * i); got != want {
						t.Errorf("row %d: %v, want %v", i, got, want)
					}
				}
			})
		}
	}
}

// TestPresentation: an image fills the field of view, or the part of it that its
// degrees take up, with grey around it.
func TestPresentation(t *testing.T) {
	m, s, c := setup(t, 1)
	m.Input.W, m.Input.H = 4, 4
	for degrees, want := range map[float64]float32{
		0: 0,        // full: black everywhere
		8: 0,        // as wide as the field
		4: 12 * 128, // black in the middle 2 x 2 of 4 x 4, grey around it
	} {
		s.Degrees = degrees
		if got := show(t, m, &fake{}, c, s, "sum"); got[0] != want {
			t.Errorf("%g degrees: %v, want %v", degrees, got[0], want)
		}
	}
}

// TestCached: what was shown once is not shown again, and of another tensor only
// what is missing is read.
func TestCached(t *testing.T) {
	m, s, c := setup(t, 3)
	e := &fake{}
	first := show(t, m, e, c, s, "sum")
	m.Network = func() ([]byte, error) { return nil, errors.New("read again") }
	images := s.Images
	s.Images = nil
	if again := show(t, m, nil, c, s, "sum"); !slices.Equal(first, again) {
		t.Errorf("%v, then %v", first, again)
	}
	m.Network, s.Images = func() ([]byte, error) { return []byte("network"), nil }, images
	paths, release, err := m.Show(t.Context(), e, c, s, []string{"pixels", "sum"})
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	if got := read(t, paths[0], 3); len(got) != 12 || got[11] != 20 {
		t.Errorf("pixels: %v", got)
	}
	if got := read(t, paths[1], 3); !slices.Equal(got, first) {
		t.Errorf("sum: %v", got)
	}
	if got := fmt.Sprint(e.opens); got != "[[sum] [pixels]]" {
		t.Errorf("sessions %s", got)
	}
}

// TestKey: everything that activations depend on is in the name of their file.
func TestKey(t *testing.T) {
	m, s, _ := setup(t, 2)
	seen := map[string]string{m.key(s): "nothing"}
	for what, change := range map[string]func(*Model, *Stimuli){
		"network": func(m *Model, _ *Stimuli) { m.SHA256 = "other" },
		"input":   func(m *Model, _ *Stimuli) { m.Tensor = "other" },
		"mean":    func(m *Model, _ *Stimuli) { m.Input.Mean = []float64{1} },
		"filter":  func(m *Model, _ *Stimuli) { m.Input.Filter = pillow.Bilinear },
		"degrees": func(_ *Model, s *Stimuli) { s.Degrees = 4 },
		"field":   func(m *Model, s *Stimuli) { m.Degrees, s.Degrees = 4, 4 },
		"images":  func(_ *Model, s *Stimuli) { s.Digest = "other" },
		"order":   func(_ *Model, s *Stimuli) { s.Names = []string{s.Names[1], s.Names[0]} },
	} {
		mm, ss := *m, s
		change(&mm, &ss)
		key := mm.key(ss)
		if other, ok := seen[key]; ok {
			t.Errorf("changing the %s gives the key of changing the %s", what, other)
		}
		seen[key] = what
	}
	field := *m
	field.Degrees = 4
	if field.key(s) != m.key(s) {
		t.Error("the field of view plays a part where images fill it")
	}
}

// TestErrors: what lies in the model is told from what lies in the machine, and
// neither leaves a file behind.
func TestErrors(t *testing.T) {
	for name, c := range map[string]struct {
		change  func(*Model, *Stimuli, *Cache, *fake)
		want    string
		machine bool
	}{
		"refused":       {func(_ *Model, _ *Stimuli, _ *Cache, f *fake) { f.open = &onnx.Error{What: "no tensor x"} }, "no tensor x", false},
		"can not load":  {func(_ *Model, _ *Stimuli, _ *Cache, f *fake) { f.open = &engine.Error{What: "no such op"} }, "no such op", false},
		"child is gone": {func(_ *Model, _ *Stimuli, _ *Cache, f *fake) { f.open = errors.New("fork failed") }, "fork failed", true},
		"no network": {func(m *Model, _ *Stimuli, _ *Cache, _ *fake) {
			m.Network = func() ([]byte, error) { return nil, errors.New("no download") }
		}, "no download", true},
		"no images": {func(_ *Model, s *Stimuli, _ *Cache, _ *fake) {
			s.Images = func() (*images.Set, error) { return nil, errors.New("no zip") }
		}, "no zip", true},
		"missing image": {func(_ *Model, s *Stimuli, _ *Cache, _ *fake) { s.Names = append(s.Names, "zebra") }, "no image for 1 of 11 stimuli, the first is zebra", true},
		"no stimuli":    {func(_ *Model, s *Stimuli, _ *Cache, _ *fake) { s.Names = nil }, "no stimuli", true},
		"too large":     {func(_ *Model, _ *Stimuli, c *Cache, _ *fake) { c.Max = 39 }, "the cache has room for 3.9e-08 GB", true},
		"no folder":     {func(_ *Model, _ *Stimuli, c *Cache, _ *fake) { c.Dir = "/dev/null/activations" }, "cache of activations", true},
		"input":         {func(m *Model, _ *Stimuli, _ *Cache, _ *fake) { m.Input.Filter = "sharp" }, "sharp", false},
		"too far away":  {func(_ *Model, s *Stimuli, _ *Cache, _ *fake) { s.Degrees = 1e-6 }, "sides of up to", false},
		"run fails":     {spoil(func(int64, []engine.Tensor) error { return &engine.Error{What: "out of memory"} }), "out of memory", false},
		"pipe breaks":   {spoil(func(int64, []engine.Tensor) error { return errors.New("broken pipe") }), "broken pipe", true},
		"scalar":        {spoil(func(_ int64, t []engine.Tensor) error { t[0].Shape = nil; return nil }), "its first size must be theirs", false},
		"transposed":    {spoil(func(_ int64, t []engine.Tensor) error { t[0].Shape = []int64{1, 99}; return nil }), "[1 99]", false},
		"no units":      {spoil(func(_ int64, t []engine.Tensor) error { t[0].Shape[1], t[0].Data = 0, nil; return nil }), "0] for", false},
		"number of units": {spoil(func(turn int64, t []engine.Tensor) error {
			if turn > 1 {
				t[0].Shape[1] *= 2
				t[0].Data = append(t[0].Data, t[0].Data...)
			}
			return nil
		}), "another number of units", false},
	} {
		t.Run(name, func(t *testing.T) {
			m, s, cache := setup(t, batch+2)
			e := &fake{}
			c.change(m, &s, cache, e)
			_, release, err := m.Show(t.Context(), e, cache, s, []string{"sum"})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("%v, want %q", err, c.want)
			}
			if _, machine := errors.AsType[*MachineError](err); machine != c.machine {
				t.Errorf("the machine's: %t, want %t", machine, c.machine)
			}
			if release != nil {
				t.Error("something to release after an error")
			}
			if left, _ := os.ReadDir(cache.Dir); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
	m, s, cache := setup(t, 1)
	if _, _, err := m.Show(t.Context(), nil, cache, s, []string{"sum"}); !errors.Is(err, engine.ErrUnavailable) {
		t.Errorf("without an engine: %v", err)
	}
}

func spoil(f func(turn int64, t []engine.Tensor) error) func(*Model, *Stimuli, *Cache, *fake) {
	return func(_ *Model, _ *Stimuli, _ *Cache, e *fake) {
		e.run = func(_ context.Context, turn int64, t []engine.Tensor) error { return f(turn, t) }
	}
}

// TestStimulusSizes: a stimulus of one pixel is shown, full or in its degrees; one of
// 20,000 x 20,000 is refused by its header, before there is memory for its pixels.
func TestStimulusSizes(t *testing.T) {
	set := func(data []byte) func() (*images.Set, error) {
		path := filepath.Join(t.TempDir(), "image")
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		return func() (*images.Set, error) {
			return images.Files([]images.Entry{{Name: "odd"}}, func(images.Entry) (string, error) { return path, nil })
		}
	}
	var one bytes.Buffer
	if err := png.Encode(&one, &image.Gray{Pix: []uint8{200}, Stride: 1, Rect: image.Rect(0, 0, 1, 1)}); err != nil {
		t.Fatal(err)
	}
	m, _, c := setup(t, 1)
	s := Stimuli{Names: []string{"odd"}, Digest: "one", Images: set(one.Bytes())}
	for degrees, want := range map[float64]float32{0: 4 * 200, 8: 4 * 200, 2: 0, 4: 0} {
		s.Degrees = degrees
		got := show(t, m, &fake{}, c, s, "sum")[0]
		if want == 0 { // one pixel of 4 x 4 or of 2 x 2, the others grey
			side := float32(8 / degrees)
			want = 4 * (128 + 72/(side*side))
		}
		if math.Abs(float64(got-want)) > 2 { // rounded in each of four pixels
			t.Errorf("%v degrees of %v: the pixels sum to %v, want %v", degrees, m.Degrees, got, want)
		}
	}
	// The header of a PNG, and nothing of the 1.2 GB that it announces.
	header := []byte("IHDR\x00\x00\x4e\x20\x00\x00\x4e\x20\x08\x02\x00\x00\x00")
	huge := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), header...)
	huge = binary.BigEndian.AppendUint32(huge, crc32.ChecksumIEEE(header))
	s = Stimuli{Names: []string{"odd"}, Digest: "huge", Images: set(huge)}
	_, _, err := m.Show(t.Context(), &fake{}, c, s, []string{"sum"})
	if err == nil || !strings.Contains(err.Error(), "image odd: an image of 20000 x 20000 pixels") {
		t.Errorf("20,000 x 20,000: %v", err)
	}
}

// TestEvict: what was used longest ago goes, unless it is in use; and what is
// written goes last.
func TestEvict(t *testing.T) {
	m, s, c := setup(t, 4)
	e := &fake{}
	file := func(sha string) string {
		other := *m
		other.SHA256 = sha
		return c.path(digest(other.key(s), "sum"))
	}
	age := 0
	use := func(sha string) func() {
		t.Helper()
		other := *m
		other.SHA256 = sha
		_, release, err := other.Show(t.Context(), e, c, s, []string{"sum"})
		if err != nil {
			t.Fatal(err)
		}
		age++ // file systems' clocks are coarse
		at := time.Now().Add(time.Duration(age-100) * time.Minute)
		if err := os.Chtimes(file(sha), at, at); err != nil {
			t.Fatal(err)
		}
		return release
	}
	want := func(when string, shas ...string) {
		t.Helper()
		var there []string
		for _, sha := range []string{"a", "b", "c", "d", "e"} {
			if _, err := os.Stat(file(sha)); err == nil {
				there = append(there, sha)
			}
		}
		if !slices.Equal(there, shas) {
			t.Errorf("%s: %v are there, want %v", when, there, shas)
		}
	}
	use("a")()
	info, err := os.Stat(file("a"))
	if err != nil {
		t.Fatal(err)
	}
	c.Max = 2*info.Size() + 1
	use("b")()
	use("a")()
	use("c")()
	want("b was used before a", "a", "c")
	hold := use("a")
	use("c")()
	use("d")()
	use("e")()
	want("a is in use", "a", "e")
	hold()
	hold() // once is enough
	use("b")()
	want("a is free", "b", "e")
	abandonedFile := filepath.Join(c.Dir, tempPrefix+"x")
	if err := os.WriteFile(abandonedFile, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	old := time.Now().Add(-2 * abandoned)
	if err := os.Chtimes(abandonedFile, old, old); err != nil {
		t.Fatal(err)
	}
	use("c")()
	if _, err := os.Stat(abandonedFile); err == nil {
		t.Error("a file that was abandoned is still there")
	}
}

// TestTogether: of several who ask for the same, one shows it.
func TestTogether(t *testing.T) {
	m, s, c := setup(t, 2)
	begun, finish := make(chan struct{}), make(chan struct{})
	e := &fake{run: func(context.Context, int64, []engine.Tensor) error {
		close(begun) // twice would panic
		<-finish
		return nil
	}}
	var wg sync.WaitGroup
	ask := func() {
		wg.Go(func() {
			_, release, err := m.Show(t.Context(), e, c, s, []string{"sum"})
			if err != nil {
				t.Error(err)
				return
			}
			release()
		})
	}
	ask()
	<-begun
	ask()
	// Who has waited and gives up is not served.
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := m.Show(ctx, e, c, s, []string{"sum"}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled while waiting: %v", err)
	}
	close(finish)
	wg.Wait()
	if n := e.runs.Load(); n != 1 {
		t.Errorf("%d batches", n)
	}
}

// TestCancel: no batch is shown after the context is cancelled.
func TestCancel(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	m, s, c := setup(t, 25)
	ctx, cancel := context.WithCancel(t.Context())
	e := &fake{run: func(ctx context.Context, _ int64, _ []engine.Tensor) error {
		cancel()
		return ctx.Err()
	}}
	if _, _, err := m.Show(ctx, e, c, s, []string{"sum"}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if n := e.runs.Load(); n > 2 { // one for each goroutine
		t.Errorf("%d batches", n)
	}
	if left, _ := os.ReadDir(c.Dir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestUnion(t *testing.T) {
	if got := Union([]string{"b", "a"}, []string{"c", "a"}); !slices.Equal(got, []string{"a", "b", "c"}) {
		t.Error(got)
	}
}
