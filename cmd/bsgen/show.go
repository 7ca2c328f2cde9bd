package main

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/evaluate"
	"github.com/spf13/cobra"
)

func showCommand(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:   "show [model [benchmark]]",
		Short: "print scores as a table",
		Long: `show prints the scores of a model, or without one lists the models. With a
benchmark it prints everything that the result says. The benchmark may be a glob.

(old) marks the result of an earlier version of a benchmark, (stale) one whose
response, benchmark or data changed since it was scored.`,
		Example:           "  bsgen show\n  bsgen show alexnet\n  bsgen show alexnet Geirhos2021.edge-error_consistency",
		ValidArgsFunction: g.completeArgs,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 2 {
				return noArgs(c, args[2:])
			}
			a, _, err := g.open()
			if err != nil {
				return err
			}
			if len(args) == 0 {
				return listModels(g, a)
			}
			m, ok := a.Model(args[0])
			if !ok {
				return withHint(fmt.Errorf("there is no model %q", args[0]), "%s`bsgen show` lists the models", meant(closest(args[0], modelIDs(a))))
			}
			pattern := ""
			if len(args) == 2 {
				pattern = args[1]
			}
			return showModel(g, a, m, pattern)
		},
	}
}

func listModels(g *globals, a *archive.Archive) error {
	w := g.ui.table("MODEL", "ROLE", "RESULTS", "NAME")
	for _, m := range a.Models {
		w.row(m.ID, m.Role, len(a.Results[m.ID]), m.Name)
	}
	return w.Flush()
}

