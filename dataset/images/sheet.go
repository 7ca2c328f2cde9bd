package images

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"

	"github.com/bsgen/bsgen/systemmodel/pillow"
)

// Sheet says how a contact sheet is laid out.
type Sheet struct {
	Columns, Rows int // of images
	Side          int // of the square that an image is fitted into, in pixels
	Gap           int // between squares, in pixels
}

// DefaultSheet shows ten images and stays small enough for a page.
var DefaultSheet = Sheet{Columns: 5, Rows: 2, Side: 180, Gap: 6}

// Draw returns a PNG of images that lie evenly spread over the names, in their
// order. Each is scaled down, never up, to fit its square, and the rest of the
// square is the grey of Brain-Score's screen. The same images give the same
// bytes.
func (l Sheet) Draw(s *Set, names []string) ([]byte, error) {
	if len(names) == 0 {
		return nil, errors.New("contact sheet: there is no image")
	}
	n := min(l.Columns*l.Rows, len(names))
	columns := min(l.Columns, n)
	rows := (n + columns - 1) / columns
	sheet := image.NewNRGBA(image.Rect(0, 0, columns*(l.Side+l.Gap)-l.Gap, rows*(l.Side+l.Gap)-l.Gap))
	for i := range n {
		name := names[i*len(names)/n]
		m, err := s.Image(name)
		if err != nil {
			return nil, fmt.Errorf("contact sheet: %w", err)
		}
		if m.W > l.Side || m.H > l.Side {
			long := max(m.W, m.H)
			if m, err = pillow.Resize(m, max(1, m.W*l.Side/long), max(1, m.H*l.Side/long), pillow.Lanczos); err != nil {
				return nil, fmt.Errorf("contact sheet: image %s: %w", name, err)
			}
		}
		x0, y0 := i%columns*(l.Side+l.Gap), i/columns*(l.Side+l.Gap)
		for y := range l.Side {
			for x := range l.Side {
				c := color.NRGBA{128, 128, 128, 255}
				if u, v := x-(l.Side-m.W)/2, y-(l.Side-m.H)/2; u >= 0 && v >= 0 && u < m.W && v < m.H {
					p := m.At(u, v)
					c = color.NRGBA{p[0], p[len(p)/2], p[len(p)-1], 255}
				}
				sheet.SetNRGBA(x0+x, y0+y, c)
			}
		}
	}
	var buf bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&buf, sheet); err != nil {
		return nil, fmt.Errorf("contact sheet: %w", err)
	}
	return buf.Bytes(), nil
}
