package main

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"text/template"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/evaluate"
	"github.com/spf13/cobra"
)

//go:embed scaffold
var scaffolds embed.FS

// assemblyReaders are the readers that have a scaffold; the first is the default.
var assemblyReaders = []string{"trials", "mat-rdms", "reading-times", "npy"}

func newCommand(g *globals) *cobra.Command {
	c := &cobra.Command{
		Use:   "new",
		Short: "start a submission or a benchmark",
		Long: `new writes the YAML of a submission or a benchmark, with comments that say what
each field is for. What is left blank is marked, and bsgen check reports it
until it is filled in. Nothing that exists is overwritten.`,
		Example: "  bsgen new model my-model --kind activations\n  bsgen new benchmark Author2026.V4-rdm --reader npy",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return withHint(fmt.Errorf("%q can not be made", args[0]), "`bsgen new model ID` or `bsgen new benchmark ID`")
			}
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(newModelCommand(g), newBenchmarkCommand(g))
	return c
}

// kindNetwork is a model that the scorer runs: it responds to anything.
const kindNetwork = "network"

func newModelCommand(g *globals) *cobra.Command {
	kinds := append(slices.Sorted(maps.Keys(archive.ResponseFormats)), kindNetwork)
	kind := "choices"
	c := &cobra.Command{
		Use:   "model ID",
		Short: "start a submission",
		Long: `model writes submissions/ID/model.yaml. --kind says what the model gives for a
stimulus: the label that it chooses, a matrix of dissimilarities, the surprisal
of words, or the activations of its units. --kind network is a model that is
submitted itself, as an ONNX file, and run by the scorer.`,
		Example: "  bsgen new model my-model\n  bsgen new model my-model --kind activations",
		Args:    oneID,
		RunE: func(_ *cobra.Command, args []string) error {
			if err := oneOf("kind", kind, kinds); err != nil {
				return err
			}
			id := args[0]
			if err := archive.CheckID(id); err != nil {
				return withHint(err, "such as my-model: it becomes a folder and a part of addresses")
			}
			if lower := strings.ToLower(id); id != lower {
				return withHint(fmt.Errorf("the id %q has capitals", id), "model ids are lower case: `bsgen new model %s`", lower)
			}
			return g.scaffold("submissions/"+id, func(a *archive.Archive) scaffoldData {
				return modelScaffold(a, id, kind)
			}, map[string][]string{"model.yaml": {"model.yaml.tmpl", "response-" + kind + ".yaml.tmpl"}})
		},
	}
	c.Flags().StringVar(&kind, "kind", kind, "what the model gives: "+strings.Join(kinds, ", "))
	completeFlag(c, "kind", kinds)
	return c
}

func newBenchmarkCommand(g *globals) *cobra.Command {
	reader := assemblyReaders[0]
	c := &cobra.Command{
		Use:   "benchmark ID",
		Short: "start a benchmark",
		Long: `benchmark writes benchmarks/ID/benchmark.yaml and README.md. --reader says what
the data are: CSV tables of trials, dissimilarity matrices in a MATLAB file,
reading times per word, or NumPy arrays of spike counts. The id's last part may
name a metric (-pls, -ridge, -rdm, -cka, -error_consistency, -top1 ...): metric,
ceiling and rule are filled in for it.`,
		Example: "  bsgen new benchmark Author2026.faces-error_consistency\n  bsgen new benchmark Author2026.V4-pls --reader npy",
		Args:    oneID,
		RunE: func(_ *cobra.Command, args []string) error {
			if err := oneOf("reader", reader, assemblyReaders); err != nil {
				return err
			}
			id := args[0]
			if err := archive.CheckID(id); err != nil {
				return withHint(err, "such as Author2026.V4-rdm: it becomes a folder and a part of addresses")
			}
			p, err := chooseProtocol(id, reader)
			if err != nil {
				return err
			}
			return g.scaffold("benchmarks/"+id, func(a *archive.Archive) scaffoldData {
				return benchmarkScaffold(a, id, reader, p)
			}, map[string][]string{
				"benchmark.yaml": {"benchmark.yaml.tmpl", "assembly-" + reader + ".yaml.tmpl"},
				"README.md":      {"benchmark-README.md.tmpl"},
			})
		},
	}
	c.Flags().StringVar(&reader, "reader", reader, "what the data are: "+strings.Join(assemblyReaders, ", "))
	completeFlag(c, "reader", assemblyReaders)
	return c
}

// scaffoldData is what the templates know of the archive.
type scaffoldData struct {
	ID, Dir string

	Published       archive.Row // of a model whose scores were published
	Kind            string      // of a model's response
	Stimuli, Region blank

	Dataset, StimulusKind string // of a benchmark
	Board                 blank
	Nodes                 []string // per board: "vision: IT, V4"
	Protocol              protocol
}

// blank is a field that the archive restricts to some values. One value is
// filled in; of several the template lists them above the blank.
type blank struct{ options []string }

