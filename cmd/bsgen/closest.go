package main

import (
	"strings"

	"github.com/bsgen/bsgen/archive"
	"github.com/spf13/cobra"
)

// closest returns up to three of the ids that a person may have meant: those
// that hold the word, or are held by it, when capitals and punctuation are left
// aside. "resnet-50" is close to resnet50.
func closest(word string, ids []string) []string {
	bare := func(s string) string {
		return strings.Map(func(r rune) rune {
			if strings.ContainsRune("-_. ", r) {
				return -1
			}
			return r
		}, strings.ToLower(s))
	}
	word = bare(word)
	var out []string
	for _, id := range ids {
		b := bare(id)
		if len(out) < 3 && len(word) > 2 && (strings.Contains(b, word) || strings.Contains(word, b)) {
			out = append(out, id)
		}
	}
	return out
}

// meant turns ids into the beginning of a hint: "did you mean a or b? ", or
// nothing where there is none.
func meant(ids []string) string {
	if len(ids) == 0 {
		return ""
	}
	return "did you mean " + strings.Join(ids, " or ") + "? "
}

func modelIDs(a *archive.Archive) []string {
	var ids []string
	for _, m := range a.Models {
		ids = append(ids, m.ID)
	}
	return ids
}

func benchmarkIDs(a *archive.Archive) []string {
	var ids []string
	for _, b := range a.Benchmarks {
		ids = append(ids, b.ID)
	}
	return ids
}

// complete offers the shell the ids of the archive: of models for the first
// argument or --model, of benchmarks for the second or --benchmark.
func (g *globals) complete(ids func(*archive.Archive) []string) cobra.CompletionFunc {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		a, _, err := archive.Open(g.root)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return ids(a), cobra.ShellCompDirectiveNoFileComp
	}
}

// completeArgs is complete for the arguments MODEL [BENCHMARK].
func (g *globals) completeArgs(c *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
	switch len(args) {
	case 0:
		return g.complete(modelIDs)(c, args, word)
	case 1:
		return g.complete(benchmarkIDs)(c, args, word)
	}
	return nil, cobra.ShellCompDirectiveNoFileComp
}
