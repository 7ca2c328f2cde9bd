package site

import (
	"bytes"
	"fmt"
	"html/template"
	"strings"
)

// shell is the frame of pages that there are very many of: the page template
// run once, cut where one page differs from the next. Writing a page is then a
// few appends around its content.
type shell struct{ parts []shellPart }

// shellPart is fixed text with the slot that follows it.
type shellPart struct {
	text string
	slot int // index into slots; -1 at the end
}

// The slots of a shell. They stand for themselves in any context that a
// template may print them in: letters alone need no escaping.
const (
	slotTitle = iota
	slotDescription
	slotFolder // of the page, two levels: "<a>/<b>"
	slotContent
)

var slots = []string{"qZtitleZq", "qZdescriptionZq", "qZupperZq/qZlowerZq", "qZcontentZq"}

// ShellPage is the page that a shell is cut from.
type ShellPage struct {
	Chrome
	Content string
}

// newShell cuts the frame of the pages "<top>/<a>/<b>/index.html".
func (s *site) newShell(t *template.Template, top, section string) (*shell, error) {
	at := top + "/" + slots[slotFolder] + "/index.html"
	p := &ShellPage{Chrome: s.chrome(at, slots[slotTitle], section), Content: slots[slotContent]}
	p.Description = slots[slotDescription]
	var buf bytes.Buffer
	if err := t.ExecuteTemplate(&buf, "page", p); err != nil {
		return nil, fmt.Errorf("the frame of %s: %w", top, err)
	}
	out := &shell{}
	for rest := buf.String(); ; {
		first, which := len(rest), -1
		for i, name := range slots {
			if k := strings.Index(rest, name); k >= 0 && k < first {
				first, which = k, i
			}
		}
		out.parts = append(out.parts, shellPart{rest[:first], which})
		if which < 0 {
			return out, nil
		}
		rest = rest[first+len(slots[which]):]
	}
}

// page writes a page; content writes what is in it.
func (s *shell) page(m *markup, title, description, folder string, content func() error) error {
	for _, p := range s.parts {
		m.raw(p.text)
		switch p.slot {
		case slotTitle:
			m.text(title)
		case slotDescription:
			m.text(description)
		case slotFolder: // ids, which need no escaping
			m.raw(folder)
		case slotContent:
			if err := content(); err != nil {
				return err
			}
		}
	}
	return nil
}
