package leaderboard

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/archive"
)

// TestAmong: all models rank as before; a part ranks by the verdicts over all,
// here by hand.
func TestAmong(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	f := newFixture(t, primary("x", "V1"), primary("y", "V1"))
	f.model("model", "a", "b", "c", "d", "e", "half")
	f.model(archive.RoleReference, "people")
	for _, m := range []struct {
		id    string
		x, sd float64
	}{{"a", .8, .01}, {"b", .79, .01}, {"c", .6, .01}, {"d", .59, .01}, {"e", .2, .01}, {"people", .9, .01}} {
		for _, bench := range []string{"x", "y"} {
			f.score(m.id, bench, m.x, around(rng, 500, m.x, m.sd)...)
		}
	}
	f.score("half", "x", .5, around(rng, 500, .5, .01)...)
	board := f.compute()
	whole := board.Rank(board.Node("V1"))
	if got, want := summary(whole.Ranked), "a 1 1-2, b 2 1-2, c 3 3-4, d 4 3-4, e 5 5-5"; got != want {
		t.Fatalf("all: %s, want %s", got, want)
	}
	for _, c := range []struct{ leave, want, bands string }{
		{"", summary(whole.Ranked), "[0 2 4]"},
		{"a", "b 1 1-1, c 2 2-3, d 3 2-3, e 4 4-4", "[0 1 3]"},
		{"b d", "a 1 1-1, c 2 2-2, e 3 3-3", "[0 1 2]"},
		{"a b c d", "e 1 1-1", "[]"},
		{"a b c d e half people", "", "[]"},
	} {
		out := map[string]bool{}
		for _, id := range []string{"a", "b", "c", "d", "e", "half", "people"} {
			out[id] = slices.Contains(strings.Fields(c.leave), id)
		}
		r := whole.Among(func(m *archive.Model) bool { return !out[m.ID] })
		if got := summary(r.Ranked); got != c.want {
			t.Errorf("without %q: %s, want %s", c.leave, got, c.want)
		}
		if got := fmt.Sprint(r.Bands()); got != c.bands {
			t.Errorf("without %q: bands begin at %s, want %s", c.leave, got, c.bands)
		}
		if (len(r.Partial) == 0) != out["half"] || (len(r.References) == 0) != out["people"] {
			t.Errorf("without %q: partial %s, references %s", c.leave, summary(r.Partial), summary(r.References))
		}
	}
	if got, want := summary(whole.Ranked), "a 1 1-2, b 2 1-2, c 3 3-4, d 4 3-4, e 5 5-5"; got != want {
		t.Errorf("the ranking of all has changed: %s", got)
	}
	untested := &Ranking{Node: whole.Node}
	for _, row := range whole.Ranked {
		bare := *row.Cell
		bare.reps = nil
		untested.Ranked = append(untested.Ranked, Row{Model: row.Model, Cell: &bare})
	}
	untested.rank(new(pairs))
	if got := summary(untested.Among(func(m *archive.Model) bool { return m.ID != "b" }).Ranked); got != "a 1 0-0, c 2 0-0, d 3 0-0, e 4 0-0" {
		t.Errorf("untested: %s", got)
	}
}
