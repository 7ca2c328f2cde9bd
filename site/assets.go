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
// own component comes last. A page has the templates of its components and loads
// their scripts, in this order; all styles are in one file, which every page loads.
var kinds = map[string][]string{
	"home":        {"base", "home"},
	"leaderboard": {"base", "chart", "field", "leaderboard"},
	"benchmark":   {"base", "table", "chart", "field", "benchmark"},
	"model":       {"base", "model"},
	"benchmarks":  {"base", "benchmarks"},
	"models":      {"base", "table", "models"},
	"data":        {"base", "data"},
	"prose":       {"base", "prose"},
	"compare":     {"base", "compare"},
	"constraints": {"base", "table", "chart", "constraints"},
	"relations":   {"base", "ask", "relations"},
	"relation":    {"base", "table", "chart", "ask", "relation"},
	"score":       {"base", "score"},
	"history":     {"base", "chart", "history"},
	"progress":    {"base", "chart", "progress"},
	"state":       {"base", "log", "state"},
	"changes":     {"base", "log", "changes"},
	"shell":       {"base", "shell"},
}

// Script is a script that pages load.
type Script struct {
	Place   string // below the site's root
	Library string // place of what it loads itself when it is needed; "" for nothing
}

// parse returns the template set of each kind of page. The templates call scripts
// for the places of the kind's scripts, and [pieces].
func parse(a *assets) (map[string]*template.Template, error) { return parseKinds(a, kinds) }

func parseKinds(a *assets, kinds map[string][]string) (map[string]*template.Template, error) {
	out := map[string]*template.Template{}
	for kind, components := range kinds {
		var scripts []Script
		for _, c := range append([]string{"copy"}, components...) { // every page has something to copy
			if at, ok := a.scripts[c]; ok {
				s := Script{Place: at}
				if c == "chart" {
					s.Library = a.scripts["echarts"]
				}
				scripts = append(scripts, s)
			}
		}
		t := template.New(kind).Option("missingkey=error").Funcs(pieces).Funcs(template.FuncMap{
			"scripts": func() []Script { return scripts },
		})
		for _, c := range components {
			files, err := fs.Glob(templates.FS, c+"/*.tmpl")
			if err != nil || len(files) == 0 {
				continue // a component may be a script or a style alone
			}
			if t, err = t.ParseFS(templates.FS, files...); err != nil {
				return nil, fmt.Errorf("templates: %w", err)
			}
		}
		out[kind] = t
	}
	return out, nil
}

// assets are the files that pages load. Their names hold a digest of their
// content, so that a browser may keep them for ever.
type assets struct {
	style, accent string            // places
	scripts       map[string]string // places of the components' scripts
	files         map[string][]byte
}

func newAssets(accent archive.Accent) (*assets, error) {
	a := &assets{files: map[string][]byte{}, scripts: map[string]string{}}
	css, err := styles()
	if err != nil {
		return nil, err
	}
	a.style = a.add("site.css", append(css, scale()...))
	a.accent = a.add("accent.css", accentStyle(accent))
	names, err := fs.Glob(templates.FS, "dist/*.js")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		component := strings.TrimSuffix(path.Base(name), ".js")
		if component == "reload" {
			continue // for servers: [ReloadScript]
		}
		data, err := templates.FS.ReadFile(name)
		if err != nil {
			return nil, err
		}
		a.scripts[component] = a.add(path.Base(name), data)
	}
	licences, err := templates.FS.ReadFile("dist/echarts.licences.txt")
	if err != nil {
		return nil, err
	}
	a.files["assets/echarts.licences.txt"] = licences // the script names it
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

// styles concatenates the components' styles, base first.
func styles() ([]byte, error) {
	names, err := fs.Glob(templates.FS, "*/*.css")
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
	data, err := templates.FS.ReadFile("dist/reload.js")
	if err != nil {
		panic(err) // embedded
	}
	return data
}

// scale returns the rules that the marks in table cells are drawn by: a page
// may hold no style of its own, so a value is a class, v0 to v100 for the
// score in hundredths of the scale. The ends of its interval are l and h, or how
// far they lie from the score, a and b, which repeats more and packs better.
func scale() []byte {
	var b bytes.Buffer
	for _, name := range []string{"v", "l", "h", "a", "b"} {
		for i := range 101 {
			fmt.Fprintf(&b, ".%s%d{--%s:%s}", name, i, name, strings.TrimSuffix(fmt.Sprintf("%.2f", float64(i)/100), ".00"))
		}
		b.WriteByte('\n')
	}
	return b.Bytes()
}

// accentStyle returns the archive's colours. Anything but #rrggbb gets the
// default: the colour ends up in a style sheet.
func accentStyle(c archive.Accent) []byte {
	light, dark := safeColour(c.Light, archive.DefaultSite.Accent.Light), safeColour(c.Dark, archive.DefaultSite.Accent.Dark)
	return fmt.Appendf(nil, ":root{--accent:light-dark(%s,%s)}\n", light, dark)
}

// safeColour returns the colour if it is #rrggbb, else the other one.
func safeColour(s, otherwise string) string {
	if len(s) == 7 && s[0] == '#' && strings.Trim(s[1:], "0123456789abcdefABCDEF") == "" {
		return s
	}
	return otherwise
}

// favicon is the three bars of the page header.
const favicon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 20"><style>g{fill:#14171c}@media(prefers-color-scheme:dark){g{fill:#e8ebf0}}</style><g><rect x="1" y="11" width="4" height="8" rx="1"/><rect x="8" y="6" width="4" height="13" rx="1"/><rect x="15" y="1" width="4" height="18" rx="1" opacity=".45"/></g></svg>
`
