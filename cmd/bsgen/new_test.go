package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/archive"
)

// TestScaffolds checks that every scaffold parses strictly (an unknown key would
// be a problem) and that what is left to do is what is marked, and nothing else.
func TestScaffolds(t *testing.T) {
	const sha = `sha256 "" is not 64 lower-case hexadecimal digits`
	model := func(file string) []string {
		return []string{"name is missing", "submitter.name is missing", file + " is not there", sha}
	}
	benchmark := []string{"title is missing", "parent is missing", sha, "license is missing"}
	benchmark = slices.Clip(benchmark)
	tests := []struct {
		args   []string
		blanks []string // in an archive with one board, and one benchmark for choices and activations each
	}{
		{[]string{"model", "a", "--kind", "choices"}, model("choices.csv")},
		{[]string{"model", "b", "--kind", "activations"}, model("activations.npy")},
		{[]string{"model", "c", "--kind", "rdm"}, model("rdm.npy")},
		{[]string{"model", "d", "--kind", "surprisal"}, append(model("surprisal.csv"), "stimuli is missing")},
		{[]string{"benchmark", "A.x-choice", "--reader", "trials"}, append(benchmark, "trials.csv is not there", "the reader trials needs choices")},
		{[]string{"benchmark", "B.x-rdm", "--reader", "mat-rdms"}, append(benchmark, "rdms.mat is not there")},
		{[]string{"benchmark", "C.x-rdm", "--reader", "npy"}, append(benchmark, sha, "animal-1.npy is not there", "animal-2.npy is not there")},
		{[]string{"benchmark", "E.x-cka", "--reader", "npy"}, append(benchmark, sha, "animal-1.npy is not there", "animal-2.npy is not there")},
		{[]string{"benchmark", "F.x-top1", "--reader", "trials"}, append(benchmark, "trials.csv is not there", "the reader trials needs choices")},
		{[]string{"benchmark", "D", "--reader", "reading-times"}, append(benchmark, sha, "a constant ceiling has no source", "reading_times.tsv is not there", "unigrams.tsv is not there")},
	}
	root := demoArchive(t)
	for _, test := range tests {
		t.Run(strings.Join(test.args, " "), func(t *testing.T) {
			var out, errOut bytes.Buffer
			args := append([]string{"-C", root, "new"}, test.args...)
			if code := run(context.Background(), args, strings.NewReader(""), &out, &errOut); code != exitOK {
				t.Fatalf("exit code %d: %s", code, errOut.String())
			}
			_, problems, err := archive.Open(root)
			if err != nil {
				t.Fatal(err)
			}
			var left []string
			for _, p := range problems {
				if filepath.Base(filepath.Dir(p.File)) != test.args[1] {
					continue // another test's
				}
				left = append(left, p.Msg)
				if p.Hint == "" || p.Line == 0 {
					t.Errorf("%v has no line or no hint", p)
				}
			}
			if !sameSet(left, test.blanks) {
				t.Errorf("check says\n  %s\nwant\n  %s", strings.Join(left, "\n  "), strings.Join(test.blanks, "\n  "))
			}
			if n := marks(t, root, out.String()); n != len(test.blanks) {
				t.Errorf("%d lines are marked <-, want %d", n, len(test.blanks))
			}
		})
	}
}

// TestProtocols checks that whatever metric an id ends in, nothing is wrong with
// the metric, ceiling and rule that are filled in.
func TestProtocols(t *testing.T) {
	root := demoArchive(t)
	n := 0
	for reader, of := range protocols {
		for suffix, p := range of {
			n++
			id := fmt.Sprintf("P%d.x", n)
			if suffix != "" {
				id += "-" + suffix
			}
			command(t, root, exitOK, "new", "benchmark", id, "--reader", reader)
			data, err := os.ReadFile(filepath.Join(root, "benchmarks", id, "benchmark.yaml"))
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range []string{"\nmetric: " + p.Metric + "\n", fmt.Sprintf("\nprimary: %v ", p.Primary)} {
				if !strings.Contains(string(data), want) {
					t.Errorf("%s has no %q", id, want)
				}
			}
		}
	}
	_, problems, err := archive.Open(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		if !strings.HasSuffix(p.Msg, "is missing") && !strings.HasSuffix(p.Msg, "is not there") &&
			!strings.HasPrefix(p.Msg, "sha256") && p.Msg != "the reader trials needs choices" &&
			p.Msg != "a constant ceiling has no source" { // the lines that are marked
			t.Errorf("%v", p)
		}
	}
}

// marks counts the marked lines in the files that the command printed, and
// reports lines that a template left unfinished or too long to read.
func marks(t *testing.T, root, printed string) int {
	t.Helper()
	n := 0
	for name := range strings.Lines(printed) {
		data, err := os.ReadFile(filepath.Join(root, strings.TrimSpace(name)))
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(data)) {
			n += strings.Count(line, "# <-")
			if len(line) > 121 || strings.Contains(line, "<no value>") || strings.TrimRight(line, " \n") != strings.TrimSuffix(line, "\n") {
				t.Errorf("%s: %q", name, line)
			}
		}
		if strings.Contains(string(data), "\n\n\n") {
			t.Errorf("%s has two empty lines in a row", name)
		}
	}
	return n
}

func sameSet(a, b []string) bool {
	count := map[string]int{}
	for _, s := range a {
		count[s]++
	}
	for _, s := range b {
		count[s]--
	}
	for _, n := range count {
		if n != 0 {
			return false
		}
	}
	return true
}

// Filled in as the comments say, a scaffold is sound.
func TestFilledScaffold(t *testing.T) {
	root := demoArchive(t)
	var out, errOut bytes.Buffer
	if code := run(context.Background(), []string{"-C", root, "new", "model", "mine"}, strings.NewReader(""), &out, &errOut); code != exitOK {
		t.Fatalf("exit code %d: %s", code, errOut.String())
	}
	file := filepath.Join(root, "submissions", "mine", "model.yaml")
	choices := []byte("stimulus,choice\n")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	data = []byte(strings.NewReplacer(
		"name: # <- how", "name: Mine # how", "name: # <-", "name: Me",
		// sha256sum of the line "stimulus,choice"
		"sha256: # <-", "sha256: 17d18c3426b39ff208a0b703ac889db8113b00470383018160942e1b989dc6e5 #",
	).Replace(string(data)))
	for name, data := range map[string][]byte{file: data, filepath.Join(filepath.Dir(file), "choices.csv"): choices} {
		if err := os.WriteFile(name, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	a, problems, err := archive.Open(root)
	if err != nil || len(problems) > 0 {
		t.Fatalf("%v, %v", problems, err)
	}
	if m, ok := a.Model("mine"); !ok || m.Responses[0].Stimuli != "Simulated.orientation" {
		t.Errorf("%+v", m)
	}
}
