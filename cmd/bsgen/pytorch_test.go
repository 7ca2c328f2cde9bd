package main

import (
	"bytes"
	"crypto/sha256"
	"flag"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/assembly"
	"github.com/bsgen/bsgen/dataset"
)

var update = flag.Bool("update", false, "accept what the lines in content/participate.md write now")

// written are the files that the lines write.
var written = []string{"choices.csv", "V4.npy", "rdm.npy", "logprobs.csv", "surprisal.csv"}

// TestPyTorchLines submits what the Python lines in content/participate.md write
// to the demo's archive and scores it. What they wrote once is kept in
// testdata/pytorch with the lines that wrote it; where PyTorch is installed they
// run again. With -update, what they write now is kept.
func TestPyTorchLines(t *testing.T) {
	lab := demoArchive(t)
	kept, err := filepath.Abs("testdata/pytorch")
	if err != nil {
		t.Fatal(err)
	}
	lines := pythonLines(t, "content/participate.md")
	python := withPyTorch()
	if python == "" {
		if *update {
			t.Fatal("-update needs python3 with torch, numpy and PIL")
		}
		t.Log("PyTorch is not installed: what the lines wrote earlier is read")
	} else {
		dir := t.TempDir()
		name := filepath.Join(t.TempDir(), "lines.py")
		if err := os.WriteFile(name, lines, 0o644); err != nil {
			t.Fatal(err)
		}
		c := exec.Command(python, filepath.Join(kept, "setup.py"), lab, name)
		c.Dir = dir
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		t.Run("now", func(t *testing.T) { submitWritten(t, lab, dir, "now") })
		if *update && !t.Failed() {
			for _, file := range written {
				data, err := os.ReadFile(filepath.Join(dir, file))
				if err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(kept, file), data, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.WriteFile(filepath.Join(kept, "lines.py"), lines, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	before, err := os.ReadFile(filepath.Join(kept, "lines.py"))
	if err != nil || !bytes.Equal(before, lines) {
		t.Errorf("the lines in content/participate.md are not those that wrote testdata/pytorch (%v): `go test ./cmd/bsgen -run TestPyTorchLines -update`, where PyTorch is installed", err)
	}
	t.Run("kept", func(t *testing.T) { submitWritten(t, lab, kept, "kept") })
}

// pythonLines returns the Python blocks of a page, divided by dashes.
func pythonLines(t *testing.T, name string) []byte {
	t.Helper()
	page, err := os.ReadFile(filepath.Join(repository, name))
	if err != nil {
		t.Fatal(err)
	}
	var blocks []string
	for _, m := range regexp.MustCompile("(?s)```python\n(.*?)```").FindAllSubmatch(page, -1) {
		blocks = append(blocks, string(m[1]))
	}
	return []byte(strings.Join(blocks, strings.Repeat("-", 20)+"\n"))
}

// withPyTorch returns a Python that has PyTorch, or "".
func withPyTorch() string {
	for _, name := range []string{"python3", "/usr/bin/python3"} {
		if exec.Command(name, "-c", "import torch, numpy, PIL").Run() == nil {
			return name
		}
	}
	return ""
}

// submitWritten submits the files in a folder and wants each to be read and
// scored.
func submitWritten(t *testing.T, lab, dir, id string) {
	data := map[string][]byte{}
	for _, file := range written {
		var err error
		if data[file], err = os.ReadFile(filepath.Join(dir, file)); err != nil {
			t.Fatal(err)
		}
	}
	const head = "id: %s\nname: PyTorch\nsubmitter: {name: some lab}\nresponses:\n"
	response := func(fields, file string) string {
		return fmt.Sprintf("  - {%s, file: %s, sha256: %x}\n", fields, file, sha256.Sum256(data[file]))
	}
	models := map[string]string{
		id: response("stimuli: Simulated.orientation, kind: choices", "choices.csv") +
			response("stimuli: Simulated.V1, kind: activations, region: V1", "V4.npy"),
		id + "-rdm": response("stimuli: Simulated.V1, kind: rdm, format: npy", "rdm.npy"),
	}
	for model, responses := range models {
		folder := filepath.Join(lab, "submissions", model)
		if err := os.MkdirAll(folder, 0o755); err != nil {
			t.Fatal(err)
		}
		for file := range data {
			if strings.Contains(responses, file) {
				if err := os.WriteFile(filepath.Join(folder, file), data[file], 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := os.WriteFile(filepath.Join(folder, "model.yaml"), []byte(fmt.Sprintf(head, model)+responses), 0o644); err != nil {
			t.Fatal(err)
		}
		for _, args := range [][]string{{"check", "-C", lab, "submissions/" + model}, {"score", "-C", lab, "--model", model}} {
			var out bytes.Buffer
			if code := run(t.Context(), args, strings.NewReader(""), &out, &out); code != exitOK {
				t.Fatalf("bsgen %q: exit code %d\n%s", args, code, &out)
			}
		}
	}
	a, problems, err := archive.Open(lab)
	if err != nil || len(problems) > 0 {
		t.Fatal(problems, err)
	}
	scored := func(model, benchmark string) archive.Number {
		r, ok := a.Result(model, benchmark, 1)
		if !ok || r.Status != archive.Scored {
			t.Fatalf("%s on %s: %+v", model, benchmark, r)
		}
		return r.Raw
	}
	// The network sees orientation, so it does better than chance in both.
	if raw := scored(id, "Simulated.orientation-error_consistency"); raw < 0.1 {
		t.Errorf("choices: error consistency %v", raw)
	}
	rho := scored(id, "Simulated.V1-rdm")
	if rho < 0.1 {
		t.Errorf("activations: rho %v", rho)
	}
	if other := scored(id+"-rdm", "Simulated.V1-rdm"); math.Abs(float64(other-rho)) > 1e-4 {
		t.Errorf("rho of the dissimilarities is %v, that of the activations %v", other, rho)
	}

	text := &assembly.ReadingTimes{Words: []assembly.Word{
		{Story: 1, Index: 1, Text: "One,"}, {Story: 1, Index: 2, Text: `"two"`}, {Story: 1, Index: 3, Text: "é."},
		{Story: 2, Index: 1, Text: "Three"}, {Story: 2, Index: 2, Text: "four"},
	}}
	// Tokens of three characters, 3 bits each but the first of a story, which has
	// none: [One][, "][two][" é][.] and [Thr][ee ][fou][r]. A token belongs to the
	// word that it starts in.
	for file, want := range map[string]struct {
		read func(string, []byte) (*assembly.Surprisal, error)
		bits []float64
	}{
		"logprobs.csv": {func(file string, data []byte) (*assembly.Surprisal, error) {
			return dataset.TokenSurprisal(file, data, nil, 0, text)
		}, []float64{math.NaN(), 6, 3, math.NaN(), 6}},
		"surprisal.csv": {func(file string, data []byte) (*assembly.Surprisal, error) {
			return dataset.Surprisal(file, data, nil)
		}, []float64{math.NaN(), 2.5, 0.125, 1, 1e-7}},
	} {
		s, err := want.read(file, data[file])
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		var got []float64
		for _, name := range text.StimulusNames() {
			got = append(got, s.ByWord[name])
		}
		if !slices.EqualFunc(got, want.bits, func(a, b float64) bool { return math.Abs(a-b) < 1e-6 || math.IsNaN(a) && math.IsNaN(b) }) {
			t.Errorf("%s: %v, want %v", file, got, want.bits)
		}
	}
}
