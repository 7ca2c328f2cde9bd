// Package preprocess makes a network's input of an image: what torchvision's
// transforms, or Caffe's, do before the first layer.
package preprocess

import (
	"fmt"

	"github.com/bsgen/bsgen/systemmodel/pillow"
)

// Input says what the network takes in.
type Input struct {
	W, H    int
	Filter  pillow.Filter
	Center  bool // resize the shorter side to Resize and cut out the centre; else squeeze the whole image into W x H
	Resize  int  // 0: the longer of W and H
	NHWC    bool // channels last; else first
	Color   Color
	Scale   float64   // of the 8-bit values; 0 means 1
	Mean    []float64 // subtracted after Scale, in the order of Color; nil: 0
	Std     []float64 // divided by; nil: 1
	weights []float32 // of 256 values for each channel
}

// Color is the order of channels.
type Color string

// The orders of channels.
const (
	RGB  Color = "RGB"
	BGR  Color = "BGR"
	Grey Color = "grey" // one channel, made before resizing
)

// New checks an input and prepares it. The Input may then be used by several
// goroutines.
func New(in Input) (*Input, error) {
	if err := pillow.CheckSize(in.W, in.H); err != nil {
		return nil, err
	}
	if _, err := pillow.Resize(pillow.New(1, 1, 1), 1, 1, in.Filter); err != nil {
		return nil, err
	}
	if in.Color == "" {
		in.Color = RGB
	}
	if in.Color != RGB && in.Color != BGR && in.Color != Grey {
		return nil, fmt.Errorf("there is no order of channels %q", in.Color)
	}
	c := in.Channels()
	if in.Mean != nil && len(in.Mean) != c || in.Std != nil && len(in.Std) != c {
		return nil, fmt.Errorf("mean has %d and std %d numbers for %d channels", len(in.Mean), len(in.Std), c)
	}
	if in.Scale == 0 {
		in.Scale = 1
	}
	if in.Resize == 0 {
		in.Resize = max(in.W, in.H)
	}
	if in.Center && in.Resize < max(in.W, in.H) {
		return nil, fmt.Errorf("%d x %d pixels can not be cut out of an image whose shorter side is %d", in.W, in.H, in.Resize)
	}
	// A pixel has 256 values: compute each once, in double precision, rounded
	// step by step so that every processor gives the same bits.
	in.weights = make([]float32, 256*c)
	for ch := range c {
		for v := range 256 {
			x := float64(float64(v) * in.Scale)
			if in.Mean != nil {
				x = float64(x - in.Mean[ch])
			}
			if in.Std != nil {
				x = float64(x / in.Std[ch])
			}
			in.weights[256*ch+v] = float32(x)
		}
	}
	return &in, nil
}

// Channels returns 1 for grey, else 3.
func (in *Input) Channels() int {
	if in.Color == Grey {
		return 1
	}
	return 3
}

// Len returns how many numbers an image becomes.
func (in *Input) Len() int { return in.W * in.H * in.Channels() }

// Shape returns the shape of a batch of n images.
func (in *Input) Shape(n int) []int64 {
	if in.NHWC {
		return []int64{int64(n), int64(in.H), int64(in.W), int64(in.Channels())}
	}
	return []int64{int64(n), int64(in.Channels()), int64(in.H), int64(in.W)}
}

// Tensor writes an RGB image's numbers to dst, which has [Input.Len] of them.
func (in *Input) Tensor(dst []float32, m *pillow.Image) error {
	if len(dst) != in.Len() {
		return fmt.Errorf("a tensor of %d numbers for an input of %d", len(dst), in.Len())
	}
	m, err := in.fit(m)
	if err != nil {
		return err
	}
	c, plane := in.Channels(), in.W*in.H
	for ch := range c {
		table := in.weights[256*ch : 256*ch+256]
		from := ch
		if in.Color == BGR {
			from = 2 - ch
		}
		for i := range plane {
			to := ch*plane + i
			if in.NHWC {
				to = i*c + ch
			}
			dst[to] = table[m.Pix[i*c+from]]
		}
	}
	return nil
}

// fit brings the image to its colours and size.
func (in *Input) fit(m *pillow.Image) (*pillow.Image, error) {
	if in.Color == Grey {
		m = m.Grey()
	} else if m.C != 3 {
		return nil, fmt.Errorf("a grey image for an input in colour")
	}
	if !in.Center {
		return pillow.Resize(m, in.W, in.H, in.Filter)
	}
	// torchvision.transforms.Resize(n): the longer side is cut to whole pixels.
	w, h := in.Resize, in.Resize
	if m.W > m.H {
		w = int(float64(in.Resize) * float64(m.W) / float64(m.H))
	} else {
		h = int(float64(in.Resize) * float64(m.H) / float64(m.W))
	}
	m, err := pillow.Resize(m, w, h, in.Filter)
	if err != nil {
		return nil, err
	}
	// torchvision.transforms.CenterCrop: round, halves to even.
	return m.Crop(half(w-in.W), half(h-in.H), in.W, in.H), nil
}

// half returns n/2 for n >= 0, halves rounded to even.
func half(n int) int { return (n + n/2%2) / 2 }
