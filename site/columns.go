package site

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/bsgen/bsgen/leaderboard"
	"github.com/bsgen/bsgen/site/records"
)

// A leaderboard holds the columns that it starts with. What its script may ask
// for beyond them lies in files of its board, two for each node: "ranks" has who
// ranks where by it and which differences are significant, "behind" the columns
// of its children. They are scripts that hand one JSON document to the page,
// because a page from file:// may load scripts and nothing else. Their names hold
// a digest of their content.

// boardFiles are these files.
type boardFiles struct {
	ranks, behind map[*leaderboard.Node]string // places
	data          map[string]func() []byte     // by place
}

// behindNode is a column behind a node's.
type behindNode struct {
	Key     string `json:"key"`
	Text    string `json:"text"`
	Title   string `json:"title,omitempty"`
	Href    string `json:"href"` // from the site's root, as the next two
	Ranks   string `json:"ranks"`
	Behind  string `json:"behind,omitempty"`
	Size    int    `json:"size,omitempty"`
	Counted bool   `json:"counted"`
	Score   string `json:"score,omitempty"` // see [Column]
	// Cells are by model: "0.431 4 5" is a score with how far its interval
	// reaches below and above it, in hundredths; behind it may stand the coverage
	// "9/10" and the number of warnings "!2". "" was not run, and anything else is
	// the cell's markup.
	Cells []string `json:"cells"`
}

// newBoardFiles computes the files of a board. Of rankings that are as they were when
// they were last written, it knows the place and writes the file when it is asked for.
func newBoardFiles(b *board) *boardFiles {
	f := &boardFiles{ranks: map[*leaderboard.Node]string{}, behind: map[*leaderboard.Node]string{}, data: map[string]func() []byte{}}
	before := map[string]keptRanks{}
	if kept := b.kept.ranks.Load(); kept != nil {
		before = *kept
	}
	ranks := make([]columnFile, len(b.all))
	each(len(b.all), func(i int) error {
		n := b.all[i]
		if old := before[n.ID]; !b.strict[n] && b.ranks[n].Same(old.ranking) {
			ranks[i] = columnFile{old.place, func() []byte { return b.ranksScript(n) }}
			return nil
		}
		ranks[i] = newColumnFile(b, n, "ranks", b.ranksScript(n))
		return nil
	})
	now := make(map[string]keptRanks, len(b.all))
	for i, n := range b.all {
		if len(b.ranks[n].Ranked)+len(b.ranks[n].Partial) > 0 {
			f.ranks[n] = f.add(ranks[i])
		}
		if !b.strict[n] {
			now[n.ID] = keptRanks{b.ranks[n], ranks[i].place}
		}
	}
	b.kept.ranks.Store(&now)
	// Files name those of the nodes below: the deepest come first.
	deep := map[int][]*leaderboard.Node{}
	for _, n := range b.all {
		if len(b.behind(n, nil)) > 0 {
			deep[len(n.Path())] = append(deep[len(n.Path())], n)
		}
	}
	for _, depth := range slices.Backward(slices.Sorted(maps.Keys(deep))) {
		nodes := deep[depth]
		files := make([]columnFile, len(nodes))
		each(len(nodes), func(i int) error {
			files[i] = newColumnFile(b, nodes[i], "behind", script("behind", nodes[i], func(m *markup) { m.behindFile(b, f, b.behind(nodes[i], nil)) }))
			return nil
		})
		for i, n := range nodes {
			f.behind[n] = f.add(files[i])
		}
	}
	return f
}

// written returns a document of strings and whole numbers as JSON.
func written(doc any) []byte {
	data, err := json.Marshal(doc)
	if err != nil {
		panic(err) // such can always be written
	}
	return data
}

// fileJobs adds the files of a board.
func (b *board) fileJobs(w *work) {
	folder := path.Join("assets", b.ID) + "/"
	w.later(func(at string) bool { return strings.HasPrefix(at, folder) }, func(w *work) error {
		files := b.files()
		for at, data := range files.data {
			w.file(at, func() ([]byte, error) { return data(), nil })
		}
		files.data = nil // each job drops its own when it is done
		return nil
	})
}

// columnFile is one of the files.
type columnFile struct {
	place string
	data  func() []byte
}

func newColumnFile(b *board, n *leaderboard.Node, kind string, data []byte) columnFile {
	sum := sha256.Sum256(data)
	return columnFile{fmt.Sprintf("assets/%s/%s.%s.%s.js", b.ID, n.ID, kind, hex.EncodeToString(sum[:5])), func() []byte { return data }}
}

// script returns a file that hands a document to the page.
func script(kind string, n *leaderboard.Node, document func(m *markup)) []byte {
	m := buffers.Get().(*markup)
	defer buffers.Put(m)
	*m = fmt.Appendf((*m)[:0], "bsgen(%q,%q,", kind, n.ID)
	document(m)
	return bytes.Clone(*m.raw(")\n"))
}

// add keeps a file and returns its place.
func (f *boardFiles) add(c columnFile) string {
	f.data[c.place] = c.data
	return c.place
}

