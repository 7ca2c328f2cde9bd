package site

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/leaderboard"
	"github.com/bsgen/bsgen/site/query"
)

// filter keeps to the models that the table's view searches for at first: they are
// ranked among themselves, and the page's script knows the others. The error says
// what is wrong with the search; then the table shows all models.
func (t *table) filter() error {
	if t.view == nil || t.view.Filter == "" {
		return nil
	}
	test, err := query.Parse(t.view.Filter, searched, t.field)
	if err != nil {
		return err
	}
	if test != nil {
		t.ranking = t.whole.Among(test)
	}
	return nil
}

// filtered reports whether the table leaves out models of the node.
func (t *table) filtered() bool { return t.ranking != t.whole }

// searched is where a search looks for a word without a field; see readRows in
// templates/leaderboard/rows.js.
func searched(m *archive.Model) string {
	return query.Plain(strings.Join([]string{m.Name, m.ID, m.Metadata.Family, m.Submitter.Name}, "\n"))
}

// field returns what a search calls by the name: a property of models, or a column.
func (t *table) field(name string) (query.Field[*archive.Model], bool) {
	for _, f := range fields {
		switch {
		case f.name != strings.ToLower(name):
		case f.number:
			return query.Field[*archive.Model]{Number: func(m *archive.Model) (float64, bool) { return query.Number(f.value(m)) }}, true
		default:
			return query.Field[*archive.Model]{Text: func(m *archive.Model) (string, bool) { v := f.value(m); return v, v != "" }}, true
		}
	}
	i := slices.IndexFunc(t.columns, func(c column) bool {
		return strings.EqualFold(c.node.ID, name) || strings.EqualFold(c.node.Title, name)
	})
	if i < 0 {
		return query.Field[*archive.Model]{}, false
	}
	c := t.columns[i]
	return query.Field[*archive.Model]{Number: func(m *archive.Model) (float64, bool) {
		cell := c.node.Cell(m.ID)
		if cell.State != leaderboard.Scored {
			return 0, false
		}
		return query.Number(decimal(cell.Value, c.places)) // as printed, which is what the page's script reads
	}}, true
}

// filterMistakes says which views of a board search for what can not be understood.
func (s *site) filterMistakes(b *board) []string {
	var out []string
	for i, v := range b.Views() {
		if v.Filter == "" {
			continue
		}
		t := b.newTable(b.views[i], v.Title, b.Node(v.Node), v.Columns)
		t.view = &b.Views()[i]
		if err := t.filter(); err != nil {
			out = append(out, fmt.Sprintf("board %s: view %s: filter: %v; it shows all models", b.ID, v.ID, err))
		}
	}
	return out
}
