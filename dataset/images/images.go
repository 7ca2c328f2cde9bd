// Package images reads sets of images, which benchmarks show to models: a zip
// file, files listed in a CSV, or an array in a MATLAB file.
//
// Images are decoded one at a time, so memory is that of the files and of what
// is being looked at. Files are pinned and still not trusted: sizes are checked
// before anything is decoded, and an image has a bounded number of pixels.
//
// PNG and GIF decode to the same pixels everywhere. JPEG does not: decoders
// differ by a few grey levels, where colour is subsampled by tens. What counts is
// what this package decodes; [Set.Digest] pins it.
package images

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	_ "image/gif"  // registers the decoder
	_ "image/jpeg" // registers the decoder
	_ "image/png"  // registers the decoder
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/bsgen/bsgen/assembly"
	"github.com/bsgen/bsgen/systemmodel/pillow"
)

// Bounds of a set.
const (
	MaxImages = 200_000
	MaxFile   = 64 << 20 // bytes of one image's file
)

// Set is a set of images. It may be used by several goroutines.
type Set struct {
	names []string // sorted
	files map[string]file
}

// file is an image that can be looked at.
type file interface {
	decode() (*pillow.Image, error)
	bytes() ([]byte, string, error) // content and the extension of its kind
}

func newSet(files map[string]file) (*Set, error) {
	if len(files) == 0 {
		return nil, fmt.Errorf("there is no image in it")
	}
	s := &Set{files: files}
	for name := range files {
		s.names = append(s.names, name)
	}
	slices.Sort(s.names)
	return s, nil
}

// Names returns the names of the images, sorted.
func (s *Set) Names() []string { return slices.Clone(s.names) }

// Image decodes the image with the name, in colour.
func (s *Set) Image(name string) (*pillow.Image, error) {
	f, ok := s.files[name]
	if !ok {
		return nil, fmt.Errorf("there is no image %s", assembly.Name(name))
	}
	m, err := f.decode()
	if err != nil {
		return nil, fmt.Errorf("image %s: %w", assembly.Name(name), err)
	}
	return m, nil
}

// File returns the image's file as it is, with an extension that says its kind
// (".png"); images that are no files are written as PNG.
func (s *Set) File(name string) (data []byte, ext string, err error) {
	f, ok := s.files[name]
	if !ok {
		return nil, "", fmt.Errorf("there is no image %s", assembly.Name(name))
	}
	if data, ext, err = f.bytes(); err != nil {
		return nil, "", fmt.Errorf("image %s: %w", assembly.Name(name), err)
	}
	return data, ext, nil
}

// Missing returns those of the names that the set has no image for.
func (s *Set) Missing(names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool { _, ok := s.files[n]; return ok })
}

// Digest pins what all images of the set look like: the SHA-256 of a line for
// each, sorted by name, that has [Pixels] of the image, its width and height and
// its name. It decodes them all, on all processors.
func (s *Set) Digest() (string, error) {
	lines, errs := make([]string, len(s.names)), make([]error, len(s.names))
	var next atomic.Int64
	var failed atomic.Bool
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(lines) && !failed.Load(); i = int(next.Add(1)) - 1 {
				m, err := s.Image(s.names[i])
				if err != nil {
					errs[i] = err
					failed.Store(true)
					return
				}
				lines[i] = fmt.Sprintf("%s %d %d %s\n", Pixels(m), m.W, m.H, s.names[i])
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return "", err
		}
	}
	h := sha256.New()
	for _, l := range lines {
		h.Write([]byte(l))
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// Pixels returns the SHA-256 of an image's pixels: red, green and blue, 8 bits
// each, row by row. With NumPy it is sha256(np.asarray(image.convert("RGB")).tobytes()).
func Pixels(m *pillow.Image) string {
	sum := sha256.Sum256(m.Pix)
	return hex.EncodeToString(sum[:])
}

// Decode decodes an image's file: PNG, JPEG or GIF, by its content. The size is
// read and checked before the pixels are.
func Decode(data []byte) (*pillow.Image, error) {
	config, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("not a PNG, JPEG or GIF file: %w", err)
	}
	if err := pillow.CheckSize(config.Width, config.Height); err != nil {
		return nil, err
	}
	m, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	return pillow.FromGo(m)
}
