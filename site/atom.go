package site

import (
	"cmp"
	"crypto/sha1"
	"encoding/xml"
	"fmt"
	"html"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/bsgen/bsgen/archive/history"
)

// Feeds in the Atom syndication format (RFC 4287): of all boards, of each board,
// of each model and of each benchmark. There are none where there is no history.
//
// Their ids are names of RFC 4122 (urn:uuid, version 5), made of the
// repository's address (the site's, or its title, where site.yaml does not name
// one) and of what an entry is about. So they stay when the site moves, and two
// builds agree. Links are absolute where site.yaml has a base_url, and else
// relative to the feed, which Atom allows.

// atomFeed is a feed.
type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Updated string      `xml:"updated"`
	Author  atomPerson  `xml:"author"`
	Links   []atomLink  `xml:"link"`
	Entries []atomEntry `xml:"entry"`
}

type atomPerson struct {
	Name string `xml:"name"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Updated string      `xml:"updated"`
	Author  *atomPerson `xml:"author,omitempty"` // the feed's where there is none
	Link    atomLink    `xml:"link"`
	Content atomContent `xml:"content"`
}

type atomContent struct {
	Type string `xml:"type,attr"`
	HTML string `xml:",chardata"`
}

// maxEntries is how many entries a feed of a model or a benchmark has.
const maxEntries = 30

// feeds are the feeds that a page announces: that of all boards, and that of the
// board which the section is.
func (s *site) feeds(at, section string) []Link {
	if h := s.opts.History; h == nil || len(h.Steps) == 0 {
		return nil
	}
	out := []Link{{Text: s.Site.Title + ": all changes", Href: rel(at, "changes.atom")}}
	for _, b := range s.boards {
		if b.front() == section && s.timeline(b) != nil {
			out = append(out, Link{Text: b.Title + ": changes", Href: rel(at, b.ID+"/changes.atom")})
		}
	}
	return out
}

// entityFeed announces the feed of a model or a benchmark beside its page.
func (s *site) entityFeed(at, name string, has bool) []Link {
	if !has {
		return nil
	}
	place := path.Dir(at) + "/changes.atom"
	return []Link{{Text: name + ": changes", Href: rel(at, place)}}
}

// follow links the feed among the facts about a model or a benchmark.
func follow(feed []Link) []Entry {
	if len(feed) == 0 {
		return nil
	}
	return []Entry{{"Changes", []Link{{Text: "Atom feed", Href: feed[0].Href}}}}
}

// feedJobs adds the feeds.
func (s *site) feedJobs(w *work) {
	if h := s.opts.History; h != nil && len(h.Steps) > 0 {
		w.write("changes.atom", func(m *markup) error {
			return s.stateFeed(m, "changes.atom", s.Site.Title, "changes/index.html", s.allChangeDays(), true)
		})
	}
	for _, b := range s.boards {
		at := b.ID + "/changes.atom"
		w.later(func(place string) bool { return place == at }, func(w *work) error {
			if s.timeline(b) != nil {
				w.write(at, func(m *markup) error {
					return s.stateFeed(m, at, s.Site.Title+": "+b.Title, b.beside("changes"), s.changeDays(b), false)
				})
			}
			return nil
		})
	}
	for _, m := range s.Models {
		if changes := s.opts.History.OfModel(m.ID); len(changes) > 0 {
			at := path.Dir(modelPlace(m.ID)) + "/changes.atom"
			w.write(at, func(out *markup) error { return s.changeFeed(out, at, m.Name, modelPlace(m.ID), changes) })
		}
	}
	for _, b := range s.Benchmarks {
		if changes := s.opts.History.OfBenchmark(b.ID); len(changes) > 0 {
			at := path.Dir(benchmarkPlace(b.ID)) + "/changes.atom"
			w.write(at, func(out *markup) error { return s.changeFeed(out, at, b.Title, benchmarkPlace(b.ID), changes) })
		}
	}
}

// address returns how the feed at a place links the site's pages.
func (s *site) feedAddress(at string) address {
	if base := external(s.Site.BaseURL); base != "" {
		base = strings.TrimSuffix(base, "/") + "/"
		return func(place string) string { return base + place }
	}
	return from(at)
}

// urn names something of this site for ever.
func (s *site) urn(parts ...string) string {
	name := strings.Join(append([]string{cmp.Or(s.Site.Repository, s.Site.BaseURL, s.Site.Title)}, parts...), "\n")
	// The name space for URLs of RFC 4122, appendix C.
	space := []byte("\x6b\xa7\xb8\x11\x9d\xad\x11\xd1\x80\xb4\x00\xc0\x4f\xd4\x30\xc8")
	u := sha1.Sum(append(space, name...))
	u[6], u[8] = u[6]&0x0f|0x50, u[8]&0x3f|0x80
	return fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:16])
}

func (s *site) newFeed(at, title, page string) *atomFeed {
	to := s.feedAddress(at)
	return &atomFeed{
		ID: s.urn(at), Title: title, Author: atomPerson{s.Site.Title},
		Links: []atomLink{{"self", "application/atom+xml", to(at)}, {"alternate", "text/html", to(page)}},
	}
}

// stateFeed writes the feed of days of change.
func (s *site) stateFeed(m *markup, at, title, page string, days []changed, named bool) error {
	f, to := s.newFeed(at, title+": changes", page), s.feedAddress(at)
	for _, d := range days {
		day := s.changeDay(d, to, named)
		e := atomEntry{
			ID:    s.urn(at, d.board.ID, d.state.Day(), strings.Join(d.state.Tags, " ")),
			Title: joined(": ", day.Board, day.Title, day.Summary), Updated: stamp(d.state.At),
			Link: atomLink{"alternate", "text/html", to(page) + "#" + day.ID},
		}
		if n := len(d.state.Commits); n > 0 && d.state.Commits[n-1].Author != "" {
			e.Author = &atomPerson{d.state.Commits[n-1].Author}
		}
		var b strings.Builder
		for _, l := range day.By {
			fmt.Fprintf(&b, "<p>%s %s</p>", anchorHTML(Link{Text: l.Text, Href: l.Href}), html.EscapeString(l.Note))
		}
		for _, g := range day.Groups {
			fmt.Fprintf(&b, "<h3>%s</h3><ul>", html.EscapeString(g.Title))
			for _, l := range g.Lines {
				fmt.Fprintf(&b, "<li>%s</li>", joined(" ", anchorHTML(l.Model), anchorHTML(l.Benchmark), anchorHTML(Link{Text: l.Text, Href: l.Href})))
			}
			b.WriteString("</ul>")
			if g.More > 0 {
				fmt.Fprintf(&b, "<p>And %d more.</p>", g.More)
			}
		}
		e.Content = atomContent{"html", b.String()}
		f.Entries = append(f.Entries, e)
	}
	return f.encode(m)
}

// changeFeed writes the feed of a model or a benchmark: an entry for each commit
// that changed its results.
func (s *site) changeFeed(m *markup, at, title, page string, changes []*history.Change) error {
	f, to := s.newFeed(at, title+": scores", page), s.feedAddress(at)
	for i := 0; i < len(changes) && len(f.Entries) < maxEntries; {
		k := i
		for k < len(changes) && changes[k].Hash == changes[i].Hash {
			k++
		}
		c := changes[i]
		e := atomEntry{
			ID: s.urn(at, c.Hash), Updated: stamp(c.Date), Link: atomLink{"alternate", "text/html", to(page)},
			Title: count(k-i, "score") + ": " + cmp.Or(c.Subject, c.Hash),
		}
		if c.Author != "" {
			e.Author = &atomPerson{c.Author}
		}
		var b strings.Builder
		fmt.Fprintf(&b, "<p>%s</p><ul>", anchorHTML(s.commitLink(&c.Commit)))
		for n, c := range changes[i:k] {
			if n == maxLines {
				fmt.Fprintf(&b, "<li>and %d more</li>", k-i-n)
				break
			}
			row := s.historyRow(c)
			score := Link{Text: joined(", ", row.Score, row.Delta, row.Note)}
			if r, ok := s.Result(c.Model, c.Benchmark, c.Version); ok && !s.opts.NoScores {
				score.Href = to(scorePlace(r.Model, r.Benchmark, r.Version))
			}
			fmt.Fprintf(&b, "<li>%s %s %s</li>", anchorHTML(s.modelLink(to, c.Model, "")), anchorHTML(s.benchmarkLink(to, c.Benchmark, "")), anchorHTML(score))
		}
		b.WriteString("</ul>")
		e.Content = atomContent{"html", b.String()}
		f.Entries = append(f.Entries, e)
		i = k
	}
	return f.encode(m)
}

// anchorHTML writes a link in HTML; "" where it has no text.
func anchorHTML(l Link) string {
	text := html.EscapeString(l.Text)
	if l.Href == "" || text == "" {
		return text
	}
	return `<a href="` + html.EscapeString(l.Href) + `">` + text + `</a>`
}

// stamp writes a time as Atom wants it. A commit without a sensible date is of
// the beginning of Unix time: a feed must say one.
func stamp(at time.Time) string {
	if at.IsZero() {
		at = time.Unix(0, 0)
	}
	return at.UTC().Format(time.RFC3339)
}

// encode writes the feed; it is as new as its newest entry.
func (f *atomFeed) encode(m *markup) error {
	f.Updated = stamp(time.Time{})
	if len(f.Entries) > 0 {
		f.Updated = slices.MaxFunc(f.Entries, func(x, y atomEntry) int { return strings.Compare(x.Updated, y.Updated) }).Updated
	}
	m.raw(xml.Header)
	e := xml.NewEncoder(m)
	e.Indent("", " ")
	if err := e.Encode(f); err != nil {
		return err
	}
	m.raw("\n")
	return nil
}
