package images

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"strings"

	"github.com/bsgen/bsgen/dataset/mat"
	"github.com/bsgen/bsgen/systemmodel/pillow"
)

// Mat returns the images in a MATLAB file: a struct array with a field that holds
// an image each, named "variable.field", or an array of height x width x 3 x n of
// whole numbers from 0 to 255. Their names are their places: 001, 002 and so on.
func Mat(data []byte, variable string) (*Set, error) {
	name, field, _ := strings.Cut(variable, ".")
	f, err := mat.Read(bytes.NewReader(data), mat.Options{Only: []string{name}})
	if err != nil {
		return nil, err
	}
	a, err := f.Var(name)
	if err != nil {
		return nil, err
	}
	files := map[string]file{}
	if field != "" {
		if a.Len() > MaxImages {
			return nil, fmt.Errorf("%d images, more than the %d allowed", a.Len(), MaxImages)
		}
		for i := range a.Len() {
			e, err := a.Field(i, field)
			if err != nil {
				return nil, err
			}
			d := e.Dims
			if len(d) != 3 || d[2] != 3 {
				return nil, fmt.Errorf("image %d is a %s, not height x width x 3", i+1, e)
			}
			values, err := e.Float64s()
			if err != nil {
				return nil, fmt.Errorf("image %d: %w", i+1, err)
			}
			if files[place(i)], err = fromColumns(values, d[0], d[1]); err != nil {
				return nil, fmt.Errorf("image %d: %w", i+1, err)
			}
		}
		return newSet(files)
	}
	d := a.Dims
	if len(d) != 4 || d[2] != 3 || d[3] > MaxImages {
		return nil, fmt.Errorf("%s is a %s, not height x width x 3 x images", name, a)
	}
	values, err := a.Float64s()
	if err != nil {
		return nil, err
	}
	size := d[0] * d[1] * 3
	for i := range d[3] {
		if files[place(i)], err = fromColumns(values[i*size:(i+1)*size], d[0], d[1]); err != nil {
			return nil, fmt.Errorf("image %d: %w", i+1, err)
		}
	}
	return newSet(files)
}

// place is the name of stimulus i, as sets without names have it.
func place(i int) string { return fmt.Sprintf("%03d", i+1) }

// pixels is an image in memory.
type pixels struct{ *pillow.Image }

// fromColumns turns height x width x 3 numbers in column-major order into an image.
func fromColumns(values []float64, h, w int) (pixels, error) {
	if err := pillow.CheckSize(w, h); err != nil {
		return pixels{}, err
	}
	m := pillow.New(w, h, 3)
	for i, v := range values {
		if v != float64(uint8(v)) {
			return pixels{}, fmt.Errorf("it holds %v, not whole numbers from 0 to 255", v)
		}
		y, x, c := i%h, i/h%w, i/(h*w)
		m.Pix[(y*w+x)*3+c] = uint8(v)
	}
	return pixels{m}, nil
}

func (p pixels) decode() (*pillow.Image, error) { return p.Image, nil }

func (p pixels) bytes() ([]byte, string, error) {
	m := image.NewNRGBA(image.Rect(0, 0, p.W, p.H))
	for i := range p.W * p.H {
		copy(m.Pix[4*i:], p.Pix[3*i:3*i+3])
		m.Pix[4*i+3] = 255
	}
	var b bytes.Buffer
	err := png.Encode(&b, m)
	return b.Bytes(), ".png", err
}
