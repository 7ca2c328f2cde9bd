package site

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/archive"
	"go.yaml.in/yaml/v4"
	"golang.org/x/net/html"
)

// meta returns the content of a page's meta element by its name or property.
func metaOf(doc *html.Node, name string) string {
	for _, n := range all(doc, "meta", "") {
		if attr(n, "name") == name || attr(n, "property") == name {
			return attr(n, "content")
		}
	}
	return ""
}

func exists(dir, at string) bool {
	_, err := os.Stat(filepath.Join(dir, filepath.FromSlash(at)))
	return err == nil
}

// TestSocial checks what is there with an address, without one, on a private board
// and in a preview.
func TestSocial(t *testing.T) {
	const base = "https://lab.example.org/b c/"
	for _, test := range []struct {
		name        string
		base        string
		visibility  string
		preview     string
		tags, files bool
	}{
		{"no address", "", "public", "", true, false},
		{"address", base, "public", "", true, true},
		{"private", base, "private", "", false, false},
		{"preview", base, "public", "a preview", false, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := fixture(t)
			a.Site.BaseURL, a.Site.Visibility = test.base, test.visibility
			dir := filepath.Join(t.TempDir(), "site")
			if _, err := Build(a, Options{Out: dir, Preview: test.preview}); err != nil {
				t.Fatal(err)
			}
			for at, card := range map[string]string{
				"index.html": "cards/site.png", "vision/it/index.html": "cards/boards/vision.png", "models/m0/index.html": "cards/models/m0.png",
				"benchmarks/a/index.html": "cards/benchmarks/a.png", "about/index.html": "cards/site.png", "models/index.html": "cards/site.png", "scores/m0/a@1/index.html": "cards/site.png",
			} {
				doc := parsePage(t, dir, at)
				if got := metaOf(doc, "og:title") != "" && metaOf(doc, "twitter:card") != ""; got != test.tags {
					t.Errorf("%s: tags %v", at, got)
				}
				image, want := metaOf(doc, "og:image"), ""
				if test.files {
					want = "https://lab.example.org/b%20c/" + card
					if url := metaOf(doc, "og:url"); url != "https://lab.example.org/b%20c/"+strings.TrimSuffix(at, "index.html") {
						t.Errorf("%s: og:url %q", at, url)
					}
				}
				if image != want {
					t.Errorf("%s: og:image %q, want %q", at, image, want)
				}
				if exists(dir, card) != test.files {
					t.Errorf("%s: exists %v", card, !test.files)
				}
			}
			if exists(dir, "sitemap.xml") != test.files {
				t.Errorf("sitemap.xml exists: %v", !test.files)
			}
			home, err := os.ReadFile(filepath.Join(dir, "index.html"))
			if err != nil || bytes.Contains(home, []byte("ld+json")) != test.tags {
				t.Errorf("JSON-LD: %v, %v", !test.tags, err)
			}
		})
	}
}

// TestSitemap reads the sitemap, follows it, and looks for it in robots.txt.
func TestSitemap(t *testing.T) {
	a := fixture(t)
	a.Site.BaseURL = "https://lab.example.org/b"
	dir := build(t, a)
	data, err := os.ReadFile(filepath.Join(dir, "sitemap.xml"))
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		XMLName xml.Name `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 urlset"`
		URLs    []string `xml:"url>loc"`
	}
	if err := xml.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	if len(doc.URLs) < 20 || !slices.Contains(doc.URLs, "https://lab.example.org/b/") || !slices.Contains(doc.URLs, "https://lab.example.org/b/models/m0/") {
		t.Errorf("%d addresses", len(doc.URLs))
	}
	for _, u := range doc.URLs {
		at, ok := strings.CutPrefix(u, "https://lab.example.org/b/")
		if !ok || !exists(dir, at+"index.html") {
			t.Errorf("%s leads nowhere", u)
		}
	}
	robots, err := os.ReadFile(filepath.Join(dir, "robots.txt"))
	if err != nil || !strings.Contains(string(robots), "\nSitemap: https://lab.example.org/b/sitemap.xml\n") {
		t.Errorf("robots.txt: %s, %v", robots, err)
	}
}

// TestCards checks that each is a small picture, and that hostile names make none of
// them fail.
func TestCards(t *testing.T) {
	a := fixture(t)
	a.Site.BaseURL = "https://lab.example.org/"
	dir := build(t, a)
	n := 0
	err := fs.WalkDir(os.DirFS(dir), "cards", func(at string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		n++
		data, err := os.ReadFile(filepath.Join(dir, at))
		if err != nil {
			return err
		}
		if img, err := png.Decode(bytes.NewReader(data)); err != nil || img.Bounds().Dx() != 1200 || len(data) > 20_000 {
			t.Errorf("%s: %d bytes, %v", at, len(data), err)
		}
		return nil
	})
	if err != nil || n != 1+2+5+6 {
		t.Errorf("%d cards, %v", n, err)
	}
}

