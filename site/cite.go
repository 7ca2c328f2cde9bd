package site

import (
	"bytes"
	"fmt"
	"net/url"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v4"
)

// baseURL returns the address of the site's root with a slash behind it; "" where
// site.yaml has none.
func (s *site) baseURL() string {
	if external(s.Site.BaseURL) == "" {
		return ""
	}
	return strings.TrimSuffix(external(s.Site.BaseURL), "/") + "/"
}

// absolute returns the address of a place; "" where the site's is not known. A
// folder's index is the folder.
func (s *site) absolute(at string) string {
	base := s.baseURL()
	if base == "" {
		return ""
	}
	return base + (&url.URL{Path: strings.TrimSuffix(at, "index.html")}).EscapedPath()
}

// listed reports whether search engines and previews of links may know the site.
func (s *site) listed() bool { return s.Site.Visibility == "public" && s.opts.Preview == "" }

// licenseURL returns the address of the licence of the scores; "" where unknown.
func (s *site) licenseURL() string {
	if to := external(s.Site.License); to != "" || s.Site.License == "" {
		return to
	}
	return "https://spdx.org/licenses/" + url.PathEscape(s.Site.License)
}

// bibtex returns the entry of this archive at its snapshot.
func (s *site) bibtex() string {
	var b strings.Builder
	fmt.Fprintf(&b, "@misc{%s,\n  title = {{%s}},\n", citeKey(s.Site.Title), tex(s.Site.Title))
	if s.opts.Commit != "" {
		fmt.Fprintf(&b, "  note = {Snapshot %s},\n", s.opts.Commit)
	}
	if to := s.absolute("index.html"); to != "" {
		fmt.Fprintf(&b, "  url = {%s},\n", to)
	} else if to := external(s.Site.Repository); to != "" {
		fmt.Fprintf(&b, "  url = {%s},\n", to)
	}
	b.WriteString("}\n")
	return b.String()
}

// citeKey makes a key of BibTeX of a title.
func citeKey(title string) string {
	words := strings.FieldsFunc(strings.ToLower(title), func(r rune) bool { return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if len(words) == 0 {
		return "archive"
	}
	return strings.Join(words[:min(len(words), 6)], "-")
}

// tex escapes a text for LaTeX.
func tex(s string) string {
	return texReplacer.Replace(s)
}

var texReplacer = strings.NewReplacer(
	`\`, `\textbackslash{}`, `{`, `\{`, `}`, `\}`, `$`, `\$`, `&`, `\&`, `#`, `\#`, `%`, `\%`, `_`, `\_`,
	`^`, `\textasciicircum{}`, `~`, `\textasciitilde{}`, `<`, `\textless{}`, `>`, `\textgreater{}`, "\n", " ", "\r", " ",
)

// citation is CITATION.cff.
type citation struct {
	Version    string        `yaml:"cff-version"`
	Message    string        `yaml:"message"`
	Type       string        `yaml:"type"`
	Title      string        `yaml:"title"`
	Abstract   string        `yaml:"abstract,omitempty"`
	Authors    []entity      `yaml:"authors"`
	URL        string        `yaml:"url,omitempty"`
	Repository string        `yaml:"repository-code,omitempty"`
	Commit     string        `yaml:"commit,omitempty"`
	License    string        `yaml:"license,omitempty"`
	LicenseURL string        `yaml:"license-url,omitempty"`
	References []citedSource `yaml:"references,omitempty"`
}

type entity struct {
	Name   string `yaml:"name,omitempty"`
	Family string `yaml:"family-names,omitempty"`
	Given  string `yaml:"given-names,omitempty"`
}

type citedSource struct {
	Type    string   `yaml:"type"`
	Title   string   `yaml:"title"`
	Authors []entity `yaml:"authors"`
	Year    int      `yaml:"year"`
	DOI     string   `yaml:"doi"`
}

// ideas are the papers that the archive's idea is from.
var ideas = []citedSource{
	{"generic", "Brain-Score: Which Artificial Neural Network for Object Recognition is most Brain-Like?",
		people("Schrimpf, Martin", "Kubilius, Jonas", "Hong, Ha", "Majaj, Najib J.", "Rajalingham, Rishi", "Issa, Elias B.", "Kar, Kohitij",
			"Bashivan, Pouya", "Prescott-Roy, Jonathan", "Schmidt, Kailyn", "Yamins, Daniel L. K.", "DiCarlo, James J."), 2018, "10.1101/407007"},
	{"article", "Integrative Benchmarking to Advance Neurally Mechanistic Models of Human Intelligence",
		people("Schrimpf, Martin", "Kubilius, Jonas", "Lee, Michael J.", "Ratan Murty, N. Apurva", "Ajemian, Robert", "DiCarlo, James J."), 2020, "10.1016/j.neuron.2020.07.040"},
}

func people(names ...string) []entity {
	var out []entity
	for _, n := range names {
		family, given, _ := strings.Cut(n, ", ")
		out = append(out, entity{Family: family, Given: given})
	}
	return out
}

// citationFile returns CITATION.cff of the archive at its snapshot.
func (s *site) citationFile() ([]byte, error) {
	c := citation{
		Version: "1.2.0", Type: "dataset", Title: s.Site.Title, Abstract: s.Site.Description,
		Message:    "Cite the archive with the commit that your numbers come from, and the papers of the benchmarks and models that you use: data/v1/references.bib has them.",
		Authors:    []entity{{Name: s.Site.Title + " contributors"}},
		URL:        s.absolute("index.html"),
		Repository: external(s.Site.Repository),
		Commit:     s.opts.Commit,
		References: ideas,
	}
	if external(s.Site.License) != "" {
		c.LicenseURL = s.Site.License
	} else {
		c.License = s.Site.License
	}
	return yaml.Dump(c, yaml.WithIndent(2))
}

// references returns the BibTeX of the archive, its benchmarks and its models; an
// entry that stands twice is there once.
func (s *site) references() []byte {
	var buf bytes.Buffer
	buf.WriteString(s.bibtex())
	seen := map[string]bool{}
	add := func(entry string) {
		entry = strings.TrimSpace(entry)
		if entry != "" && !seen[entry] {
			seen[entry] = true
			buf.WriteString("\n" + entry + "\n")
		}
	}
	for _, b := range s.Benchmarks {
		add(b.Reference.BibTeX)
	}
	for _, m := range s.Models {
		add(m.Reference.BibTeX)
	}
	return buf.Bytes()
}
