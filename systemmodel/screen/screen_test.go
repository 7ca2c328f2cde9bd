package screen

import (
	"math"
	"testing"

	"github.com/bsgen/bsgen/systemmodel/pillow"
)

func white(w, h int) *pillow.Image {
	m := pillow.New(w, h, 3)
	for i := range m.Pix {
		m.Pix[i] = 255
	}
	return m
}

// grey is Brain-Score's fraction: grey pixels over pixels times channels, so that
// the largest is 1/3 (tests/test_benchmark_helpers/test_screen.py).
func grey(m *pillow.Image) float64 {
	n := 0
	for i := 0; i < len(m.Pix); i += 3 {
		if m.Pix[i] == Grey && m.Pix[i+1] == Grey && m.Pix[i+2] == Grey {
			n++
		}
	}
	return float64(n) / float64(len(m.Pix))
}

func TestPlace(t *testing.T) {
	for _, c := range []struct {
		w, h            int
		stimulus, model float64
		wantW, wantH    int
		x, y            int // first white pixel of the result
	}{
		{100, 60, 8, 8, 100, 60, 0, 0},
		{100, 60, 8, 16, 200, 120, 50, 30},
		{100, 60, 8, 4, 50, 30, 0, 0},
		{5, 5, 2, 3, 8, 8, 2, 2},             // 7.5 -> 8; (8-5)/2 = 1.5 -> 2
		{5, 5, 2, 1, 2, 2, 0, 0},             // 2.5 -> 2
		{3, 3, 3, 4, 4, 4, 0, 0},             // .5 -> 0
		{224, 224, 3, 8, 597, 597, 186, 186}, // 186.5 -> 186
		{175, 175, 2.9, 8, 483, 483, 154, 154},
	} {
		m, err := Place(white(c.w, c.h), c.stimulus, c.model)
		if err != nil {
			t.Fatal(err)
		}
		if m.W != c.wantW || m.H != c.wantH {
			t.Errorf("%+v: %d x %d", c, m.W, m.H)
			continue
		}
		// What is not the stimulus is grey; a third, since pixels are counted over channels.
		want := max(0, 1-float64(c.w*c.h)/float64(m.W*m.H)) / 3
		if math.Abs(grey(m)-want) > 1e-12 {
			t.Errorf("%+v: grey fraction %.8f, want %.8f", c, grey(m), want)
		}
		if m.At(c.x, c.y)[0] != 255 || c.x > 0 && m.At(c.x-1, c.y)[0] == 255 || c.y > 0 && m.At(c.x, c.y-1)[0] == 255 {
			t.Errorf("%+v: the stimulus does not begin at %d, %d", c, c.x, c.y)
		}
	}
}

// TestPlaceCrop: the middle is what is left, with the offset rounded to even.
func TestPlaceCrop(t *testing.T) {
	m := pillow.New(5, 1, 1)
	copy(m.Pix, []uint8{0, 1, 2, 3, 4})
	m.H = 1
	tall := pillow.New(5, 5, 1)
	for y := range 5 {
		copy(tall.Pix[5*y:], m.Pix)
	}
	got, err := Place(tall, 5, 2) // 2 of 5 pixels; (5-2)/2 = 1.5 -> 2
	if err != nil {
		t.Fatal(err)
	}
	if got.W != 2 || got.Pix[0] != 2 || got.Pix[1] != 3 {
		t.Errorf("%d: %v", got.W, got.Pix)
	}
}

func TestPlaceRefuses(t *testing.T) {
	for _, c := range [][2]float64{{0, 8}, {8, 0}, {-1, 8}, {math.NaN(), 8}, {8, math.Inf(1)}, {1e-9, 8}, {1e9, 8}, {.05, 8}} {
		if m, err := Place(white(100, 100), c[0], c[1]); err == nil {
			t.Errorf("%v gives %d x %d", c, m.W, m.H)
		}
	}
}
