// Package site renders an archive as a static site: leaderboards, a page per
// benchmark and per model, prose, and the scores as CSV and JSON.
//
// The pages are complete without JavaScript and work from a web server below
// any path as well as from file://: every address is relative. Nothing is
// requested from anywhere else. The same archive gives the same bytes, for any
// number of processors.
//
// Everything that a page says is computed here, into one struct per kind of
// page; the templates of package templates only print.
package site

import (
	"errors"
	"fmt"
	"html/template"
	"maps"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/archive/history"
	"github.com/bsgen/bsgen/leaderboard"
	"github.com/bsgen/bsgen/parallel"
)

// Options say where a site goes and what it knows beside the archive.
type Options struct {
	// Out is the folder to write. It is created where it is missing and
	// replaced as a whole where it is an earlier site.
	Out string
	// Commit is the commit of the archive that is rendered, in hexadecimal; it
	// stands at the foot of every page. Empty: unknown.
	Commit string
	// History is what the commits up to Commit did to the results, for the model
	// pages. Nil: unknown, and the pages say so.
	History *history.History
	// Reload is for a server that rebuilds while people look: every page loads
	// this script, and may connect to where it came from. Empty: none. Such a
	// site is not for publishing: its front page does not describe the data to
	// search engines, for which all data files would have to be written.
	Reload string
	// Preview says what kind of preview this is; it stands above every page.
	// Empty: the site is the real one.
	Preview string
	// Stale holds the results whose inputs have changed since they were scored,
	// by the ids of model and benchmark with a space between ("alexnet
	// Geirhos2021.edge-top1"). Their cells, and the means that hold them, are
	// marked as being rescored. What the archive alone can not know, because the
	// keys of results also digest metrics and readers, a caller finds by
	// evaluate.Pairs. Nil: none is known to be.
	Stale map[string]bool
	// NoScores leaves out what there is for each result: the pages of single
	// scores, the copies of the result files, and the links to both. They are
	// most of a large site.
	NoScores bool
	// States is how many earlier states of each board are shown at most; 0 is
	// [timeline.DefaultStates].
	States int
	// Ranked is called when all boards are computed and ranked, before the first
	// page is rendered. Nil: nothing is.
	Ranked func()
}

// Report says what Build wrote.
type Report struct {
	Pages    int   // HTML files
	Files    int   // all files
	Bytes    int64 // in all files
	Warnings []string
}

// Build writes the site of an archive. It writes beside the folder and swaps at
// the end, so that an interrupted build leaves the earlier site as it was. A
// folder with files in it that is no earlier site is refused.
func Build(a *archive.Archive, opts Options) (*Report, error) {
	if opts.Out == "" {
		return nil, errors.New("build the site: no folder to write to")
	}
	out, err := create(opts.Out)
	if err != nil {
		return nil, fmt.Errorf("build the site: %w", err)
	}
	defer out.discard()
	s, w, err := prepare(a, opts, out, nil)
	if err != nil {
		return nil, fmt.Errorf("build the site: %w", err)
	}
	if opts.Ranked != nil {
		opts.Ranked()
	}
	if err := w.run(); err != nil {
		return nil, fmt.Errorf("build the site: %w", err)
	}
	if err := out.commit(); err != nil {
		return nil, fmt.Errorf("build the site: %w", err)
	}
	return &Report{
		Pages:    int(out.pages.Load()),
		Files:    int(out.files.Load()),
		Bytes:    out.bytes.Load(),
		Warnings: s.warnings,
	}, nil
}

// site is everything that more than one page needs.
type site struct {
	*archive.Archive
	opts      Options
	boards    []*board
	assets    *assets
	prose     []*prose // the pages of content/, in the order of the navigation
	pages     map[string]bool
	older     func() map[string]int // results of earlier versions by benchmark
	twins     map[string][]string   // the same network under other ids, which the boards' questions tie
	warnings  []string
	templates map[string]*template.Template
	listHeads func() map[string]string // see [site.currentHeads]
}

// board is a leaderboard with its rankings and addresses.
type board struct {
	*leaderboard.Board
	*routes
	ranks     map[*leaderboard.Node]*leaderboard.Ranking
	summaries map[*leaderboard.Node]*nodeSummary
	index     map[*archive.Model]int     // place of a model among those of the board
	strict    map[*leaderboard.Node]bool // the rule of brain-score.org gives other means there
	all       []*leaderboard.Node        // every node, parents before children
	files     func() *boardFiles         // made when the first page asks for them, as the two below
	related   func() *related
	kept      kept
	answers   func() []*leaderboard.Answer // to the board's questions, in their order
	scores    bool                         // they have pages
	replay    replay                       // of its history
	lines     func() []modelLine           // what the pages of all models say, as the next
	profiles  func() []profileNode
	whos      func() []Who // the headings of models' rows on the pages of benchmarks
}

