package site

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/templates"
)

// kinds are the kinds of page and the components that each is made of; a kind's
// own component comes last.
var kinds = map[string][]string{
	"home":        {"base", "home"},
	"leaderboard": {"base", "leaderboard"},
	"benchmark":   {"base", "benchmark"},
	"model":       {"base", "model"},
	"benchmarks":  {"base", "benchmarks"},
	"models":      {"base", "models"},
	"prose":       {"base", "prose"},
}

// parse returns the template set of each kind of page.
func parse() (map[string]*template.Template, error) {
	out := map[string]*template.Template{}
	for kind, components := range kinds {
		t := template.New(kind).Option("missingkey=error")
		for _, c := range components {
			var err error
			if t, err = t.ParseFS(templates.FS, c+"/*.tmpl"); err != nil {
				return nil, fmt.Errorf("templates: %w", err)
			}
		}
		out[kind] = t
	}
	return out, nil
}

// assets are the files that every page loads. Their names hold a digest of
// their content, so that a browser may keep them for ever.
type assets struct {
	style, accent, script string // places
	files                 map[string][]byte
}

func newAssets(accent archive.Accent) (*assets, error) {
	a := &assets{files: map[string][]byte{}}
	css, err := join(".css")
	if err != nil {
		return nil, err
	}
	js, err := join(".js")
	if err != nil {
		return nil, err
	}
	a.style = a.add("site.css", append(css, scale()...))
	a.accent = a.add("accent.css", accentStyle(accent))
	a.script = a.add("site.js", js)
	a.files["favicon.svg"] = []byte(favicon)
	return a, nil
}

// add keeps a file under its name with a digest and returns its place.
func (a *assets) add(name string, data []byte) string {
	sum := sha256.Sum256(data)
	ext := path.Ext(name)
	at := "assets/" + strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:5]) + ext
	a.files[at] = data
	return at
}

func (a *assets) write(out *output) error {
	for at, data := range a.files {
		if err := out.file(at, data); err != nil {
			return err
		}
	}
	return nil
}

// join concatenates the components' files of a kind, base first. The script
// reload.js is left out: it is for servers ([ReloadScript]).
func join(ext string) ([]byte, error) {
	names, err := fs.Glob(templates.FS, "*/*"+ext)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(names, func(x, y string) int {
		if bx, by := strings.HasPrefix(x, "base/"), strings.HasPrefix(y, "base/"); bx != by {
			if bx {
				return -1
			}
			return 1
		}
		return strings.Compare(x, y)
	})
	var buf bytes.Buffer
	for _, name := range names {
		if path.Base(name) == "reload.js" {
			continue
		}
		data, err := templates.FS.ReadFile(name)
		if err != nil {
			return nil, err
		}
		buf.Write(data)
	}
	return buf.Bytes(), nil
}

// ReloadScript returns the script that [Options.Reload] names: it waits at
// /-/changes for an event and then loads the page again.
func ReloadScript() []byte {
	data, err := templates.FS.ReadFile("base/reload.js")
	if err != nil {
		panic(err) // embedded
	}
	return data
}

// groups is the largest number of columns of one table that can be opened in
// place.
const groups = 24

// scale returns the rules that the marks in table cells are drawn by: a page
// may hold no style of its own, so a value is a class, v0 to v100 for the
// score and l and h for the ends of its interval, in hundredths of the scale.
func scale() []byte {
	var b bytes.Buffer
	for _, name := range []string{"v", "l", "h"} {
		for i := range 101 {
			fmt.Fprintf(&b, ".%s%d{--%s:%s}", name, i, name, strings.TrimSuffix(fmt.Sprintf("%.2f", float64(i)/100), ".00"))
		}
		b.WriteByte('\n')
	}
	for g := 1; g <= groups; g++ {
		fmt.Fprintf(&b, "table:has(#open%d:checked) .g%d{display:table-cell}", g, g)
	}
	b.WriteByte('\n')
	return b.Bytes()
}

// accentStyle returns the archive's colours. Anything but #rrggbb gets the
// default: the colour ends up in a style sheet.
func accentStyle(c archive.Accent) []byte {
	safe := func(s, otherwise string) string {
		if len(s) == 7 && s[0] == '#' && strings.Trim(s[1:], "0123456789abcdefABCDEF") == "" {
			return s
		}
		return otherwise
	}
	light, dark := safe(c.Light, archive.DefaultSite.Accent.Light), safe(c.Dark, archive.DefaultSite.Accent.Dark)
	return fmt.Appendf(nil, ":root{--accent:light-dark(%s,%s)}\n", light, dark)
}

// favicon is the three bars of the page header.
const favicon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 20"><style>g{fill:#14171c}@media(prefers-color-scheme:dark){g{fill:#e8ebf0}}</style><g><rect x="1" y="11" width="4" height="8" rx="1"/><rect x="8" y="6" width="4" height="13" rx="1"/><rect x="15" y="1" width="4" height="18" rx="1" opacity=".45"/></g></svg>
`
