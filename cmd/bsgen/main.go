// Command bsgen keeps a Brain-Score leaderboard in a git repository: it checks
// submissions, scores them against brain and behaviour data, and renders the
// results as a static site.
//
// Run `bsgen help` for the commands, `bsgen demo` to see all of it work in a
// minute without any data.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/bsgen/bsgen/simdblas"
	"github.com/bsgen/bsgen/systemmodel/engine"
	"github.com/spf13/cobra"
)

func main() {
	engine.ServeIfChild()
	// Scoring holds a few large arrays for long: collecting more often costs
	// little time and saves a third of the memory.
	collectAt(25)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// collectAt sets how much garbage may pile up before it is collected, in percent
// of what is in use, unless the environment says it.
func collectAt(percent int) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(percent)
	}
}

// The exit codes.
const (
	exitOK       = 0
	exitFindings = 1 // the command ran and found something wrong
	exitUsage    = 2 // the command could not be run as it was called
)

// run executes one command line and returns the exit code.
func run(ctx context.Context, args []string, in io.Reader, out, errOut io.Writer) int {
	simdblas.Use()
	ui := newUI(out, errOut)
	root := newRoot(ui)
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(ui.out)
	root.SetErr(ui.err)
	err := root.ExecuteContext(ctx)
	var found *findings
	switch {
	case err == nil:
		return exitOK
	case ctx.Err() != nil: // what was found by then is a part of it, and may come of the interruption
		ui.Error(errors.New("interrupted; run the command again to go on"))
		return exitFindings
	case errors.As(err, &found):
		ui.Error(err)
		return exitFindings
	case strings.HasPrefix(err.Error(), "unknown command"):
		var ids []string
		if word := strings.Split(err.Error(), `"`); len(word) > 1 {
			for _, name := range root.SuggestionsFor(word[1]) {
				ids = append(ids, "`bsgen "+name+"`")
			}
		}
		ui.Error(withHint(err, "%s`bsgen help` lists the commands", meant(ids)))
		return exitUsage
	default:
		ui.Error(err)
		return exitUsage
	}
}

func newRoot(ui *ui) *cobra.Command {
	g := &globals{ui: ui}
	root := &cobra.Command{
		Use:   "bsgen",
		Short: "a reproducible Brain-Score leaderboard in a git repository",
		Long: `bsgen keeps a Brain-Score leaderboard in a git repository: models are
submitted as folders, scored against brain and behaviour data, and the results
are rendered as a static site. Git history is the audit trail of every number.`,
		Example: `  bsgen demo                    see all of it work, with simulated data
  bsgen check                   find mistakes in the archive
  bsgen score --model alexnet   score what is missing or stale
  bsgen serve                   look at the site`,
		SilenceErrors: true,
		SilenceUsage:  true,
		// Suggestions are a hint, and stand in it: see run.
		DisableSuggestions:         true,
		SuggestionsMinimumDistance: 2,
		PersistentPreRun: func(*cobra.Command, []string) {
			ui.verbose = g.verbose
		},
	}
	root.PersistentFlags().StringVarP(&g.root, "archive", "C", ".", "`folder` of the archive")
	root.PersistentFlags().BoolVarP(&g.verbose, "verbose", "v", false, "say more on standard error")
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return withHint(err, "`%s --help` lists the flags", c.CommandPath())
	})
	root.AddCommand(
		checkCommand(g), dataCommand(g), newCommand(g), scoreCommand(g), importCommand(g), verifyCommand(g),
		planCommand(g), runCommand(g), mergeCommand(g), statusCommand(g), recordCommand(g), auditCommand(g),
		showCommand(g), historyCommand(g), stimuliCommand(g), prCommand(g), doctorCommand(g), buildCommand(g), serveCommand(g), demoCommand(g), versionCommand(g),
	)
	return root
}

// globals are the flags that every command has.
type globals struct {
	ui      *ui
	root    string
	verbose bool
}

func versionCommand(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "print the version, and with -v what it was built from",
		Example: "  bsgen version\n  bsgen version -v",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			info, ok := debug.ReadBuildInfo()
			g.ui.Printf("bsgen %s\n", programVersion())
			if !g.verbose || !ok {
				return nil
			}
			g.ui.Printf("go %s\n", strings.TrimPrefix(info.GoVersion, "go"))
			g.ui.Printf("kernel %s\n", simdblas.Kernel())
			if e, err := engine.New(c.Context(), g.root); err != nil {
				g.ui.Printf("engine none: %s\n", err)
			} else {
				g.ui.Printf("engine %s\n", engineText(e))
			}
			for _, dep := range info.Deps {
				g.ui.Printf("%s %s\n", dep.Path, dep.Version)
			}
			return nil
		},
	}
}

// engineText says which engine runs models, and from where.
func engineText(e *engine.ONNXRuntime) string {
	source := "as pinned"
	if !e.Library().Pinned {
		source = "not the pinned one"
	}
	return fmt.Sprintf("%s %s, %s: %s", e.Name(), e.Version(), source, e.Library().Path)
}

// noArgs refuses arguments with a hint.
func noArgs(c *cobra.Command, args []string) error {
	if len(args) > 0 {
		err := errors.New("unexpected argument " + args[0])
		if c.Flags().Lookup("model") != nil && c.Flags().Lookup("benchmark") != nil {
			return withHint(err, "pairs are chosen by flags: `%s --model GLOB --benchmark GLOB`", c.CommandPath())
		}
		return withHint(err, "`%s --help` shows how to call it", c.CommandPath())
	}
	return nil
}