func newSite(a *archive.Archive, opts Options) (*site, error) { return renewSite(nil, a, opts) }

// renewSite computes what pages share, and takes of the site before, if there is
// one, what is the same: see [leaderboard.Renew].
func renewSite(before *site, a *archive.Archive, opts Options) (*site, error) {
	s := &site{Archive: a, opts: opts, older: sync.OnceValue(func() map[string]int { return olderResults(a) }), twins: twins(a), pages: map[string]bool{}}
	s.listHeads = sync.OnceValue(s.currentHeads)
	for _, ab := range a.Boards {
		old := before.board(ab.ID)
		lb, err := leaderboard.Renew(old.Board, a, ab)
		if err != nil {
			s.warnings = append(s.warnings, fmt.Sprintf("board %s: %v; these scores have no interval", ab.ID, err))
		}
		lb.MarkStale(opts.Stale)
		b := &board{Board: lb, routes: newRoutes(lb), ranks: map[*leaderboard.Node]*leaderboard.Ranking{}, summaries: map[*leaderboard.Node]*nodeSummary{}, index: map[*archive.Model]int{}}
		for i, m := range b.Models {
			b.index[m] = i
		}
		for _, root := range lb.Roots {
			b.all = append(b.all, below(root)...)
		}
		b.all = append(b.all, lb.Means...)
		ranks := lb.RankAll(b.all, old.rankings())
		summaries := make([]*nodeSummary, len(b.all))
		parallel.Each(len(b.all), parallel.None, func(_ struct{}, i int) { summaries[i] = newNodeSummary(b, b.all[i], ranks[i]) })
		for i, n := range b.all {
			b.ranks[n], b.summaries[n] = ranks[i], summaries[i]
		}
		b.kept.from(&old.kept)
		b.scores = !opts.NoScores
		b.markStrict()
		b.files = sync.OnceValue(func() *boardFiles { return newBoardFiles(b) })
		b.whos = sync.OnceValue(b.benchmarkWhos)
		b.lines, b.profiles = sync.OnceValue(b.modelLines), sync.OnceValue(b.profileNodes)
		b.related = sync.OnceValue(b.relate)
		b.answers = sync.OnceValue(func() []*leaderboard.Answer { return s.answer(b) })
		s.boards = append(s.boards, b)
		s.warnings = append(s.warnings, s.filterMistakes(b)...)
	}
	if before != nil && before.Site.Accent == a.Site.Accent {
		s.assets, s.templates = before.assets, before.templates
	} else {
		var err error
		if s.assets, err = newAssets(a.Site.Accent); err != nil {
			return nil, err
		}
		if s.templates, err = parse(s.assets); err != nil {
			return nil, err
		}
	}
	s.list()
	s.loadProse()
	return s, nil
}

// board returns the board with the id; an empty one where there is none, or no site.
func (s *site) board(id string) *board {
	if s != nil {
		for _, b := range s.boards {
			if b.ID == id {
				return b
			}
		}
	}
	return &board{}
}

// rankings returns those of all nodes by their ids.
func (b *board) rankings() map[string]*leaderboard.Ranking {
	out := make(map[string]*leaderboard.Ranking, len(b.ranks))
	for n, r := range b.ranks {
		out[n.ID] = r
	}
	return out
}

// below returns a node and everything under it, parents first.
func below(n *leaderboard.Node) []*leaderboard.Node {
	out := []*leaderboard.Node{n}
	for _, c := range n.Children {
		out = append(out, below(c)...)
	}
	return out
}

// allPages returns the places of the pages that search engines are to know, sorted.
func (s *site) allPages() []string {
	all := maps.Clone(s.pages)
	for _, m := range s.withScores() {
		results := s.Results[m.ID]
		for i := range results {
			all[scorePlace(m.ID, results[i].Benchmark, results[i].Version)] = true
		}
	}
	for _, b := range s.boards {
		for _, at := range b.related().places {
			all[at] = true
		}
	}
	return sortedKeys(all)
}

// hasPage reports whether prose may link the place.
func (s *site) hasPage(at string) bool {
	if s.pages[at] {
		return true
	}
	for _, m := range s.withScores() {
		if strings.HasPrefix(at, scoresRoot+m.ID+"/") {
			return slices.ContainsFunc(s.Results[m.ID], func(r archive.Result) bool { return at == scorePlace(m.ID, r.Benchmark, r.Version) })
		}
	}
	for _, b := range s.boards {
		if b.mayRelate(at) {
			for _, place := range b.related().places {
				if place == at {
					return true
				}
			}
		}
	}
	return false
}

