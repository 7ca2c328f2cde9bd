package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/dataset"
	"github.com/bsgen/bsgen/dataset/images"
	"github.com/bsgen/bsgen/evaluate"
	"github.com/bsgen/bsgen/systemmodel/engine"
	"github.com/bsgen/bsgen/systemmodel/onnx"
)

// modelFiles are what the lines in docs/models.md write; the last is what their
// network gives.
var modelFiles = []string{"V4.npy", "choices.csv", "model.onnx", "shown.json"}

// TestModelLines takes folders of stimuli as bsgen stimuli writes them, and submits what the Python lines in docs/models.md
// make of them, to the demo's archive. What they wrote once is kept in
// testdata/pytorch/models; where PyTorch is installed they run again. With
// -update, what they write now is kept.
func TestModelLines(t *testing.T) {
	lab := filepath.Join(t.TempDir(), "lab")
	if code := run(t.Context(), []string{"demo", "--no-serve", "--out", lab}, strings.NewReader(""), io.Discard, io.Discard); code != exitOK {
		t.Fatalf("bsgen demo: exit code %d", code)
	}
	kept := "testdata/pytorch/models"
	lines := pythonLines(t, "docs/models.md")
	python := withPyTorch()
	if python != "" && exec.Command(python, "-c", "import onnx").Run() != nil {
		python = ""
	}
	if python == "" {
		if *update {
			t.Fatal("-update needs python3 with torch, numpy, PIL and onnx")
		}
		t.Log("PyTorch is not installed: what the lines wrote earlier is read")
	} else {
		dir := t.TempDir()
		demoStimuli(t, lab, "Simulated.V1-rdm", filepath.Join(dir, "V4-images"))
		demoStimuli(t, lab, "Simulated.orientation-error_consistency", filepath.Join(dir, "edge"))
		script, err := filepath.Abs("testdata/pytorch/models.py")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "lines.py"), lines, 0o644); err != nil {
			t.Fatal(err)
		}
		c := exec.Command(python, script, "lines.py")
		c.Dir = dir
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		t.Run("now", func(t *testing.T) { submitModel(t, lab, dir, "now") })
		if *update && !t.Failed() {
			if err := os.MkdirAll(kept, 0o755); err != nil {
				t.Fatal(err)
			}
			for _, file := range append([]string{"lines.py"}, modelFiles...) {
				data, err := os.ReadFile(filepath.Join(dir, file))
				if err == nil {
					err = os.WriteFile(filepath.Join(kept, file), data, 0o644)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	before, err := os.ReadFile(filepath.Join(kept, "lines.py"))
	if err != nil || !bytes.Equal(before, lines) {
		t.Errorf("the lines in docs/models.md are not those that wrote %s (%v): `go test ./cmd/bsgen -run TestModelLines -update`, where PyTorch is installed", kept, err)
	}
	t.Run("kept", func(t *testing.T) { submitModel(t, lab, kept, "kept") })
}

// demoStimuli writes the stimuli of one of the demo's benchmarks as bsgen stimuli does.
func demoStimuli(t *testing.T, lab, benchmark, dir string) {
	t.Helper()
	a, problems, err := archive.Open(lab)
	if err != nil || len(problems) > 0 {
		t.Fatal(problems, err)
	}
	b, _ := a.Benchmark(benchmark)
	measured, err := evaluate.Assembly(t.Context(), dataset.NewStore(nil), lab, b)
	if err != nil {
		t.Fatal(err)
	}
	pictures, err := filepath.Glob(filepath.Join(lab, b.Dir, "stimuli", "*.png"))
	if err != nil {
		t.Fatal(err)
	}
	var entries []images.Entry
	for _, p := range pictures {
		name := filepath.Base(p)
		if !slices.Contains(measured.StimulusNames(), name) {
			name = strings.TrimSuffix(name, ".png")
		}
		entries = append(entries, images.Entry{Name: name, Path: filepath.Base(p)})
	}
	set, err := images.Files(entries, func(e images.Entry) (string, error) {
		return filepath.Join(lab, b.Dir, "stimuli", e.Path), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := writeFolder(t, dir, set, measured.StimulusNames(), false); err != nil {
		t.Fatal(err)
	}
}

// submitModel submits the recorded responses in a folder, and looks at the model.
func submitModel(t *testing.T, lab, dir, id string) {
	data := map[string][]byte{}
	for _, file := range modelFiles {
		var err error
		if data[file], err = os.ReadFile(filepath.Join(dir, file)); err != nil {
			t.Fatal(err)
		}
	}
	yaml := fmt.Sprintf(`id: %[1]s
name: PyTorch
submitter: {name: some lab}
responses:
  - {stimuli: Simulated.orientation, kind: choices, file: choices.csv, sha256: %[2]x}
  - {stimuli: Simulated.V1, kind: activations, region: V1, file: V4.npy, sha256: %[3]x}
`, id, sha256.Sum256(data["choices.csv"]), sha256.Sum256(data["V4.npy"]))
	folder := filepath.Join(lab, "submissions", id)
	for name, content := range map[string][]byte{"model.yaml": []byte(yaml), "choices.csv": data["choices.csv"], "V4.npy": data["V4.npy"]} {
		if err := archive.WriteFile(filepath.Join(folder, name), content); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{{"check", "-C", lab, "submissions/" + id}, {"score", "-C", lab, "--model", id}} {
		var out bytes.Buffer
		if code := run(t.Context(), args, strings.NewReader(""), &out, &out); code != exitOK {
			t.Fatalf("bsgen %q: exit code %d\n%s", args, code, &out)
		}
	}
	a, problems, err := archive.Open(lab)
	if err != nil || len(problems) > 0 {
		t.Fatal(problems, err)
	}
	// The network sees orientation, so it does better than chance in both.
	for _, benchmark := range []string{"Simulated.orientation-error_consistency", "Simulated.V1-rdm"} {
		if r, ok := a.Result(id, benchmark, 1); !ok || r.Status != archive.Scored || !(r.Raw > 0.1) {
			t.Errorf("%s: %+v", benchmark, r)
		}
	}

	page, err := os.ReadFile(filepath.Join(repository, "docs/models.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, block, _ := strings.Cut(string(page), "```yaml\n")
	block, _, _ = strings.Cut(block, "```")
	block = strings.NewReplacer("<digest>", fmt.Sprintf("%x", sha256.Sum256(data["model.onnx"])), "<size>", fmt.Sprint(len(data["model.onnx"]))).Replace(block)
	executed := filepath.Join(lab, "submissions", id+"-run")
	for name, content := range map[string][]byte{
		"model.yaml": fmt.Appendf(nil, "id: %s-run\nname: PyTorch\nsubmitter: {name: some lab}\n%s", id, block), "model.onnx": data["model.onnx"],
	} {
		if err := archive.WriteFile(filepath.Join(executed, name), content); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	if code := run(t.Context(), []string{"check", "-C", lab, "submissions/" + id + "-run"}, strings.NewReader(""), &out, &out); code != exitOK {
		t.Errorf("bsgen check of the page's model.yaml: exit code %d\n%s", code, &out)
	}

	tensors := []string{"V1", "V4", "logits"}
	if _, err := onnx.Check(data["model.onnx"], onnx.Use{Input: "image", Shape: []int64{2, 3, 224, 224}, Tensors: tensors}); err != nil {
		t.Fatal(err)
	}
	runExported(t, data["model.onnx"], data["shown.json"])
}

// runExported runs the model where there is an engine, and compares with PyTorch.
func runExported(t *testing.T, model, shown []byte) {
	var want map[string][]float64
	if err := json.Unmarshal(shown, &want); err != nil {
		t.Fatal(err)
	}
	e, err := engine.New(t.Context(), repository)
	if errors.Is(err, engine.ErrUnavailable) {
		t.Logf("the model was not run: %v", err)
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	outputs := []string{"V4", "logits"}
	s, err := e.Open(t.Context(), model, "image", outputs, engine.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	batch := make([]float32, 2*3*224*224)
	for i := range batch {
		batch[i] = float32(i*7919%256) / 255
	}
	got, err := s.Run(t.Context(), batch, []int64{2, 3, 224, 224})
	if err != nil {
		t.Fatal(err)
	}
	for k, name := range outputs {
		largest, worst := 0.0, 0.0
		for i, v := range want[name] {
			largest = max(largest, math.Abs(v))
			worst = max(worst, math.Abs(v-float64(got[k].Data[i])))
		}
		if len(got[k].Data) != len(want[name]) || !(worst <= 1e-4*largest) {
			t.Errorf("%s: %d numbers that are up to %g off PyTorch's, of which the largest is %g", name, len(got[k].Data), worst, largest)
		}
	}
}
