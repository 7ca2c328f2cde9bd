package preprocess

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"testing"

	"github.com/bsgen/bsgen/systemmodel/pillow"
)

// two is an image of two pixels side by side.
func two() *pillow.Image {
	m := pillow.New(2, 1, 3)
	copy(m.Pix, []uint8{10, 20, 30, 40, 50, 60})
	return m
}

func TestTensor(t *testing.T) {
	caffe := []float64{104, 117, 123}
	for _, c := range []struct {
		name string
		in   Input
		want []float32
	}{
		{"NCHW", Input{}, []float32{10, 40, 20, 50, 30, 60}},
		{"NHWC", Input{NHWC: true}, []float32{10, 20, 30, 40, 50, 60}},
		{"BGR", Input{Color: BGR}, []float32{30, 60, 20, 50, 10, 40}},
		{"Caffe", Input{Color: BGR, Mean: caffe}, []float32{30 - 104, 60 - 104, 20 - 117, 50 - 117, 10 - 123, 40 - 123}},
		{"std", Input{NHWC: true, Mean: []float64{10, 20, 30}, Std: []float64{2, 4, 8}}, []float32{0, 0, 0, 15, 7.5, 3.75}},
		{"scale", Input{Color: Grey, Scale: 1. / 255}, []float32{18. / 255, 48. / 255}}, // luma of (10, 20, 30): 18.15
	} {
		c.in.W, c.in.H, c.in.Filter = 2, 1, pillow.Bilinear
		in, err := New(c.in)
		if err != nil {
			t.Fatal(c.name, err)
		}
		got := make([]float32, in.Len())
		if err := in.Tensor(got, two()); err != nil {
			t.Fatal(c.name, err)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
		shape := []int64{3, int64(in.Channels()), 1, 2}
		if in.NHWC {
			shape = []int64{3, 1, 2, int64(in.Channels())}
		}
		if !slices.Equal(in.Shape(3), shape) {
			t.Errorf("%s: shape %v", c.name, in.Shape(3))
		}
	}
}

// TestCenter: the shorter side is resized, then the centre cut out, as by
// Resize and CenterCrop of torchvision on Pillow images.
func TestCenter(t *testing.T) {
	m := pillow.New(101, 67, 3)
	x := uint32(1)
	for i := range m.Pix {
		x ^= x << 13
		x ^= x >> 17
		x ^= x << 5
		m.Pix[i] = uint8(x)
	}
	in, err := New(Input{W: 24, H: 24, Filter: pillow.Bilinear, Center: true, Resize: 33, NHWC: true})
	if err != nil {
		t.Fatal(err)
	}
	got := make([]float32, in.Len())
	if err := in.Tensor(got, m); err != nil {
		t.Fatal(err)
	}
	bytes := make([]byte, len(got))
	for i, v := range got {
		bytes[i] = byte(v)
	}
	sum := sha256.Sum256(bytes)
	// Pillow 9.4: noise(101, 67, 3) of pillow/testdata/golden.py,
	// .resize((49, 33), Image.BILINEAR).crop((12, 4, 36, 28)), SHA-256 of tobytes();
	// 49 = int(33*101/67), 12 = round(12.5), 4 = round(4.5).
	if want := "ae157232dace9d0d50177ba54e829ed431d5ce290815dca43d4efae16c32c475"; hex.EncodeToString(sum[:]) != want {
		t.Errorf("%x, want %s", sum, want)
	}
}

func TestNewRefuses(t *testing.T) {
	good := Input{W: 4, H: 4, Filter: pillow.Box}
	if _, err := New(good); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*Input){
		"no filter":  func(in *Input) { in.Filter = "" },
		"no size":    func(in *Input) { in.W = 0 },
		"huge":       func(in *Input) { in.W, in.H = 1<<20, 1<<20 },
		"color":      func(in *Input) { in.Color = "CMYK" },
		"mean":       func(in *Input) { in.Mean = []float64{1} },
		"grey std":   func(in *Input) { in.Color, in.Std = Grey, []float64{1, 2, 3} },
		"small crop": func(in *Input) { in.Center, in.Resize = true, 3 },
	} {
		in := good
		spoil(&in)
		if _, err := New(in); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func BenchmarkTensor(b *testing.B) {
	in, err := New(Input{W: 227, H: 227, Filter: pillow.Bilinear, Color: BGR, Mean: []float64{104, 117, 123}})
	if err != nil {
		b.Fatal(err)
	}
	m, dst := pillow.New(224, 224, 3), make([]float32, in.Len())
	for b.Loop() {
		if err := in.Tensor(dst, m); err != nil {
			b.Fatal(err)
		}
	}
}