// list notes the pages that will exist, but for those of two nodes and of scores:
// see [site.hasPage].
func (s *site) list() {
	s.pages["index.html"] = true
	s.pages["benchmarks/index.html"], s.pages["models/index.html"], s.pages[dataPlace] = true, true, true
	for _, b := range s.boards {
		for _, at := range b.views {
			s.pages[at] = true
		}
		for _, at := range b.nodes {
			s.pages[at] = true
		}
		for _, p := range boardPages() {
			s.pages[b.beside(p.name)] = true
		}
		for i := range b.Board.Board.Questions {
			s.pages[b.questionPlace(i)] = true
		}
	}
	for _, b := range s.Benchmarks {
		s.pages[benchmarkPlace(b.ID)] = true
	}
	for _, m := range s.Models {
		s.pages[modelPlace(m.ID)] = true
	}
	for _, name := range contentNames(s.Archive) {
		s.pages[contentPlace(name)] = true
	}
}

// prepare returns the site of an archive and what is to be written for it. Before is
// the site as it was, of which the new one takes what is the same; nil: there is none.
func prepare(a *archive.Archive, opts Options, out target, before *site) (*site, *work, error) {
	if err := checkNames(a); err != nil {
		return nil, nil, err
	}
	s, err := renewSite(before, a, opts)
	if err != nil {
		return nil, nil, err
	}
	return s, s.plan(out), nil
}

// plan lists what the site consists of, and renders nothing.
func (s *site) plan(out target) *work {
	w := &work{out: out, templates: s.templates}
	// The data files come first: a table is written by one processor, while the
	// others render pages, and what lists them comes last, when none has to wait.
	files := newExport(s, out).jobs(w)
	w.page("404.html", "prose", func() any { return s.lostPage() })
	w.page("benchmarks/index.html", "benchmarks", func() any { return s.benchmarksPage() })
	w.page("models/index.html", "models", func() any { return s.modelsPage() })
	for _, b := range s.boards {
		for _, t := range s.tables(b) {
			s.tableJobs(w, t)
		}
		compared := sync.OnceValue(b.compared)
		for _, m := range b.Models {
			w.write(compareDataPlace(b.ID, m.ID), func(out *markup) error { b.compareData(out, m, compared()); return nil })
		}
		b.fileJobs(w)
		for _, p := range boardPages() {
			w.page(b.beside(p.name), p.kind, func() any { return p.page(s, b) })
		}
		s.relationJobs(w, b)
		s.statePages(w, b)
	}
	for _, b := range s.Benchmarks {
		w.page(benchmarkPlace(b.ID), "benchmark", func() any { return s.benchmarkPage(b) })
		if b.Samples != nil {
			w.file(path.Join("benchmarks", b.ID, "samples.png"), func() ([]byte, error) { return b.Samples, nil })
		}
	}
	for _, m := range s.Models {
		w.page(modelPlace(m.ID), "model", func() any { return s.modelPage(m) })
	}
	w.page("changes/index.html", "changes", func() any { return s.allChangesPage() })
	s.feedJobs(w)
	s.scoreJobs(w)
	for _, p := range s.prose {
		w.page(contentPlace(p.name), "prose", func() any { return s.prosePage(p) })
	}
	for at, data := range s.assets.files {
		w.file(at, func() ([]byte, error) { return data, nil })
	}
	s.badges(w)
	s.cards(w)
	s.sitemaps(w)
	w.file("CITATION.cff", s.citationFile)
	w.file("robots.txt", func() ([]byte, error) { return s.robots(), nil })
	w.write("index.html", func(m *markup) error {
		home := s.homePage()
		if s.opts.Reload == "" {
			all, err := files()
			if err != nil {
				return err
			}
			home.Data = s.linkedData("index.html", all)
		}
		return render(m, s.templates["home"], home)
	})
	w.write(dataPlace, func(m *markup) error {
		all, err := files()
		if err != nil {
			return err
		}
		return render(m, s.templates["data"], s.dataPage(all))
	})
	w.do(func() error { _, err := files(); return err }, dataRoot+"index.json", dataRoot+"sha256sums")
	return w
}

// robots asks search engines to stay away from a private board.
func (s *site) robots() []byte {
	if s.Site.Visibility == "private" {
		return []byte("User-agent: *\nDisallow: /\n")
	}
	robots := "User-agent: *\nAllow: /\n"
	if s.listed() && s.baseURL() != "" {
		robots += "Sitemap: " + s.absolute("sitemap.xml") + "\n"
	}
	return []byte(robots)
}

// each calls f for 0 to n-1 on all processors and returns the error of the
// lowest index that had one.
func each(n int, f func(i int) error) error {
	errs := make([]error, n)
	var next atomic.Int64
	var failed atomic.Bool
	var wg sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			for !failed.Load() {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				if errs[i] = f(i); errs[i] != nil {
					failed.Store(true)
				}
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
