// Package card draws the pictures that stand beside shared links: a title, a line
// below it, and a score on its scale. The pictures are PNG files of 1200 x 630
// pixels in sixteen colours, about 10 kB each, the same bytes on every machine.
package card

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math"
	"strings"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// Card is what a picture says. Every text may be empty, and is cut where it is too
// long.
type Card struct {
	Site  string  // at the top, beside the mark
	Over  string  // above the title, smaller
	Title string  // two lines at most
	Text  string  // below the title, three lines at most
	Scale *Scale  // nil: none
	Marks []Point // on the scale; of a benchmark, one for each model
	Foot  string  // in the last line
}

// Scale is a line from 0 to the ceiling at 1, with a value on it.
type Scale struct {
	Label string // above it, such as "Object errors 0.412, 95 % interval 0.39 to 0.43"
	Value float64
	Low   float64 // interval; NaN: none
	High  float64
}

// Point is a value on the scale.
type Point float64

// The size of a picture in pixels.
const (
	Width  = 1200
	Height = 630
	margin = 72
)

// Drawer draws cards. It keeps the glyphs that it has drawn; it is for one goroutine
// at a time.
type Drawer struct {
	faces   map[style]font.Face
	glyphs  map[glyphKey]glyph
	img     *image.Paletted
	encoder encoder
}

// style is a size in pixels and a weight.
type style struct {
	size int
	bold bool
}

type glyphKey struct {
	style
	r rune
}

// glyph is the picture of a letter relative to its point on the line.
type glyph struct {
	mask    *image.Alpha
	at      image.Point
	advance fixed.Int26_6
}

// The palette: the paper, then for each ink the steps from the paper to it. There are
// sixteen colours in all, so that a pixel takes half a byte.
const (
	inkSteps  = 8
	softSteps = 4
	hueSteps  = 3
	ink       = 1
	soft      = ink + inkSteps
	hue       = soft + softSteps
)

// New returns a drawer whose marks have the colour, #rrggbb.
func New(accent string) (*Drawer, error) {
	var r, g, b uint8
	if _, err := fmt.Sscanf(accent, "#%02x%02x%02x", &r, &g, &b); err != nil {
		return nil, fmt.Errorf("the colour %q of cards: %w", accent, err)
	}
	paper := color.RGBA{0xfb, 0xfb, 0xfa, 255}
	palette := color.Palette{paper}
	for _, c := range []struct {
		to    color.RGBA
		steps int
	}{{color.RGBA{0x14, 0x17, 0x1c, 255}, inkSteps}, {color.RGBA{0x59, 0x62, 0x70, 255}, softSteps}, {color.RGBA{r, g, b, 255}, hueSteps}} {
		for i := 1; i <= c.steps; i++ {
			mix := func(from, to uint8) uint8 { return uint8(int(from) + (int(to)-int(from))*i/c.steps) }
			palette = append(palette, color.RGBA{mix(paper.R, c.to.R), mix(paper.G, c.to.G), mix(paper.B, c.to.B), 255})
		}
	}
	d := &Drawer{faces: map[style]font.Face{}, glyphs: map[glyphKey]glyph{}, img: image.NewPaletted(image.Rect(0, 0, Width, Height), palette)}
	for _, f := range []struct {
		data  []byte
		bold  bool
		sizes []int
	}{{goregular.TTF, false, []int{26, 32}}, {gobold.TTF, true, []int{28, 48, 64}}} {
		parsed, err := opentype.Parse(f.data)
		if err != nil {
			return nil, err
		}
		for _, size := range f.sizes {
			face, err := opentype.NewFace(parsed, &opentype.FaceOptions{Size: float64(size), DPI: 72, Hinting: font.HintingNone})
			if err != nil {
				return nil, err
			}
			d.faces[style{size, f.bold}] = face
		}
	}
	return d, nil
}

// Knows reports whether the font has every letter of a text. Of one that it has not,
// such as an emoji or Hebrew, a caller shows another name.
func (d *Drawer) Knows(text string) bool {
	face := d.faces[style{32, false}]
	for _, r := range text {
		if _, ok := face.GlyphAdvance(r); !ok {
			return false
		}
	}
	return true
}

// PNG draws a card.
func (d *Drawer) PNG(c Card) ([]byte, error) {
	clear(d.img.Pix)
	d.mark(margin, 60)
	d.text(margin+56, 92, style{28, true}, ink, inkSteps, d.fit(c.Site, style{28, true}, Width-2*margin-56))
	y := 196
	if c.Over != "" {
		d.text(margin, y, style{26, false}, soft, softSteps, d.fit(c.Over, style{26, false}, Width-2*margin))
	}
	title := style{64, true}
	lines := d.wrap(c.Title, title, Width-2*margin)
	if len(lines) > 1 {
		title = style{48, true}
		lines = d.wrap(c.Title, title, Width-2*margin)
	}
	y += 14
	for _, line := range d.first(lines, 2, title) {
		y += title.size + 8
		d.text(margin, y, title, ink, inkSteps, line)
	}
	y += 18
	most := 3
	if c.Scale != nil {
		most = 2
	}
	for _, line := range d.first(d.wrap(c.Text, style{32, false}, Width-2*margin), most, style{32, false}) {
		y += 42
		d.text(margin, y, style{32, false}, soft, softSteps, line)
	}
	if c.Scale != nil {
		d.scale(c.Scale, c.Marks)
	}
	d.text(margin, Height-38, style{26, false}, soft, softSteps, d.fit(c.Foot, style{26, false}, Width-2*margin))
	return d.encoder.encode(d.img)
}

