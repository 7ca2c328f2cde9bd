package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/dataset"
	"github.com/bsgen/bsgen/evaluate"
	"github.com/bsgen/bsgen/published"
	"github.com/spf13/cobra"
)

func importCommand(g *globals) *cobra.Command {
	var f pairFlags
	var declare, prune, offline bool
	c := &cobra.Command{
		Use:   "import",
		Short: "write the results that tables of published scores hold",
		Long: `import reads the tables that published benchmarks name and writes a result for
each of their scores, with the table's address, digest and line. A model that has
no value in a table has no result. Nothing is computed, and nothing changes where
the results are there already.

Rows whose model no submission stands for are listed and not imported;
--declare-models writes a model.yaml for each. Results that a table no longer
holds are listed too, and --prune removes them.`,
		Example: "  bsgen import\n  bsgen import --benchmark 'Schrimpf2021.*'\n  bsgen import --declare-models",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			a, _, err := g.open()
			if err != nil {
				return err
			}
			store := dataset.NewStore(a.Site.Hosts)
			store.Offline = offline
			im, err := readTables(c.Context(), a, store, f.Filter)
			if err != nil {
				return err
			}
			if declare && len(im.Undeclared) > 0 {
				if err := g.declare(a, im.Undeclared); err != nil {
					return err
				}
				if a, _, err = g.open(); err != nil {
					return err
				}
				if im, err = readTables(c.Context(), a, store, f.Filter); err != nil {
					return err
				}
			}
			return g.importResults(a, im, prune)
		},
	}
	f.register(c, g)
	c.Flags().BoolVar(&declare, "declare-models", false, "write submissions/BOARD-ROW/model.yaml for each row whose model no submission stands for")
	c.Flags().BoolVar(&prune, "prune", false, "remove the results that their table no longer holds")
	c.Flags().BoolVar(&offline, "offline", false, "use only tables that are in the cache or the mirror")
	return c
}

// readTables reads the tables of the selected published benchmarks. That none is
// selected is an error.
func readTables(ctx context.Context, a *archive.Archive, store *dataset.Store, f evaluate.Filter) (*published.Import, error) {
	any := false
	for _, b := range a.Benchmarks {
		ok, err := evaluate.Filter{Benchmark: f.Benchmark}.Match("", b.ID)
		if err != nil {
			return nil, err
		}
		any = any || ok && b.Published != nil
	}
	if !any {
		return nil, withHint(errors.New("no benchmark with published scores matches"), "a benchmark.yaml with the key published names a table: docs/import.md")
	}
	if err := store.CheckMirror(); err != nil {
		return nil, err
	}
	return published.Read(ctx, a, store, func(model, benchmark string) bool {
		ok, err := f.Match(model, benchmark)
		return ok && err == nil // a malformed pattern was found above, or matches nothing
	})
}

// importResults writes what differs from the archive, all or nothing, and reports.
func (g *globals) importResults(a *archive.Archive, im *published.Import, prune bool) error {
	var batch archive.Batch
	defer batch.Discard()
	written, same := 0, 0
	for _, r := range im.Results {
		differs, err := published.Differs(a, r)
		if err != nil {
			return err
		}
		if !differs {
			same++
			continue
		}
		data, err := r.Encode()
		if err != nil {
			return err
		}
		if err := a.StageResult(&batch, &archive.ResultFiles{Result: r, Data: data}); err != nil {
			return err
		}
		written++
	}
	for _, r := range im.Gone {
		name := archive.ResultPath(r.Model, r.Benchmark, r.Version)
		if prune {
			batch.Remove(filepath.Join(a.Root, name))
			g.ui.Printf("%s: removed: its table does not hold it\n", name)
		} else {
			g.ui.Printf("%s: its table does not hold it\n", name)
		}
	}
	if err := batch.Commit(); err != nil {
		return err
	}
	for _, p := range im.Problems {
		g.ui.Printf("%s\n", p)
		if p.Hint != "" {
			g.ui.Printf("  hint: %s\n", p.Hint)
		}
	}
	for _, row := range im.Undeclared {
		g.ui.Printf("%s: no submission stands for the row %q\n", row.Board, row.Name)
	}
	for _, err := range im.Unread {
		g.ui.Notef("bsgen: %v", err)
	}
	g.ui.Notef("%s imported, %d up to date", count(written, "result"), same)
	switch {
	case len(im.Unread) > 0:
		return withHint(found("%s could not be read", count(len(im.Unread), "table")), "%s", absentHint(nil))
	case len(im.Problems) > 0:
		return found("%s found; what has one was not imported", count(len(im.Problems), "problem"))
	case len(im.Undeclared) > 0:
		return withHint(found("%s without a submission", count(len(im.Undeclared), "row")),
			"`bsgen import --declare-models` writes them, or leave rows out by published.ignore")
	case len(im.Gone) > 0 && !prune:
		return withHint(found("%s that no table holds any more", count(len(im.Gone), "result")), "`bsgen import --prune` removes them")
	}
	return nil
}

// declare writes a model.yaml for each row, or none where one can not be written.
func (g *globals) declare(a *archive.Archive, rows []archive.Row) error {
	var batch archive.Batch
	defer batch.Discard()
	taken := map[string]string{} // id -> row
	for _, row := range rows {
		id := published.ModelID(row)
		if err := archive.CheckID(id); err != nil {
			return withHint(fmt.Errorf("declare the row %q: %w", row.Name, err), "write its model.yaml by hand, with an id of your choice")
		}
		dir := "submissions/" + id
		there, err := existing(a.Root, dir)
		if err != nil {
			return err
		}
		if there == "" && taken[id] != "" {
			there = fmt.Sprintf("the row %q", taken[id])
		}
		if there != "" {
			return withHint(fmt.Errorf("declare the row %q: %s would be %s too", row.Name, there, dir), "write its model.yaml by hand, with an id of your choice")
		}
		taken[id] = row.Name
		text, err := renderScaffold([]string{"published-model.yaml.tmpl"}, scaffoldData{ID: id, Published: row})
		if err != nil {
			return fmt.Errorf("write %s: %w", dir, err)
		}
		if err := batch.Put(filepath.Join(a.Root, filepath.FromSlash(dir), "model.yaml"), bytes.TrimLeft(text, "\n")); err != nil {
			return err
		}
	}
	if err := batch.Commit(); err != nil {
		return err
	}
	g.ui.Notef("%s declared; say under metadata what is known of them, with sources", count(len(rows), "model"))
	return nil
}
