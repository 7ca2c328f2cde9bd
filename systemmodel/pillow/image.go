// Package pillow does with images what Pillow does, bit for bit: the library by
// which PyTorch's and Brain-Score's models see. It has Pillow's resampling
// filters and its conversion to grey.
//
// Half of the differences between reimplementations of one model come from
// here: resampling filters of the same name in other libraries differ by up to a
// hundred grey levels, above all where they do not widen with the reduction.
package pillow

import (
	"fmt"
	"image"
	"image/color"
)

// MaxSide and MaxPixels bound the images that are taken in.
const (
	MaxSide   = 8192
	MaxPixels = 1 << 25
)

// Image is an image of 8 bits a channel, row by row from the top left. C is 3
// for red, green and blue, or 1 for grey.
type Image struct {
	W, H, C int
	Pix     []uint8 // H x W x C
}

// New returns a black image. Sides are positive.
func New(w, h, c int) *Image { return &Image{w, h, c, make([]uint8, w*h*c)} }

// At returns the channels of a pixel, which may be written to.
func (m *Image) At(x, y int) []uint8 {
	i := (y*m.W + x) * m.C
	return m.Pix[i : i+m.C : i+m.C]
}

// CheckSize reports why an image of that size is not taken in.
func CheckSize(w, h int) error {
	if w < 1 || h < 1 || w > MaxSide || h > MaxSide || w*h > MaxPixels {
		return fmt.Errorf("an image of %d x %d pixels: sides of 1 to %d and %d pixels in all are taken", w, h, MaxSide, MaxPixels)
	}
	return nil
}

// FromGo takes a decoded image as Pillow's convert("RGB") does: transparency is
// dropped and not blended, 16 bits are cut to their upper 8, grey is tripled.
// CMYK and grey of 16 bits, of which Pillow makes something else, are refused.
func FromGo(src image.Image) (*Image, error) {
	b := src.Bounds()
	if err := CheckSize(b.Dx(), b.Dy()); err != nil {
		return nil, err
	}
	switch src.(type) {
	case *image.CMYK, *image.Gray16:
		return nil, fmt.Errorf("an image of the kind %T is not taken: save it as 8-bit RGB", src)
	}
	m := New(b.Dx(), b.Dy(), 3)
	for y := range m.H {
		for x := range m.W {
			p := m.At(x, y)
			switch c := src.At(b.Min.X+x, b.Min.Y+y).(type) {
			case color.NRGBA:
				p[0], p[1], p[2] = c.R, c.G, c.B
			case color.NRGBA64:
				p[0], p[1], p[2] = uint8(c.R>>8), uint8(c.G>>8), uint8(c.B>>8)
			case color.YCbCr:
				p[0], p[1], p[2] = color.YCbCrToRGB(c.Y, c.Cb, c.Cr)
			default: // opaque, or grey
				r, g, b, _ := c.RGBA()
				p[0], p[1], p[2] = uint8(r>>8), uint8(g>>8), uint8(b>>8)
			}
		}
	}
	return m, nil
}

// Grey returns the luma of an RGB image as Pillow's convert("L"): ITU-R 601-2
// in 16 bits of fraction. A grey image is returned as it is.
func (m *Image) Grey() *Image {
	if m.C == 1 {
		return m
	}
	g := New(m.W, m.H, 1)
	for i := range g.Pix {
		p := m.Pix[3*i : 3*i+3]
		// 19595, 38470, 7471: .299, .587, .114 of 65536 (Pillow, Convert.c, L24)
		g.Pix[i] = uint8((19595*uint32(p[0]) + 38470*uint32(p[1]) + 7471*uint32(p[2]) + 0x8000) >> 16)
	}
	return g
}

// Crop returns the part of the image of that size at x, y. What lies outside is
// black, as with Pillow's crop.
func (m *Image) Crop(x, y, w, h int) *Image {
	out := New(w, h, m.C)
	out.Paste(m, -x, -y)
	return out
}

// Paste puts an image of as many channels at x, y; what does not fit is cut off.
func (m *Image) Paste(src *Image, x, y int) {
	left, right := max(0, x), min(m.W, x+src.W)
	if left >= right {
		return
	}
	for row := max(0, y); row < min(m.H, y+src.H); row++ {
		from := ((row-y)*src.W + left - x) * src.C
		copy(m.Pix[(row*m.W+left)*m.C:(row*m.W+right)*m.C], src.Pix[from:])
	}
}
