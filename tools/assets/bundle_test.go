package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const root = "../.."

// TestOutputs holds the committed scripts against what their sources give now.
func TestOutputs(t *testing.T) {
	abs, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	want, err := outputs(abs)
	if errors.Is(err, errNotInstalled) {
		t.Log("echarts.js is not made again: npm's packages are not installed")
	} else if err != nil {
		t.Fatal(err)
	}
	for name, data := range want {
		have, err := os.ReadFile(filepath.Join(root, output, name))
		if err != nil {
			t.Errorf("%v\nhint: run `go -C tools run ./assets`", err)
		} else if !bytes.Equal(have, data) {
			t.Errorf("%s/%s is not what its sources give\nhint: run `go -C tools run ./assets` and commit %[1]s", output, name)
		}
	}
	have, err := os.ReadDir(filepath.Join(root, output))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range have {
		if _, ok := want[f.Name()]; !ok && !strings.HasPrefix(f.Name(), "echarts.") {
			t.Errorf("%s/%s has no source", output, f.Name())
		}
	}
}

// TestECharts holds the committed chart library against the lock file and the
// entry, by its banner: npm need not be there.
func TestECharts(t *testing.T) {
	b, err := echarts(root)
	if err != nil {
		t.Fatal(err)
	}
	have, err := os.ReadFile(filepath.Join(root, output, "echarts.js"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(have, []byte(b.banner)) {
		t.Errorf("echarts.js was made of something else: it starts with\n%.300s\nwant\n%s\nhint: `npm ci --prefix tools/assets && go -C tools run ./assets`", have, b.banner)
	}
}

// TestClassic: a script that has an import or export left, or is a module in
// any other way, does not load from file://.
func TestClassic(t *testing.T) {
	names, err := filepath.Glob(filepath.Join(root, output, "*.js"))
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, bad := range []string{"import(", "import ", "export ", "export{", "eval(", "new Function"} {
			if bytes.Contains(data, []byte(bad)) {
				t.Errorf("%s has %q", name, bad)
			}
		}
	}
}
