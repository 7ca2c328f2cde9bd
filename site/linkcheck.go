package site

import (
	"bytes"
	"cmp"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// Problem is something wrong with a link of a page.
type Problem struct {
	Page string // place of the page
	Link string // as written
	Msg  string
}

// String returns "page: message: link".
func (p Problem) String() string {
	if p.Link == "" {
		return p.Page + ": " + p.Msg
	}
	return fmt.Sprintf("%s: %s: %s", p.Page, p.Msg, p.Link)
}

// CheckLinks reads every page below a folder and reports links to files or
// fragments that are not there, ids that stand twice, and parts that a page
// would load from another host. The error says that the folder could not be read.
func CheckLinks(dir string) ([]Problem, error) {
	files := map[string]bool{}
	var names []string
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		at, err := filepath.Rel(dir, name)
		if err != nil {
			return err
		}
		at = filepath.ToSlash(at)
		files[at] = true
		if strings.HasSuffix(at, ".html") {
			names = append(names, at)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("check the links: %w", err)
	}
	pages := make([]*checkedPage, len(names))
	err = each(len(names), func(i int) error {
		data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(names[i])))
		if err != nil {
			return fmt.Errorf("check the links: %w", err)
		}
		pages[i] = readPage(names[i], data)
		return nil
	})
	if err != nil {
		return nil, err
	}
	ids := map[string]map[string]bool{}
	for _, p := range pages {
		ids[p.at] = p.ids
	}
	var out []Problem
	for _, p := range pages {
		out = append(out, p.problems...)
		for _, l := range p.links {
			if msg := l.check(p.at, files, ids); msg != "" {
				out = append(out, Problem{p.at, l.address, msg})
			}
		}
	}
	slices.SortFunc(out, func(x, y Problem) int {
		return cmp.Or(strings.Compare(x.Page, y.Page), strings.Compare(x.Link, y.Link), strings.Compare(x.Msg, y.Msg))
	})
	return slices.Compact(out), nil
}

type checkedPage struct {
	at       string
	ids      map[string]bool
	links    []pageLink
	problems []Problem
}

type pageLink struct {
	address string
	loads   bool // the page requests it by itself
}

// loading are the attributes by which a page requests something, by element;
// everywhere else an address waits for a click.
var loading = map[string][]string{
	"img": {"src", "srcset"}, "script": {"src"}, "link": {"href"}, "iframe": {"src"}, "source": {"src", "srcset"},
	"video": {"src", "poster"}, "audio": {"src"}, "object": {"data"}, "embed": {"src"}, "image": {"href"}, "use": {"href"},
}

func readPage(at string, data []byte) *checkedPage {
	p := &checkedPage{at: at, ids: map[string]bool{}}
	z := html.NewTokenizer(bytes.NewReader(data))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return p
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			named := slices.Contains(t.Attr, html.Attribute{Key: "rel", Val: "canonical"}) // names the page, loads nothing
			for _, a := range t.Attr {
				switch {
				case named:
				case a.Key == "id":
					if p.ids[a.Val] {
						p.problems = append(p.problems, Problem{at, "#" + a.Val, "the id stands twice"})
					}
					p.ids[a.Val] = true
				case slices.Contains(loading[t.Data], a.Key):
					p.links = append(p.links, pageLink{a.Val, true})
				case t.Data == "a" && (a.Key == "href" || a.Key == "xlink:href"):
					p.links = append(p.links, pageLink{a.Val, false})
				}
			}
		}
	}
}

func (l pageLink) check(at string, files map[string]bool, ids map[string]map[string]bool) string {
	u, err := url.Parse(l.address)
	if err != nil {
		return "not an address"
	}
	switch {
	case u.Scheme == "data" && l.loads:
		return ""
	case u.Scheme != "" || u.Host != "":
		if l.loads {
			return "loads from another host"
		}
		if u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "mailto" {
			return "a scheme that is not allowed"
		}
		return ""
	case strings.HasPrefix(u.Path, "/"):
		if at == "404.html" || strings.HasPrefix(u.Path, "/-/") {
			return "" // relative to a root that only the server knows
		}
		return "not relative"
	}
	to := at
	if u.Path != "" {
		to = path.Join(path.Dir(at), u.Path)
		if strings.HasSuffix(u.Path, "/") {
			to = path.Join(to, "index.html")
		}
	}
	if !files[to] {
		return "leads nowhere"
	}
	if u.Fragment != "" && ids[to] != nil && !ids[to][u.Fragment] {
		return "there is no such fragment"
	}
	return ""
}
