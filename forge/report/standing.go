package report

import (
	"math"
	"slices"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/leaderboard"
)

var nan = archive.Number(math.NaN())

// compare says where the model stands on the boards of an archive with its new
// results, and where it stood.
func (s *run) compare(after *archive.Archive) error {
	r := s.report
	for _, ab := range after.Boards {
		now, err := leaderboard.New(after, ab)
		if err != nil {
			return err
		}
		was, err := leaderboard.New(s.before, ab)
		if err != nil {
			return err
		}
		b := &boards{now, was, r.Model}
		for i := range r.Scores {
			if r.Scores[i].Board == ab.ID {
				b.fill(&r.Scores[i])
			}
		}
		if !slices.ContainsFunc(now.Models, func(m *archive.Model) bool { return m.ID == r.Model }) {
			continue
		}
		for _, root := range now.Roots {
			b.stand(root, &r.Standings)
			r.Unanswered = append(r.Unanswered, b.unanswered(root)...)
		}
	}
	slices.Sort(r.Unanswered)
	return nil
}

// boards are a board with the submission's results and without.
type boards struct {
	now, was *leaderboard.Board
	model    string
}

// fill adds to a score what the board says of it.
func (b *boards) fill(s *Score) {
	n := b.now.Node(s.Benchmark)
	ranking := b.now.Rank(n)
	if s.Status == archive.Scored {
		c := n.Cell(b.model)
		s.Value, s.Low, s.High = archive.Number(c.Value), archive.Number(c.Low), archive.Number(c.High)
		s.Rank = rankOf(ranking, b.model)
		for _, row := range ranking.Ranked {
			if row.Model.ID != b.model {
				d := n.Difference(b.model, row.Model.ID)
				s.Best = &Rival{row.Model.ID, archive.Number(row.Cell.Value), archive.Number(d.Value), archive.Number(d.Low), archive.Number(d.High)}
				break
			}
		}
	}
	s.Before = b.before(s.Benchmark)
}

// before returns the model's place on the main branch; nil where it has none.
func (b *boards) before(node string) *Before {
	n := b.was.Node(node)
	c := n.Cell(b.model)
	var status archive.Status
	switch c.State {
	case leaderboard.Scored:
		status = archive.Scored
	case leaderboard.Failed:
		status = archive.Failed
	case leaderboard.NotApplicable:
		status = archive.NotApplicable
	default:
		return nil
	}
	return &Before{status, archive.Number(c.Value), rankOf(b.was.Rank(n), b.model)}
}

// stand adds the model's means at and below a node, the node's first.
func (b *boards) stand(n *leaderboard.Node, out *[]Standing) {
	if n.Benchmark != nil {
		return
	}
	if c := n.Cell(b.model); c.State == leaderboard.Scored && !math.IsNaN(c.Value) {
		*out = append(*out, Standing{
			Board: b.now.ID, Node: n.ID, Title: clean(b.now.Title+" / "+n.Title, maxTitle),
			Value: archive.Number(c.Value), Low: archive.Number(c.Low), High: archive.Number(c.High),
			Have: c.Have, Of: c.Of, Rank: rankOf(b.now.Rank(n), b.model), Before: b.before(n.ID),
		})
	}
	for _, child := range n.Children {
		b.stand(child, out)
	}
}

// unanswered lists the benchmarks that count at a root where the model has at
// least one, and that it was not run on.
func (b *boards) unanswered(root *leaderboard.Node) []string {
	if root.Cell(b.model).Silent() {
		return nil
	}
	var out []string
	for _, leaf := range root.Leaves() {
		if leaf.Weight() > 0 && leaf.Cell(b.model).State == leaderboard.NotRun {
			out = append(out, leaf.ID)
		}
	}
	return out
}

// rankOf returns the place of a model in a ranking.
func rankOf(r *leaderboard.Ranking, model string) Rank {
	for _, row := range r.Ranked {
		if row.Model.ID == model {
			return Rank{row.Rank, row.Best, row.Worst, len(r.Ranked)}
		}
	}
	return Rank{}
}
