package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/evaluate"
	"github.com/spf13/cobra"
)

// maxMatrix is how many jobs GitHub allows in the matrix of a workflow.
const maxMatrix = 256

func planCommand(g *globals) *cobra.Command {
	var f pairFlags
	var force bool
	var out string
	var matrix int
	c := &cobra.Command{
		Use:   "plan",
		Short: "list what is missing or stale, to be scored on many machines",
		Long: `plan writes a file that lists the pairs of model and benchmark without a result
and those whose result is stale, each with its key and a guess of the time it
takes. The machines of a cluster each run a part of it with ` + "`bsgen run`" + `, and
` + "`bsgen merge`" + ` brings the parts together.

A plan never changes: a file that holds another plan is not overwritten. Planning
the same archive again gives the same bytes. An archive with nothing to score
gives an empty plan, which every command takes.

With --matrix it prints, as a JSON list for the matrix of a GitHub workflow, the
shards to run: at most so many, and [] where there is nothing to score. In a
workflow the list is the output "shards" of the step.`,
		Example: "  bsgen plan --out plan.json\n  bsgen plan --model 'resnet*' --force --out plan.json\n  bsgen plan --out plan.json --matrix 20    # [\"0/20\",\"1/20\", ...]",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if c.Flags().Changed("matrix") && (matrix < 1 || matrix > maxMatrix) {
				return fmt.Errorf("--matrix %d: a GitHub workflow takes 1 to %d jobs", matrix, maxMatrix)
			}
			a, problems, err := g.open()
			if err != nil {
				return err
			}
			pairs, err := evaluate.Pairs(a, f.Filter)
			if err != nil {
				return err
			}
			if len(pairs) == 0 && f.Filter != (evaluate.Filter{}) {
				return noPairs(a, f.Filter, problems)
			}
			all := len(pairs)
			if !force {
				pairs = slices.DeleteFunc(pairs, func(p evaluate.Pair) bool { return p.State == evaluate.Fresh })
			}
			plan := evaluate.NewPlan(a, pairs)
			if err := writePlan(out, plan); err != nil {
				return err
			}
			if matrix > 0 {
				list, err := json.Marshal(plan.Matrix(matrix))
				if err != nil {
					return fmt.Errorf("print the matrix: %w", err)
				}
				g.ui.Printf("%s\n", list)
				if err := setOutput("shards", string(list)); err != nil {
					return err
				}
			}
			g.ui.Notef("%s to score in %s, %d up to date", count(len(plan.Pairs), "pair"), out, all-len(pairs))
			return nil
		},
	}
	f.register(c, g)
	c.Flags().BoolVar(&force, "force", false, "plan fresh pairs too")
	c.Flags().StringVarP(&out, "out", "o", "plan.json", "`file` to write the plan to")
	c.Flags().IntVar(&matrix, "matrix", 0, "print the shards for a GitHub workflow, at most `n`")
	return c
}

// writePlan writes a plan where there is none yet.
func writePlan(name string, p *evaluate.Plan) error {
	data := p.Encode()
	switch before, err := os.ReadFile(name); {
	case err == nil && bytes.Equal(before, data):
		return nil
	case err == nil:
		return withHint(fmt.Errorf("%s holds something else, and a plan does not change", name),
			"name another file, or remove this one when the work for it is merged")
	case !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("write the plan: %w", err)
	}
	return archive.WriteFile(name, data)
}

// readPlan reads the plan that a command's first argument names.
func readPlan(name string) (*evaluate.Plan, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, withHint(fmt.Errorf("read the plan: %w", err), "`bsgen plan` makes one")
	}
	if info.Size() > evaluate.MaxPlan {
		return nil, fmt.Errorf("read the plan: %s has %d bytes, more than the %d allowed", name, info.Size(), int64(evaluate.MaxPlan))
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read the plan: %w", err)
	}
	p, err := evaluate.DecodePlan(data)
	if err != nil {
		return nil, withHint(fmt.Errorf("%s: %w", name, err), "`bsgen plan` makes one; it is not edited by hand")
	}
	return p, nil
}

// planArg wants a plan as the first argument and at most so many others; most
// is negative for any number.
func planArg(most int) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return withHint(errors.New("no plan is named"), "`%s` shows how to call it; `bsgen plan` makes a plan", c.CommandPath()+" --help")
		}
		if most >= 0 && len(args) > 1+most {
			return noArgs(c, args[1+most:])
		}
		return nil
	}
}