func newBlank(options map[string]bool) blank { return blank{slices.Sorted(maps.Keys(options))} }

// Value is the only possible value, or "".
func (b blank) Value() string {
	if len(b.options) == 1 {
		return b.options[0]
	}
	return ""
}

// Choices lists the values where there are several.
func (b blank) Choices() string {
	if len(b.options) < 2 {
		return ""
	}
	return strings.Join(b.options, ", ")
}

func modelScaffold(a *archive.Archive, id, kind string) scaffoldData {
	sets, regions := map[string]bool{}, map[string]bool{}
	for _, b := range a.Benchmarks {
		given := kind
		if given == kindNetwork {
			given = "activations"
		}
		r := archive.Response{Stimuli: b.StimulusSet(), Kind: given, Region: b.Assembly.Region}
		if evaluate.Accepts(b, &r) {
			sets[r.Stimuli] = true
			if r.Region != "" {
				regions[r.Region] = true
			}
		}
	}
	return scaffoldData{ID: id, Kind: kind, Stimuli: newBlank(sets), Region: newBlank(regions)}
}

func benchmarkScaffold(a *archive.Archive, id, reader string, p protocol) scaffoldData {
	d := scaffoldData{ID: id, Dataset: id, StimulusKind: "images", Protocol: p}
	if i := strings.LastIndex(id, "-"); i > 0 && archive.CheckID(id[:i]) == nil {
		d.Dataset = id[:i]
	}
	if reader == "reading-times" {
		d.StimulusKind = "text"
	}
	boards := map[string]bool{}
	for _, b := range a.Boards {
		boards[b.ID] = true
		ids := make([]string, len(b.Nodes))
		for i, n := range b.Nodes {
			ids[i] = n.ID
		}
		d.Nodes = append(d.Nodes, b.ID+": "+strings.Join(ids, ", "))
	}
	d.Board = newBlank(boards)
	return d
}

// comment breaks a text into lines of a YAML comment.
func comment(indent int, text string) string {
	start := strings.Repeat(" ", indent) + "#"
	var out strings.Builder
	line := start
	for _, word := range strings.Fields(text) {
		if len(line)+1+len(word) > 80 && line != start {
			out.WriteString(line + "\n")
			line = start + " "
		}
		line += " " + word
	}
	return out.String() + line
}

// scaffold writes files into a new folder of the archive; each comes from
// templates, of which the first is the page and the others define its parts.
func (g *globals) scaffold(dir string, describe func(*archive.Archive) scaffoldData, files map[string][]string) error {
	a, _, err := archive.Open(g.root)
	if err != nil {
		return openHint(err)
	}
	if taken, err := existing(g.root, dir); err != nil {
		return err
	} else if taken != "" {
		return withHint(fmt.Errorf("%s exists already, nothing was written", taken), "edit it, or choose another id")
	}
	data := describe(a)
	data.Dir = dir
	for _, name := range slices.Sorted(maps.Keys(files)) {
		text, err := renderScaffold(files[name], data)
		if err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
		if err := archive.WriteFile(filepath.Join(g.root, filepath.FromSlash(dir), name), text); err != nil {
			return err
		}
		g.ui.Printf("%s\n", path.Join(dir, name))
	}
	g.ui.Notef("hint: fill in the lines marked <-, then run `bsgen check %s`", dir)
	return nil
}

// existing returns the entry of the archive that a new folder would be or, on a
// file system that ignores case, overwrite.
func existing(root, dir string) (string, error) {
	parent, name := path.Split(dir)
	entries, err := os.ReadDir(filepath.Join(root, filepath.FromSlash(parent)))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("look for %s: %w", dir, err)
	}
	for _, e := range entries {
		if strings.EqualFold(e.Name(), name) {
			return path.Join(parent, e.Name()), nil
		}
	}
	return "", nil
}

func renderScaffold(names []string, data scaffoldData) ([]byte, error) {
	files := make([]string, len(names))
	for i, n := range names {
		files[i] = "scaffold/" + n
	}
	t, err := template.New(names[0]).Funcs(template.FuncMap{"comment": comment}).ParseFS(scaffolds, files...)
	if err != nil {
		return nil, err
	}
	var buf bytes.Buffer
	err = t.Execute(&buf, data)
	return buf.Bytes(), err
}

// oneID accepts exactly one argument.
func oneID(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return withHint(errors.New("the id is missing"), "`%s ID`; `%[1]s --help` has examples", c.CommandPath())
	}
	return noArgs(c, args[1:])
}

// oneOf refuses a flag's value that is not known.
func oneOf(flag, value string, known []string) error {
	if slices.Contains(known, value) {
		return nil
	}
	return withHint(fmt.Errorf("--%s %q does not exist", flag, value), "one of %s", strings.Join(known, ", "))
}

// completeFlag lets the shell complete a flag's values.
func completeFlag(c *cobra.Command, flag string, values []string) {
	err := c.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
	if err != nil {
		panic(err) // the flag exists: it was made a line above
	}
}