func showModel(g *globals, a *archive.Archive, m *archive.Model, pattern string) error {
	var results []*archive.Result
	for i := range a.Results[m.ID] {
		r := &a.Results[m.ID][i]
		ok, err := (evaluate.Filter{Benchmark: pattern}).Match("", r.Benchmark)
		if err != nil {
			return err
		}
		if ok {
			results = append(results, r)
		}
	}
	exact := pattern != "" && !strings.ContainsAny(pattern, `*?[\`)
	if len(results) == 0 {
		if _, ok := a.Benchmark(pattern); exact && !ok {
			return withHint(fmt.Errorf("there is no benchmark %q", pattern), "%s`bsgen show %s` lists what the model has results on", meant(closest(pattern, benchmarkIDs(a))), m.ID)
		}
		return withHint(errors.New("there are no such results"), "`bsgen score --model %s` scores what is missing", m.ID)
	}
	stale, err := staleKeys(a)
	if err != nil {
		return err
	}
	if exact || pattern != "" && len(results) == 1 {
		newest := results[len(results)-1] // they are sorted by version
		return showResult(g.ui, newest, mark(a, newest, stale))
	}
	w := g.ui.table("BENCHMARK", "VERSION", "RAW", "CEILING", "SCORE", "95 % INTERVAL", "NOTES")
	for _, r := range results {
		version := strings.TrimSpace(strconv.Itoa(r.Version) + " " + mark(a, r, stale))
		score, notes := number(r.Score), "-"
		if n := len(r.Warnings); n > 0 {
			notes = count(n, "warning")
		}
		if r.Status != archive.Scored {
			score, notes = words(r.Status), clip(r.Reason, 60)
		}
		w.row(r.Benchmark, version, number(r.Raw), number(r.Ceiling.Value), score, interval(r.Interval), notes)
	}
	return w.Flush()
}

// mark says that a result is not what scoring would give now: "(old)", of an
// earlier version of its benchmark, "(stale)", or "".
func mark(a *archive.Archive, r *archive.Result, stale map[string]bool) string {
	switch {
	case old(a, r):
		return "(old)"
	case stale[r.Model+" "+r.Benchmark]:
		return "(stale)"
	}
	return ""
}

// showResult prints what a result says, and nothing of what it does not have.
func showResult(ui *ui, r *archive.Result, mark string) error {
	w := ui.table()
	line := func(name string, value ...string) {
		if text := strings.Join(slices.DeleteFunc(value, func(s string) bool { return s == "" || s == "-" }), ", "); text != "" {
			w.row(name, text)
		}
	}
	line("model", r.Model)
	line("benchmark", r.Benchmark, strings.TrimSpace(fmt.Sprintf("version %d %s", r.Version, mark)))
	line("status", words(r.Status))
	line("reason", r.Reason)
	line("raw", number(r.Raw))
	if r.Ceiling.Value.OK() {
		line("ceiling", strings.TrimSpace(number(r.Ceiling.Value)+" "+r.Ceiling.Scale))
	}
	if r.Status == archive.Scored {
		line("rule", r.Rule)
	}
	line("score", number(r.Score))
	if r.Unclipped != r.Score {
		line("unclipped", number(r.Unclipped))
	}
	if i := interval(r.Interval); i != "-" {
		over := ""
		if r.Interval.Resampled != "" {
			over = " over " + r.Interval.Resampled
		}
		line("interval", i, r.Interval.Method+over)
	}
	if r.Error.Value.OK() {
		line("error", number(r.Error.Value), r.Error.Kind)
	}
	if r.Units.N > 0 || r.Units.Dropped > 0 {
		line("units", strings.TrimSpace(fmt.Sprintf("%d %s", r.Units.N, r.Units.Kind)), fmt.Sprintf("%d dropped", r.Units.Dropped))
	}
	for _, d := range r.Details {
		line(strings.ReplaceAll(d.Name, "_", " "), detail(d.Value))
	}
	line("key", r.Key)
	line("engine", strings.TrimSpace(r.Engine.Name+" "+r.Engine.Version))
	if r.Engine.Runtime != "" {
		line("model run by", r.Engine.Runtime)
	}
	if l, ok := r.Chosen(); ok {
		on := "on the selection set for " + l.Region
		if r.Provenance.Published() {
			on = "on the test data"
		}
		line("layer", l.Tensor, fmt.Sprintf("%s %s, the best of %d", number(l.Score), on, len(r.Layers)))
	}
	if p := r.Provenance; p.Published() {
		line("published", p.Source, fmt.Sprintf("line %d", p.Row))
	}
	if r.Tolerance > 0 {
		line("tolerance", strconv.FormatFloat(float64(r.Tolerance), 'g', -1, 64), "recomputing may differ by that")
	}
	for _, s := range r.Warnings {
		line("warning", s)
	}
	switch mark {
	case "":
		if r.Provenance.Published() {
			line("compare", fmt.Sprintf("bsgen verify --model %s --benchmark %s", r.Model, r.Benchmark))
			break
		}
		line("reproduce", fmt.Sprintf("bsgen verify --model %s --benchmark %s", r.Model, r.Benchmark))
	case "(stale)":
		if r.Provenance.Published() {
			line("renew", "bsgen import")
			break
		}
		line("renew", fmt.Sprintf("bsgen score --model %s --benchmark %s", r.Model, r.Benchmark))
	}
	return w.Flush()
}

// detail writes a detail, which may be a count.
func detail(n archive.Number) string {
	if f := float64(n); f == math.Trunc(f) && math.Abs(f) < 1<<53 {
		return strconv.FormatInt(int64(f), 10)
	}
	return number(n)
}

// clip shortens a text to n characters.
func clip(text string, n int) string {
	if runes := []rune(text); len(runes) > n {
		return string(runes[:n-1]) + "…"
	}
	return text
}

// number writes a value for a table: four decimals, "-" where there is none.
func number(n archive.Number) string {
	if !n.OK() {
		return "-"
	}
	return fmt.Sprintf("%.4f", float64(n))
}

func interval(i archive.ResultInterval) string {
	if !i.Low.OK() || !i.High.OK() {
		return "-"
	}
	return number(i.Low) + " to " + number(i.High)
}
