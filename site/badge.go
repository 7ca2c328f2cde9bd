package site

import (
	"encoding/json"
	"fmt"
	"html"
	"math"

	"github.com/bsgen/bsgen/archive"
)

// A badge says a model's score on a board, with its interval: never a bare rank. It
// is an SVG of the site's own, and JSON for the endpoint of shields.io, which draws
// its own; nothing here loads it.

func badgePlace(board, model, ext string) string { return "badges/" + board + "/" + model + ext }

// ModelBadge is a model's badge with the lines that show it elsewhere.
type ModelBadge struct {
	Board    string
	Image    string // relative URL
	Alt      string
	Width    int
	Markdown []SnippetPart
	Shields  []SnippetPart
	Endpoint string // relative URL of the JSON
}

// shield is what shields.io reads at an endpoint, schema version 1.
type shield struct {
	Version int    `json:"schemaVersion"`
	Label   string `json:"label"`
	Message string `json:"message"`
	Color   string `json:"color"`
}

// badges adds the badges of all models that have a score on a board.
func (s *site) badges(w *work) {
	for _, b := range s.boards {
		for _, m := range b.Models {
			x, ok := b.standing(m)
			if !ok {
				continue
			}
			label, message := b.badgeLabel(x), x.words()
			w.file(badgePlace(b.ID, m.ID, ".svg"), func() ([]byte, error) { return badgeSVG(label, message), nil })
			w.file(badgePlace(b.ID, m.ID, ".json"), func() ([]byte, error) {
				data, err := json.Marshal(shield{1, label, message, badgeColour})
				return append(data, '\n'), err
			})
		}
	}
}

// badgeLabel is the left part: the board, and the node where the two differ.
func (b *board) badgeLabel(x standing) string {
	return clip(joined(": ", b.Title, x.node.Title), 60)
}

// modelBadges returns the badges that the model's page shows.
func (s *site) modelBadges(m *archive.Model, at string) []ModelBadge {
	var out []ModelBadge
	for _, b := range s.boards {
		x, ok := b.standing(m)
		if !ok {
			continue
		}
		label := b.badgeLabel(x)
		alt := label + ": " + x.words()
		out = append(out, ModelBadge{
			Board: b.Title, Image: rel(at, badgePlace(b.ID, m.ID, ".svg")), Alt: alt, Width: badgeWidth(label) + badgeWidth(x.words()),
			Endpoint: rel(at, badgePlace(b.ID, m.ID, ".json")),
			Markdown: []SnippetPart{
				{Text: "[![" + markdownText(label) + "]("}, s.address(at, badgePlace(b.ID, m.ID, ".svg")), {Text: ")]("}, s.address(at, modelPlace(m.ID)), {Text: ")\n"}},
			Shields: []SnippetPart{{Text: "https://img.shields.io/endpoint?url="}, s.address(at, badgePlace(b.ID, m.ID, ".json")), {Text: "\n"}},
		})
	}
	return out
}

// markdownText keeps a text from being markup in Markdown.
func markdownText(s string) string {
	var out []rune
	for _, r := range s {
		switch r {
		case '\\', '`', '*', '_', '{', '}', '[', ']', '<', '>', '#', '|', '~', '!':
			out = append(out, '\\')
		case '\n', '\r':
			r = ' '
		}
		out = append(out, r)
	}
	return string(out)
}

// badgeColour is dark enough for white text, 6.4 to 1.
const badgeColour = "0b5fae"

// badgeSVG draws a flat badge of two parts. Whatever font a reader has, the texts
// are as wide as here.
func badgeSVG(label, message string) []byte {
	l, m := badgeWidth(label), badgeWidth(message)
	text := func(x, width int, s string) string {
		return fmt.Sprintf(`<text x="%d" y="14" textLength="%d" lengthAdjust="spacingAndGlyphs">%s</text>`, x+8, width-16, html.EscapeString(s))
	}
	return fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="20" role="img" aria-labelledby="t"><title id="t">%s</title>`+
		`<clipPath id="r"><rect width="%d" height="20" rx="3"/></clipPath><g clip-path="url(#r)"><rect width="%d" height="20" fill="#3b424d"/><rect x="%d" width="%d" height="20" fill="#%s"/></g>`+
		`<g fill="#fff" font-family="Verdana,Geneva,DejaVu Sans,sans-serif" font-size="11" aria-hidden="true">%s%s</g></svg>`+"\n",
		l+m, html.EscapeString(label+": "+message), l+m, l, l, m, badgeColour, text(0, l, label), text(l, m, message))
}

// badgeWidth estimates the width of a text in Verdana of 11 pixels, with 8 pixels
// on each side.
func badgeWidth(s string) int {
	w := 16.0
	for _, r := range s {
		switch {
		case r == 'i', r == 'j', r == 'l', r == '.', r == ',', r == ':', r == '\'', r == '|', r == ' ':
			w += 3.9
		case r == 'f', r == 't', r == 'r', r == '-', r == '(', r == ')', r == '[', r == ']', r == 'I':
			w += 4.8
		case r == 'm', r == 'w', r == 'W', r == 'M', r == '%':
			w += 10.5
		case r >= 'A' && r <= 'Z':
			w += 7.6
		case r > 0x2000:
			w += 9
		default:
			w += 6.9
		}
	}
	return int(math.Ceil(w))
}
