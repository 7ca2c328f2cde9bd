package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/evaluate"
	"github.com/spf13/cobra"
)

func showCommand(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:   "show [model [benchmark]]",
		Short: "print scores as a table",
		Long: `show prints the scores of a model, or without one lists the models. With a
benchmark it prints everything that the result says. The benchmark may be a glob.`,
		Example: "  bsgen show\n  bsgen show alexnet\n  bsgen show alexnet Geirhos2021.edge-error_consistency",
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
				return withHint(fmt.Errorf("there is no model %q", args[0]), "`bsgen show` lists the models")
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
	var results []archive.Result
	for _, r := range a.Results[m.ID] {
		ok, err := (evaluate.Filter{Benchmark: pattern}).Match("", r.Benchmark)
		if err != nil {
			return err
		}
		if ok {
			results = append(results, r)
		}
	}
	switch {
	case len(results) == 0:
		return withHint(errors.New("there are no such results"), "`bsgen score --model %s` scores what is missing", m.ID)
	case len(results) == 1 && pattern != "":
		showResult(g.ui.out, &results[0])
		return nil
	}
	w := tabwriter.NewWriter(g.ui.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "BENCHMARK\tVERSION\tRAW\tCEILING\tSCORE\t95 % INTERVAL\tWARNINGS")
	for _, r := range results {
		score := number(r.Score)
		if r.Status != archive.Scored {
			score = string(r.Status)
		}
		warnings := "-"
		if n := len(r.Warnings); n > 0 {
			warnings = fmt.Sprint(n)
		}
		fmt.Fprintf(w, "%s\t%d\t%s\t%s\t%s\t%s\t%s\n", r.Benchmark, r.Version, number(r.Raw), number(r.Ceiling.Value), score, interval(r.Interval), warnings)
	}
	return w.Flush()
}

func showResult(out io.Writer, r *archive.Result) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	line := func(name, format string, args ...any) {
		fmt.Fprintf(w, "%s\t"+format+"\n", append([]any{name}, args...)...)
	}
	line("model", "%s", r.Model)
	line("benchmark", "%s, version %d", r.Benchmark, r.Version)
	line("status", "%s", strings.TrimSuffix(string(r.Status)+": "+r.Reason, ": "))
	line("raw", "%s", number(r.Raw))
	line("ceiling", "%s", strings.TrimSuffix(number(r.Ceiling.Value)+" "+r.Ceiling.Scale, " "))
	line("rule", "%s", r.Rule)
	line("score", "%s", number(r.Score))
	line("unclipped", "%s", number(r.Unclipped))
	line("interval", "%s", strings.TrimSuffix(interval(r.Interval)+", "+r.Interval.Method+" over "+r.Interval.Resampled, ",  over "))
	line("error", "%s", strings.TrimSuffix(number(r.Error.Value)+", "+r.Error.Kind, ", "))
	line("units", "%d %s, %d dropped", r.Units.N, r.Units.Kind, r.Units.Dropped)
	var names []string
	for k := range r.Details {
		names = append(names, k)
	}
	slices.Sort(names)
	for _, k := range names {
		line(strings.ReplaceAll(k, "_", " "), "%s", number(r.Details[k]))
	}
	line("key", "%s", r.Key)
	line("engine", "%s %s", r.Engine.Name, r.Engine.Version)
	for _, s := range r.Warnings {
		line("warning", "%s", s)
	}
	line("reproduce", "bsgen verify --model %s --benchmark %s", r.Model, r.Benchmark)
	w.Flush()
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
