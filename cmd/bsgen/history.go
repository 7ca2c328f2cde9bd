package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"unicode/utf8"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/archive/history"
	"github.com/bsgen/bsgen/evaluate"
	"github.com/spf13/cobra"
)

func historyCommand(g *globals) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "history MODEL [BENCHMARK]",
		Short: "print which commits made a model's scores what they are",
		Long: `history prints every version of a model's results that git holds, newest first:
when it was committed, by whom, from which pull request and run, the score and
its difference from the version before. The benchmark may be a glob. Results
that were removed are there too.

It reads the repository with git and fetches nothing; what it read is cached
until HEAD moves.`,
		Example:           "  bsgen history alexnet\n  bsgen history alexnet 'Geirhos2021.*'\n  bsgen history alexnet Geirhos2021.edge-error_consistency --json",
		ValidArgsFunction: g.completeArgs,
		RunE: func(c *cobra.Command, args []string) error {
			switch {
			case len(args) == 0:
				return withHint(errors.New("no model to print the history of"), "`bsgen show` lists the models")
			case len(args) > 2:
				return noArgs(c, args[2:])
			}
			f := evaluate.Filter{}
			if len(args) == 2 {
				f.Benchmark = args[1]
			}
			return printHistory(c.Context(), g, args[0], f, asJSON)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON, with everything that is known of each commit")
	return c
}

// printHistory prints the changes of a model's results on the benchmarks that
// the filter selects.
func printHistory(ctx context.Context, g *globals, model string, f evaluate.Filter, asJSON bool) error {
	h, err := history.Read(ctx, g.root, history.Options{Cache: history.DefaultCache()})
	if errors.Is(err, history.ErrNone) {
		return withHint(err, "the history of a result is that of its git repository; `bsgen show %s` prints the scores as they are", model)
	}
	if err != nil {
		return err
	}
	selected := []history.Change{}
	for _, c := range h.Changes {
		ok, err := f.Match("", c.Benchmark)
		if err != nil {
			return err
		}
		if ok && c.Model == model {
			selected = append(selected, c)
		}
	}
	if h.Shallow {
		g.ui.Notef("bsgen: this clone is shallow: older commits are not in it\nhint: `git fetch --unshallow` brings them")
	}
	if asJSON {
		e := json.NewEncoder(g.ui.out)
		e.SetIndent("", "  ")
		return e.Encode(&history.History{Head: h.Head, Shallow: h.Shallow, Changes: selected})
	}
	if len(selected) == 0 {
		return withHint(fmt.Errorf("no commit has such results of %s", model), "`bsgen show` lists the models and `bsgen show %s` its results", model)
	}
	return printChanges(g.ui, selected)
}

// printChanges prints a table, and on standard error what is out of the
// ordinary in it.
func printChanges(ui *ui, changes []history.Change) error {
	w := tabwriter.NewWriter(ui.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "DATE\tCOMMIT\tAUTHOR\tBENCHMARK\tSCORE\tDELTA\tPR\tRUN\tSUBJECT")
	var notes []string
	for i := range changes {
		c := &changes[i]
		date := "-"
		if !c.Date.IsZero() {
			date = c.Date.Format("2006-01-02")
		}
		fmt.Fprintf(w, "%s\t%.10s\t%s\t%s@%d\t%s\t%s\t%s\t%s\t%s\n", date, c.Hash, cmp.Or(shorten(c.Author, 24), "-"), c.Benchmark, c.Version,
			changedTo(c), difference(c.Delta), cmp.Or(shorten(c.PR, 12), "-"), cmp.Or(shorten(c.Run, 16), "-"), cmp.Or(shorten(c.Subject, 72), "-"))
		note := c.Note
		if c.SetAside {
			note = "set aside, a merge kept an older version"
		}
		if note != "" {
			notes = append(notes, fmt.Sprintf("%s in %.10s: %s", c.Path(), c.Hash, note))
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, n := range notes[:min(len(notes), maxListed)] {
		ui.Notef("bsgen: %s", n)
	}
	if n := len(notes) - maxListed; n > 0 {
		ui.Notef("bsgen: and %d more", n)
	}
	return nil
}

// changedTo says in a word what a commit made of a result.
func changedTo(c *history.Change) string {
	switch {
	case c.Removed:
		return "removed"
	case c.Status == "":
		return "unreadable"
	case c.Status != archive.Scored:
		return string(c.Status)
	case !c.Score.OK():
		return "raw " + number(c.Raw)
	}
	return number(c.Score)
}

// difference writes a difference with its sign: "-" where there is none, "0"
// where not a bit has changed.
func difference(n archive.Number) string {
	switch {
	case !n.OK():
		return "-"
	case n == 0:
		return "0"
	}
	return fmt.Sprintf("%+.4f", float64(n))
}

// shorten cuts a text to n characters, the last of them an ellipsis.
func shorten(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return strings.TrimRight(string([]rune(s)[:n-1]), " ") + "…"
}
