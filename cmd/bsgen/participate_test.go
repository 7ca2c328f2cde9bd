package main

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/archive"
	"go.yaml.in/yaml/v4"
)

// TestYAMLExamples puts every YAML example of content/participate.md into a copy
// of the archive: nothing may be wrong with it but that the reader's own files
// are not there. An example that is a part of a file takes the place of that part
// in one that ships.
func TestYAMLExamples(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(repository, "content/participate.md"))
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	for _, dir := range []string{"benchmarks", "boards"} {
		if err := os.CopyFS(filepath.Join(root, dir), os.DirFS(filepath.Join(repository, dir))); err != nil {
			t.Fatal(err)
		}
	}
	examples := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(string(page), -1)
	if len(examples) < 6 {
		t.Fatalf("%d examples, and there used to be more", len(examples))
	}
	for _, m := range examples {
		file := putExample(t, root, m[1])
		_, problems, err := archive.Open(root)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range problems {
			if !strings.HasSuffix(p.Msg, ".npy is not there") && !strings.HasSuffix(p.Msg, ".onnx is not there") {
				t.Errorf("%s\n  in the example that begins with %.40q", p, m[1])
			}
		}
		if _, err := os.Stat(filepath.Join(root, file)); err != nil {
			t.Error(err)
		}
	}
}

// putExample writes an example to where it belongs and returns the file.
func putExample(t *testing.T, root, text string) string {
	t.Helper()
	var part map[string]any
	if err := yaml.Unmarshal([]byte(text), &part); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	id, whole := part["id"].(string)
	responds := part["responses"] != nil || part["run"] != nil
	file := filepath.Join("submissions", "my-model", "model.yaml")
	switch {
	case whole && responds:
		file = filepath.Join("submissions", id, "model.yaml")
	case responds:
		text = "id: my-model\nname: Mine\nsubmitter: {name: some lab}\n" + text
	case whole:
		file = filepath.Join("benchmarks", id, "benchmark.yaml")
	case part["neural_training"] != nil:
		before, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			t.Fatal(err)
		}
		text = string(before) + text
	default:
		file = filepath.Join("benchmarks", "Cowley2026.V4-pls", "benchmark.yaml")
		text = replaceParts(t, filepath.Join(root, file), part)
	}
	if err := archive.WriteFile(filepath.Join(root, file), []byte(text)); err != nil {
		t.Fatal(err)
	}
	return file
}

// replaceParts returns a YAML file with the values of some of its keys replaced,
// or of the keys inside them.
func replaceParts(t *testing.T, name string, part map[string]any) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]any
	if err := yaml.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	for _, key := range slices.Sorted(maps.Keys(part)) {
		if all[key] == nil {
			t.Errorf("%s has no %s", name, key)
		}
		inside, ok := part[key].(map[string]any)
		if before, both := all[key].(map[string]any); ok && both {
			maps.Copy(before, inside)
		} else {
			all[key] = part[key]
		}
	}
	if data, err = yaml.Marshal(all); err != nil {
		t.Fatal(err)
	}
	return string(data)
}
