package demo

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"math"
)

// side is the width and height of an image in pixels, and degrees that in
// degrees of visual angle. Spatial frequencies are in cycles per image.
const (
	side    = 32
	pixels  = side * side
	degrees = 2
)

// picture is a grey image as it is stored, 8 bits per pixel: what animals,
// observers and models see is exactly what the PNG file holds.
type picture [pixels]uint8

// Mean grey, and the steps from there to a contrast of 1.
const (
	grey  = 128
	swing = 127
)

// paint evaluates a contrast, from -1 to 1, at the centre of every pixel and
// shows it through a round window with a soft edge. Coordinates are in widths
// of the image, from -.5 to .5, y upwards.
func paint(contrast func(x, y float64) float64) *picture {
	p := new(picture)
	for i := range p {
		x, y := position(i)
		c := contrast(x, y) * window(math.Hypot(x, y))
		p[i] = uint8(math.Round(grey + swing*min(max(c, -1), 1)))
	}
	return p
}

// position returns where the centre of a pixel is.
func position(i int) (x, y float64) {
	return (float64(i%side)+.5)/side - .5, .5 - (float64(i/side)+.5)/side
}

// window is 1 up to a radius of .4 and falls to 0 at .5 along a cosine.
func window(radius float64) float64 {
	switch {
	case radius <= .4:
		return 1
	case radius >= .5:
		return 0
	}
	return (1 + math.Cos(math.Pi*(radius-.4)/.1)) / 2
}

// contrasts returns the picture as contrasts from -1 to 1, row by row from the top.
func (p *picture) contrasts() []float64 {
	c := make([]float64, pixels)
	for i, v := range p {
		c[i] = (float64(v) - grey) / swing
	}
	return c
}

// encode returns the picture as a PNG file.
func (p *picture) encode(e *png.Encoder) ([]byte, error) {
	var buf bytes.Buffer
	img := &image.Gray{Pix: p[:], Stride: side, Rect: image.Rect(0, 0, side, side)}
	if err := e.Encode(&buf, img); err != nil {
		return nil, fmt.Errorf("encode an image: %w", err)
	}
	return buf.Bytes(), nil
}

// reuse lets an encoder keep its memory, a megabyte, from one image of a
// kilobyte to the next.
type reuse struct{ buffer *png.EncoderBuffer }

func (r *reuse) Get() *png.EncoderBuffer  { return r.buffer }
func (r *reuse) Put(b *png.EncoderBuffer) { r.buffer = b }
