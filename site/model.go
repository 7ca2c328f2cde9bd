package site

import (
	"slices"
	"strconv"
	"strings"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/dataset"
)

// ModelPage is one model: its scores, where they come from, what it is.
type ModelPage struct {
	Chrome
	Heading   string
	ID        string
	Lede      string
	Role      string // what being a baseline or a reference means; "" for a model
	Facts     []Fact
	Boards    []*ModelBoard
	Results   []ModelResult
	List      *ModelList // in place of Results where they are too many to be written out
	History   string     // what is missing from the histories of all results; "" for nothing
	Entries   []Entry
	Notes     string
	Responses []ModelResponse
	Run       *ModelRun // how the scorer runs it; nil where it does not
	Training  []string  // brain or behavioural data that it was fitted to
	BibTeX    string
	Own       string // the archive's BibTeX
	Badges    []ModelBadge
	Unknown   bool // lines to copy begin with a placeholder, not with the site's address
	File      string
	Row       string // how the tables call a model whose scores were published
	Method    string

	scoreHref func(r *archive.Result) string
}

// ModelResponse is what the model gave for a stimulus set.
type ModelResponse struct {
	Stimuli, Kind, Credit string
	Files                 []Source
}

func (s *site) modelPage(m *archive.Model) *ModelPage {
	at := modelPlace(m.ID)
	title := m.Name
	if m.Published != nil { // a model of the same name may be scored here
		title += ", published scores"
	}
	p := &ModelPage{
		Chrome:  s.chrome(at, title, "models/index.html"),
		Heading: m.Name,
		ID:      m.ID,
		Lede:    m.Summary,
		Notes:   m.Metadata.Notes,
		BibTeX:  m.Reference.BibTeX,
		Own:     s.bibtex(),
		Badges:  s.modelBadges(m, at),
		Unknown: s.baseURL() == "",
		File:    m.File(),
		Method:  s.anchor(at, "methods", "rank", "interval"),
		History: s.historyGaps(),

		scoreHref: func(r *archive.Result) string { return s.scoreHref(at, r) },
	}
	p.Feeds = append(p.Feeds, s.entityFeed(at, m.Name, len(s.opts.History.OfModel(m.ID)) > 0)...)
	p.describe(m.Summary)
	p.Crumbs = []Link{{Text: "Models", Href: rel(at, "models/index.html")}}
	switch m.Role {
	case archive.RoleBaseline:
		p.Role = "A baseline: ranked like a model, and what anything should beat."
	case archive.RoleReference:
		p.Role = "A reference row, not a computational model: shown for comparison and never ranked."
	}
	results := s.Results[m.ID]
	p.Facts = append(p.Facts, Fact{Value: strconv.Itoa(len(results)), After: plural(len(results), "result")})
	if m.Published != nil {
		p.Facts = append(p.Facts, publishedFact)
		p.Row = m.Published.Name
	}
	warnings := 0
	for i := range results {
		warnings += len(results[i].Warnings)
	}
	if s.opts.NoScores && len(results) > maxWritten {
		p.List, p.History = s.modelList(m, results, warnings > 0, at), ""
	} else {
		for i := range results {
			p.Results = append(p.Results, s.modelResult(&results[i], at))
		}
	}
	if warnings > 0 {
		p.Facts = append(p.Facts, Fact{Value: strconv.Itoa(warnings), After: plural(warnings, "warning")})
	}
	for _, b := range s.boards {
		if mb, ok := s.modelBoard(b, m, at); ok {
			p.Boards = append(p.Boards, &mb)
		}
	}
	p.Entries = append(modelEntries(m), s.twin(m, at)...)
	p.Entries = append(p.Entries, follow(s.entityFeed(at, m.Name, len(s.opts.History.OfModel(m.ID)) > 0))...)
	p.Run = s.modelRun(m, at)
	for i := range m.Responses {
		r := &m.Responses[i]
		mr := ModelResponse{Stimuli: r.Stimuli, Kind: joined(", ", r.Kind, r.Region), Credit: r.Credit}
		names, files := r.Files()
		byName := map[string]dataset.Source{}
		for k, n := range names {
			byName[n] = files[k]
		}
		mr.Files = sources(names, byName)
		p.Responses = append(p.Responses, mr)
	}
	for _, t := range m.NeuralTraining {
		p.Training = append(p.Training, joined("; ", t.Dataset, strings.Join(t.Sessions, ", "), strings.Join(t.Subjects, ", ")))
	}
	return p
}

// twins are the models that stand for one network on several boards, by id, each
// with the others, sorted: those that the questions of boards tie.
func twins(a *archive.Archive) map[string][]string {
	out := map[string][]string{}
	tie := func(x, y string) {
		if !slices.Contains(out[x], y) {
			out[x] = append(out[x], y)
		}
	}
	for _, b := range a.Boards {
		for i := range b.Questions {
			for x, y := range b.Questions[i].Match {
				tie(x, y)
				tie(y, x)
			}
		}
	}
	for _, ids := range out {
		slices.Sort(ids)
	}
	return out
}

// twin links the same network under its other ids.
func (s *site) twin(m *archive.Model, at string) []Entry {
	var links []Link
	for _, id := range s.twins[m.ID] {
		if o, ok := s.Model(id); ok {
			links = append(links, Link{Text: o.Name, Href: rel(at, modelPlace(id)), Note: roleName(o)})
		}
	}
	if links == nil {
		return nil
	}
	return []Entry{{"Same network", links}}
}

func modelEntries(m *archive.Model) []Entry {
	var out []Entry
	fact := func(term string, f archive.Fact) {
		if f.Value == "" {
			out = append(out, Entry{term, []Link{{Text: "unknown"}}})
			return
		}
		e := Entry{term, []Link{{Text: grouped(f.Value)}}}
		if term == "Year" {
			e.Links[0].Text = f.Value
		}
		if to := external(f.Source); to != "" {
			e.Links = append(e.Links, Link{Text: "source", Href: to})
		} else {
			e.Links[0].Note = f.Source
		}
		out = append(out, e)
	}
	text := func(term, value string) {
		if value == "" {
			value = "unknown"
		}
		out = append(out, Entry{term, []Link{{Text: value}}})
	}
	text("Family", m.Metadata.Family)
	text("Architecture", m.Metadata.Architecture)
	fact("Year", m.Metadata.Year)
	fact("Parameters", m.Metadata.Parameters)
	fact("Training data", m.Metadata.Training)
	out = append(out, Entry{"Paper", []Link{cite(m.Reference)}})
	if m.Submitter.Name == "" { // of published scores
		return out
	}
	who := Link{Text: m.Submitter.Name}
	if m.Submitter.GitHub != "" {
		who.Href = external("https://github.com/" + strings.TrimPrefix(m.Submitter.GitHub, "@"))
	}
	return append(out, Entry{"Submitted by", []Link{who}})
}

// sources lists pinned files in the order of their names.
func sources(names []string, by map[string]dataset.Source) []Source {
	var out []Source
	for _, n := range names {
		s := by[n]
		f := Source{Name: n, SHA256: s.SHA256}
		if s.Bytes > 0 {
			f.Size = grouped(strconv.FormatInt(int64(s.Bytes), 10)) + " bytes"
		}
		f.Link = link(lastPart(s.URL), s.URL)
		if s.File != "" {
			f.Link = Link{Text: s.File}
		}
		out = append(out, f)
	}
	return out
}

func lastPart(address string) string { return address[strings.LastIndexByte(address, '/')+1:] }