func (b *board) ranksScript(n *leaderboard.Node) []byte {
	return script("ranks", n, func(m *markup) { m.ranksFile(b, n) })
}

// ranksFile writes who is "ranked" at a node, as ids with the best first, and their
// "rank"; "best", "worst" and, where models were compared, "better": for each ranked
// model which of those behind it are significantly worse, by the lengths of runs: so many
// are not, so many are, and so on; the last run reaches to the end and is left out. Then
// the ids that are "partial", "reference" and "unscored", and "strict" where it differs.
func (m *markup) ranksFile(b *board, n *leaderboard.Node) {
	r := b.ranks[n]
	whole := func(name string, of func(row *leaderboard.Row) int) {
		m.raw(name)
		for i := range r.Ranked {
			m.comma(i).int(of(&r.Ranked[i]))
		}
		m.raw(`]`)
	}
	m.raw(`{"ranked":[`).ids(r.Ranked).raw(`],"rank":`)
	if len(r.Ranked) == 0 {
		m.raw(`null`)
	} else {
		whole(`[`, func(row *leaderboard.Row) int { return row.Rank })
	}
	if r.Tested() && len(r.Ranked) > 0 {
		whole(`,"best":[`, func(row *leaderboard.Row) int { return row.Best })
		whole(`,"worst":[`, func(row *leaderboard.Row) int { return row.Worst })
	}
	if r.Tested() {
		m.raw(`,"better":[`)
		for i := range r.Ranked {
			*m = appendRuns(*m.comma(i), len(r.Ranked)-i-1, func(k int) (bool, int) { return r.Run(i, i+1+k) })
		}
		m.raw(`]`)
	}
	for _, rest := range []struct {
		name string
		rows []leaderboard.Row
	}{{"partial", r.Partial}, {"reference", r.References}, {"unscored", r.Unscored}} {
		if len(rest.rows) > 0 {
			m.raw(`,"`, rest.name, `":[`).ids(rest.rows).raw(`]`)
		}
	}
	if b.strict[n] {
		m.raw(`,"strict":`)
		*m = append(*m, written(b.strictFile(n))...)
	}
	m.raw(`}`)
}

// comma writes what separates the i-th element of a JSON list from the one before.
func (m *markup) comma(i int) *markup {
	if i > 0 {
		*m = append(*m, ',')
	}
	return m
}

// quoted writes a string of JSON.
func (m *markup) quoted(s string) *markup {
	*m = records.AppendString(*m, s)
	return m
}

// ids writes the elements of a JSON list.
func (m *markup) ids(rows []leaderboard.Row) *markup {
	for i := range rows {
		m.comma(i).quoted(rows[i].Model.ID)
	}
	return m
}

// appendRuns appends the lengths of the runs of n values as JSON, the first of
// false, without the last. The run that begins at i has a value and a length.
func appendRuns(out []byte, n int, run func(i int) (value bool, length int)) []byte {
	out = append(out, '[')
	for i := 0; i < n; {
		value, length := run(i)
		if i == 0 && value {
			out = append(out, "0,"...)
		}
		if i += length; i < n {
			out = append(strconv.AppendInt(out, int64(length), 10), ',')
		}
	}
	return append(bytes.TrimSuffix(out, []byte(",")), ']')
}

// behindFile writes the ids of all "models" and the "columns", each a [behindNode].
func (m *markup) behindFile(b *board, f *boardFiles, columns []*leaderboard.Node) {
	m.raw(`{"models":[`)
	for i, model := range b.Models {
		m.comma(i).quoted(model.ID)
	}
	m.raw(`],"columns":[`)
	for i, c := range columns {
		col := behindNode{Key: c.ID, Text: c.Title, Title: c.Summary, Href: b.place(c), Ranks: f.ranks[c], Behind: f.behind[c], Size: len(b.behind(c, nil)), Counted: c.Counted, Cells: []string{}}
		if b.scores {
			col.Score = scoreName(c)
		}
		*m = append(*m.comma(i), bytes.TrimSuffix(written(col), []byte("]}"))...) // up to the cells
		digits := b.places(c)
		for k := range b.Models {
			m.comma(k).short(newCell(c, c.At(k), digits))
		}
		m.raw(`]}`)
	}
	m.raw(`]}`)
}

// short writes a cell as [behindNode] has it.
func (m *markup) short(c Cell) {
	if c.Class == "na" && c.Text == signNotRun && c.Title == "" && c.Sub == "" {
		m.raw(`""`)
		return
	}
	if !c.drawn || c.also != "" || c.Title != "" || c.Href != "" || len(c.Text) != len("0.000") {
		m.quoted(string(c.HTML()))
		return
	}
	m.raw(`"`, c.Text, ` `).int(c.below).raw(` `).int(c.above)
	if c.Sub != "" {
		m.raw(` `, c.Sub)
	}
	if c.Mark != "" {
		warnings, _, _ := strings.Cut(c.Warned, " ")
		m.raw(` `, c.Mark, warnings)
	}
	m.raw(`"`)
}