// TestLinkedData reads the description of the data set and follows its files.
func TestLinkedData(t *testing.T) {
	a := fixture(t)
	a.Site.License = "MIT"
	for base, prefix := range map[string]string{"": "", "https://lab.example.org/": "https://lab.example.org/"} {
		a.Site.BaseURL = base
		dir := filepath.Join(t.TempDir(), "site")
		if _, err := Build(a, Options{Out: dir, Commit: strings.Repeat("c", 40)}); err != nil {
			t.Fatal(err)
		}
		described := 0
		walkPages(t, dir, func(at string, doc *html.Node) {
			for _, n := range all(doc, "script", "") {
				if attr(n, "type") != "application/ld+json" {
					continue
				}
				switch at {
				case "index.html":
					checkLinked(t, dir, prefix, content(n))
					described++
				case filepath.FromSlash("data/index.html"):
					described++
				default:
					t.Errorf("%s has a description of a data set", at)
				}
			}
		})
		if described != 2 {
			t.Errorf("%d pages describe the data set", described)
		}
	}
}

// checkLinked checks the description of the fixture's data set.
func checkLinked(t *testing.T, dir, prefix, data string) {
	t.Helper()
	var ld siteLD
	if err := json.Unmarshal([]byte(data), &ld); err != nil {
		t.Fatal(err)
	}
	if ld.Type != "Dataset" || ld.Version != strings.Repeat("c", 40) || ld.License != "https://spdx.org/licenses/MIT" || len(ld.Description) < 50 || len(ld.Measured) != 6 || len(ld.Files) == 0 {
		t.Errorf("%+v", ld)
	}
	for _, f := range ld.Files {
		if at, ok := strings.CutPrefix(f.URL, prefix); !ok || !exists(dir, at) {
			t.Errorf("%s is not there", f.URL)
		}
	}
}

// TestBadges checks that a badge says score and interval, that its SVG is sound for
// any name, and that its JSON is what shields.io reads.
func TestBadges(t *testing.T) {
	a := fixture(t)
	dir := build(t, a)
	var b map[string]any
	data, err := os.ReadFile(filepath.Join(dir, "badges", "vision", "m0.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &b); err != nil {
		t.Fatal(err)
	}
	if b["schemaVersion"] != 1. || len(b) != 4 || b["color"] != badgeColour || !strings.HasPrefix(b["message"].(string), "0.450 [0.4") || strings.Contains(b["message"].(string), "#") {
		t.Errorf("shield %v", b)
	}
	data, err = os.ReadFile(filepath.Join(dir, "badges", "vision", "m1.json"))
	if err != nil || !strings.Contains(string(data), "1 of 2 benchmarks") {
		t.Errorf("a model that lacks a benchmark: %s, %v", data, err)
	}
	if exists(dir, "badges/empty/m0.svg") || exists(dir, "badges/vision/m6.svg") {
		t.Error("a badge without a score")
	}
	svg, err := os.ReadFile(filepath.Join(dir, "badges", "vision", "m0.svg"))
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Role  string `xml:"role,attr"`
		Title string `xml:"title"`
	}
	if err := xml.Unmarshal(svg, &doc); err != nil || doc.Role != "img" || !strings.Contains(doc.Title, "0.450 [") {
		t.Errorf("%v: %s", err, svg)
	}
	for _, name := range hostile {
		if err := xml.Unmarshal(badgeSVG(name, name), &doc); err != nil || doc.Title != name+": "+name {
			t.Errorf("%v: %q", err, doc.Title)
		}
	}
	page := parsePage(t, dir, "models/m0/index.html")
	if len(all(page, "img", "")) != 1 || !strings.Contains(content(page), "](https://SITE/badges/vision/m0.svg)](https://SITE/models/m0/index.html)") {
		t.Error("the model's page does not show its badge with the line for it")
	}
}

// TestCitation reads CITATION.cff of the site, and that of the repository.
func TestCitation(t *testing.T) {
	a := fixture(t)
	a.Site.Title, a.Site.License, a.Site.BaseURL = `A "title": yes`, "MIT", "https://lab.example.org/"
	dir := build(t, a)
	for _, name := range []string{filepath.Join(dir, "CITATION.cff"), "../CITATION.cff"} {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var c map[string]any
		if err := yaml.Load(data, &c); err != nil {
			t.Fatal(err)
		}
		for _, key := range []string{"cff-version", "message", "title", "authors", "type", "license"} {
			if c[key] == nil {
				t.Errorf("%s: no %s", name, key)
			}
		}
		if c["cff-version"] != "1.2.0" {
			t.Errorf("%s: version %v", name, c["cff-version"])
		}
	}
}

func TestBibTeX(t *testing.T) {
	s, err := newSite(&archive.Archive{Root: t.TempDir(), Site: archive.Site{Title: `A & B_{$%}\`, BaseURL: "https://lab.example.org"}}, Options{Commit: "abc"})
	if err != nil {
		t.Fatal(err)
	}
	want := "@misc{a-b,\n  title = {{A \\& B\\_\\{\\$\\%\\}\\textbackslash{}}},\n  note = {Snapshot abc},\n  url = {https://lab.example.org/},\n}\n"
	if got := s.bibtex(); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

// BenchmarkCards draws those of 600 models and 200 benchmarks.
func BenchmarkCards(b *testing.B) {
	a := large(b, 600, 200)
	a.Site.BaseURL = "https://lab.example.org/"
	s, err := newSite(a, Options{})
	if err != nil {
		b.Fatal(err)
	}
	dir := b.TempDir()
	for b.Loop() {
		out, err := create(filepath.Join(dir, "out"))
		if err != nil {
			b.Fatal(err)
		}
		w := &work{out: out}
		s.cards(w)
		if err := w.run(); err != nil {
			b.Fatal(err)
		}
		out.discard()
	}
}
