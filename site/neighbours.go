package site

import (
	"slices"

	"github.com/bsgen/bsgen/archive"
)

// neighbours knows in which order a model's scores stand: that of the boards'
// trees.
type neighbours struct {
	ids   []string         // benchmarks in that order
	leaf  map[string]int   // place of a benchmark in it
	model map[string][]int // places of the benchmarks that a model has a result for
}

func (s *site) neighbours() *neighbours {
	n := &neighbours{leaf: map[string]int{}, model: map[string][]int{}}
	for _, b := range s.boards {
		for _, leaf := range b.all {
			if leaf.Benchmark == nil {
				continue
			}
			place := len(n.ids)
			n.leaf[leaf.ID] = place
			n.ids = append(n.ids, leaf.ID)
			for _, m := range b.Models {
				if leaf.Cell(m.ID).Result != nil {
					n.model[m.ID] = append(n.model[m.ID], place)
				}
			}
		}
	}
	return n
}

// fillAround links the scores beside this one: those of the same model on the
// benchmarks before and behind it, and those of the models next to it in rank.
func (p *ScorePage) fillAround(s *site, c *scoreContext, m *archive.Model, r *archive.Result, near *neighbours) {
	for i := range s.Results[m.ID] {
		if o := &s.Results[m.ID][i]; o.Benchmark == r.Benchmark && o.Version != r.Version {
			p.Versions = append(p.Versions, Link{Text: versionName(o.Benchmark, o.Version), Href: s.scoreHref(c.at, o), Note: resultText(o)})
		}
	}
	if c.node == nil {
		return
	}
	add := func(term, model, benchmark, text string) {
		if o := c.board.Node(benchmark).Cell(model).Result; o != nil {
			p.Around = append(p.Around, Entry{term, []Link{{Text: text, Href: s.scoreHref(c.at, o), Note: resultText(o)}}})
		}
	}
	if k, ok := c.place[m.ID]; ok {
		if k > 0 {
			other, _ := s.Model(c.order[k-1])
			add("Next better model here", other.ID, c.id, other.Name)
		}
		if k+1 < len(c.order) {
			other, _ := s.Model(c.order[k+1])
			add("Next model here", other.ID, c.id, other.Name)
		}
	}
	has := near.model[m.ID]
	k, ok := slices.BinarySearch(has, near.leaf[c.id])
	if !ok {
		return
	}
	for _, o := range []struct {
		term string
		k    int
	}{{"Benchmark before, this model", k - 1}, {"Benchmark behind, this model", k + 1}} {
		if o.k < 0 || o.k >= len(has) {
			continue
		}
		if n := c.board.Node(near.ids[has[o.k]]); n != nil {
			add(o.term, m.ID, n.ID, n.Benchmark.Title)
		}
	}
}

// resultText is a result in a word.
func resultText(r *archive.Result) string {
	switch {
	case r.Status == archive.Failed:
		return "failed"
	case r.Status == archive.NotApplicable:
		return "not applicable"
	case r.Score.OK():
		return decimal(float64(r.Score), scorePlaces)
	case r.Raw.OK():
		return "raw " + decimal(float64(r.Raw), places([]float64{float64(r.Raw)}))
	}
	return "undefined"
}
