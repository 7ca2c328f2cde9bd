package timeline

import (
	"fmt"
	"slices"

	"github.com/bsgen/bsgen/archive/history"
)

// touching tells of every step whether it changed what the board shows.
func touching(steps []history.Step, board string) []bool {
	out := make([]bool, len(steps))
	on := map[string]bool{}     // benchmarks of the board
	models := map[string]bool{} // with a result on it
	for i := range steps {
		s := &steps[i]
		for _, b := range s.Boards {
			out[i] = out[i] || b.ID == board
		}
		for _, b := range s.Benchmarks {
			here := !b.Removed && b.Board == board
			out[i] = out[i] || here || on[b.ID]
			on[b.ID] = here
		}
		for _, r := range s.Results {
			if on[r.Benchmark] {
				out[i], models[r.Model] = true, true
			}
		}
		for _, m := range s.Models {
			out[i] = out[i] || models[m.ID]
		}
	}
	return out
}

// mark is a step that ends a state.
type mark struct {
	step int
	day  string
	tags []string
}

// ends returns the last step of each day that touched the board, and the steps
// that tags name.
func ends(h *history.History, touched []bool, t *Timeline) []mark {
	var marks []mark
	for i := range h.Steps {
		if !touched[i] {
			continue
		}
		m := mark{step: i, day: (&State{At: h.Steps[i].At, Commits: []*history.Step{&h.Steps[i]}}).Day()}
		if n := len(marks); n > 0 && marks[n-1].day == m.day {
			marks[n-1] = m
		} else {
			marks = append(marks, m)
		}
	}
	for _, tag := range h.Tags {
		step := tag.Step
		for step >= 0 && !touched[step] {
			step--
		}
		if step < 0 {
			t.Early++
			continue
		}
		k, found := slices.BinarySearchFunc(marks, step, func(m mark, step int) int { return m.step - step })
		if !found {
			at := &h.Steps[step]
			marks = slices.Insert(marks, k, mark{step: step, day: (&State{At: at.At, Commits: []*history.Step{at}}).Day()})
		}
		marks[k].tags = append(marks[k].tags, tag.Name)
	}
	return marks
}

// thin keeps at most n marks: see the package's comment.
func (t *Timeline) thin(marks []mark, n int) []mark {
	if len(marks) <= n {
		return marks
	}
	keep := make([]bool, len(marks))
	kept := 0
	take := func(i int) {
		if !keep[i] && kept < n {
			keep[i] = true
			kept++
		}
	}
	take(len(marks) - 1)
	for i := len(marks) - 1; i >= 0; i-- {
		if len(marks[i].tags) > 0 {
			take(i)
		}
	}
	for i, half := len(marks)-1, kept+(n-kept)/2; i >= 0 && kept < half; i-- {
		take(i)
	}
	for _, g := range grains {
		if kept == n {
			break
		}
		t.Grain = g.name
		var more []int
		for i := range marks {
			if !keep[i] && (i+1 == len(marks) || g.of(marks[i].day) != g.of(marks[i+1].day)) {
				more = append(more, i)
			}
		}
		if len(more) <= n-kept {
			for _, i := range more {
				take(i)
			}
			break
		}
	}
	var out []mark
	for i, m := range marks {
		if keep[i] {
			out = append(out, m)
		}
	}
	t.Left = len(marks) - len(out)
	return out
}

// grains are the spans of which the last state is kept, the finest first.
var grains = []struct {
	name string
	of   func(day string) string
}{
	{"week", func(day string) string {
		at, ok := parseDay(day)
		if !ok {
			return day
		}
		year, week := at.ISOWeek()
		return fmt.Sprint(year, week)
	}},
	{"month", func(day string) string { return day[:min(7, len(day))] }},
	{"quarter", func(day string) string {
		at, ok := parseDay(day)
		if !ok {
			return ""
		}
		return fmt.Sprint(at.Year(), (at.Month()+2)/3)
	}},
	{"year", func(day string) string { return day[:min(4, len(day))] }},
}