// mark draws the three bars of the site's header.
func (d *Drawer) mark(x, y int) {
	d.fill(x, y+20, x+8, y+36, ink+inkSteps-1)
	d.fill(x+14, y+10, x+22, y+36, ink+inkSteps-1)
	d.fill(x+28, y, x+36, y+36, ink+inkSteps/2)
}

func (d *Drawer) fill(x0, y0, x1, y1 int, c uint8) {
	r := image.Rect(x0, y0, x1, y1).Intersect(d.img.Rect)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		row := d.img.Pix[d.img.PixOffset(r.Min.X, y):d.img.PixOffset(r.Max.X, y)]
		for i := range row {
			row[i] = c
		}
	}
}

// scale draws a line from 0 to the ceiling, the interval as a bar, the value as a
// tick, and other values as smaller ones.
func (d *Drawer) scale(s *Scale, marks []Point) {
	const y = 474
	on := func(v float64) int { return margin + int(math.Round((Width-2*margin)*math.Min(math.Max(v, 0), 1))) }
	if s.Label != "" {
		d.text(margin, y-30, style{28, true}, ink, inkSteps, d.fit(s.Label, style{28, true}, Width-2*margin))
	}
	d.fill(margin, y+12, Width-margin, y+16, soft)
	for _, m := range marks {
		if !math.IsNaN(float64(m)) {
			d.fill(on(float64(m))-2, y, on(float64(m))+2, y+28, hue+1)
		}
	}
	if !math.IsNaN(s.Low) && !math.IsNaN(s.High) {
		d.fill(on(s.Low), y+5, on(s.High), y+23, hue+1)
	}
	for at := y - 6; at < y+34; at += 8 { // the ceiling is dashed
		d.fill(Width-margin-3, at, Width-margin, at+5, ink+inkSteps/2)
	}
	if !math.IsNaN(s.Value) {
		d.fill(on(s.Value)-4, y-6, on(s.Value)+4, y+34, hue+hueSteps-1)
	}
	d.text(margin, y+62, style{26, false}, soft, softSteps, "0")
	const ceiling = "ceiling"
	d.text(Width-margin-d.width(ceiling, style{26, false}), y+62, style{26, false}, soft, softSteps, ceiling)
}

// glyph returns the picture of a letter.
func (d *Drawer) glyph(r rune, s style) glyph {
	key := glyphKey{s, r}
	if g, ok := d.glyphs[key]; ok {
		return g
	}
	face := d.faces[s]
	bounds, mask, at, advance, ok := face.Glyph(fixed.Point26_6{}, r)
	g := glyph{advance: advance, at: bounds.Min}
	if ok && !bounds.Empty() {
		g.mask = image.NewAlpha(image.Rect(0, 0, bounds.Dx(), bounds.Dy()))
		draw.Draw(g.mask, g.mask.Rect, mask, at, draw.Src) // the face draws the next one over it
	}
	d.glyphs[key] = g
	return g
}

// text writes a line; y is its base line, and the colour the first of its steps.
func (d *Drawer) text(x, y int, s style, first uint8, steps int, text string) {
	at := fixed.I(x)
	for _, r := range text {
		g := d.glyph(r, s)
		if g.mask != nil {
			d.blend(g, at.Round()+g.at.X, y+g.at.Y, first, steps)
		}
		at += g.advance
	}
}

func (d *Drawer) blend(g glyph, x, y int, first uint8, steps int) {
	for j := range g.mask.Rect.Dy() {
		if y+j < 0 || y+j >= Height {
			continue
		}
		for i, a := range g.mask.Pix[j*g.mask.Stride : j*g.mask.Stride+g.mask.Rect.Dx()] {
			step := (int(a)*steps + 127) / 255
			if step == 0 || x+i < 0 || x+i >= Width {
				continue
			}
			p := &d.img.Pix[(y+j)*d.img.Stride+x+i]
			if c := first + uint8(step) - 1; *p < first || c > *p {
				*p = c
			}
		}
	}
}

func (d *Drawer) width(text string, s style) int {
	var w fixed.Int26_6
	for _, r := range text {
		w += d.glyph(r, s).advance
	}
	return w.Ceil()
}

// wrap breaks a text into lines of a width, between words, or within one that is
// longer than a line. It stops after a few lines: more are never shown.
func (d *Drawer) wrap(text string, s style, width int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		joined := strings.TrimPrefix(line+" "+word, " ")
		if line != "" && d.width(joined, s) > width {
			lines = append(lines, line)
			joined = word
		}
		line = joined
		if len(lines) > 3 {
			return lines
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	for i := range lines {
		lines[i] = d.fit(lines[i], s, width)
	}
	return lines
}

// first returns the first n lines; an ellipsis tells that there are more.
func (d *Drawer) first(lines []string, n int, s style) []string {
	if len(lines) <= n {
		return lines
	}
	return append(lines[:n-1:n-1], d.fit(lines[n-1]+" "+lines[n], s, Width-2*margin))
}

// fit cuts a line to a width, with an ellipsis.
func (d *Drawer) fit(line string, s style, width int) string {
	line = strings.TrimSpace(line)
	if d.width(line, s) <= width {
		return line
	}
	dots := d.glyph('…', s).advance
	var w fixed.Int26_6
	for i, r := range line {
		w += d.glyph(r, s).advance
		if (w + dots).Ceil() > width {
			return strings.TrimSpace(line[:i]) + "…"
		}
	}
	return line
}
