package images

import (
	"bytes"
	"image/color"
	"image/png"
	"testing"

	"github.com/bsgen/bsgen/systemmodel/pillow"
)

// one is an image of one colour.
type one struct {
	w, h int
	c    [3]uint8
}

func (o one) decode() (*pillow.Image, error) {
	m := pillow.New(o.w, o.h, 3)
	for i := range m.Pix {
		m.Pix[i] = o.c[i%3]
	}
	return m, nil
}

func (o one) bytes() ([]byte, string, error) { return nil, "", nil }

// TestSheet lays out five images in rows of two, of which every other one is
// drawn: a small one keeps its size, a wide one is fitted, grey is around both.
func TestSheet(t *testing.T) {
	set, err := newSet(map[string]file{
		"a": one{2, 2, [3]uint8{200, 0, 0}}, "b": one{1, 1, [3]uint8{1, 1, 1}},
		"c": one{40, 20, [3]uint8{0, 100, 0}}, "d": one{1, 1, [3]uint8{2, 2, 2}}, "e": one{10, 10, [3]uint8{0, 0, 50}},
	})
	if err != nil {
		t.Fatal(err)
	}
	data, err := Sheet{Columns: 2, Rows: 1, Side: 10, Gap: 1}.Draw(set, []string{"a", "b", "c", "d", "e"})
	if err != nil {
		t.Fatal(err)
	}
	m, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if b := m.Bounds(); b.Dx() != 21 || b.Dy() != 10 {
		t.Fatalf("the sheet has %v pixels, want 21 x 10", b)
	}
	for _, c := range []struct {
		x, y int
		want color.NRGBA
	}{
		{0, 0, color.NRGBA{128, 128, 128, 255}},
		{4, 4, color.NRGBA{200, 0, 0, 255}},
		{10, 5, color.NRGBA{0, 0, 0, 0}}, // the gap
		{11, 1, color.NRGBA{128, 128, 128, 255}},
		{11, 5, color.NRGBA{0, 100, 0, 255}}, // c, of 40 x 20, as 10 x 5
	} {
		if got := color.NRGBAModel.Convert(m.At(c.x, c.y)); got != c.want {
			t.Errorf("at %d, %d: %v, want %v", c.x, c.y, got, c.want)
		}
	}
	if _, err := DefaultSheet.Draw(set, nil); err == nil {
		t.Error("a sheet of nothing was drawn")
	}
}
