package history

import (
	"bytes"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/archive/git"
)

const (
	hashA = "587be6b4c3f93f93c489c0111bba5596147a26cb"
	hashB = "00750edc07d6415dcc07ae0351e9397b0222b7ba"
	hashC = "b8626c4cff2849624fb67f87cd0ad72b163671ad"
	zero  = "0000000000000000000000000000000000000000"
)

// FuzzLog: no log makes the parser panic or return what an archive can not hold.
func FuzzLog(f *testing.F) {
	header := hashA + "\x00Ada\x001767225600\x00subject\x0012\x00\x00"
	f.Add([]byte(header + "\n:000000 100644 " + zero + " " + hashA + " A\x00results/m/b@1.json\x00"))
	f.Add([]byte(header + "\x00::100644 100644 100644 " + hashA + " " + hashB + " " + hashC + " MM\x00results/m/b@1.json\x00"))
	f.Add([]byte(header + "\n:100644 000000 " + hashA + " " + zero + " D\x00results/m/b@1.json\x00" + header))
	f.Add([]byte(":100644"))
	f.Add([]byte(header + ":x\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		entries, err := parseLog(bytes.NewReader(data), nil)
		if err != nil {
			return
		}
		for _, e := range entries {
			if _, _, _, ok := archive.ParseResultPath(archive.ResultPath(e.model, e.benchmark, e.version)); !ok || e.commit == nil {
				t.Errorf("%+v", e)
			}
		}
	})
}

func TestParseLog(t *testing.T) {
	header := hashC + "\x00Ada\x001767225600\x00subject\x00\x00\x00"
	entries, err := parseLog(strings.NewReader(header+"\x00::000000 100644 100644 "+zero+" "+hashB+" "+hashA+" AM\x00results/m/b@1.json\x00"), nil)
	if err != nil || len(entries) != 1 || entries[0].before != hashB || entries[0].blob != hashA {
		t.Errorf("a merge whose first parent lacks the file: %+v, %v", entries, err)
	}
	for name, data := range map[string]string{
		"a file without a commit": ":000000 100644 " + zero + " " + hashA + " A\x00results/m/b@1.json\x00",
		"no path":                 header + ":000000 100644 " + zero + " " + hashA + " A\x00",
		"cut in a path":           header + ":000000 100644 " + zero + " " + hashA + " A\x00results/m",
		"cut in a commit":         hashA + "\x00Ada\x00",
		"too few modes":           header + "::000000 100644 " + zero + " " + hashA + " A\x00results/m/b@1.json\x00",
	} {
		if entries, err := parseLog(strings.NewReader(data), nil); err == nil {
			t.Errorf("%s: %+v", name, entries)
		}
	}
}

// FuzzBlob: no file makes the reader panic or claim what is not there.
func FuzzBlob(f *testing.F) {
	f.Add([]byte("{\"status\":\"scored\"}"))
	f.Add([]byte("{\"status\":\"scored\",\"score\":1e999}"))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		b := readBlob(git.Object{Hash: hashA, Type: "blob", Size: int64(len(data)), Data: data})
		if (b.note == "") != (b.status != "") {
			t.Errorf("%+v", b)
		}
	})
}

// FuzzLine: no log makes the parser of the main line panic, or return a file that
// is of no step or no concern of a board; no text of a definition does either.
func FuzzLine(f *testing.F) {
	header := hashA + "\x001767225600\x00Ada\x001767225600\x00subject\x0012\x00\x00"
	f.Add([]byte(header + "\n:000000 100644 " + zero + " " + hashA + " A\x00boards/vision.yaml\x00"))
	f.Add([]byte(header + "\n:100644 000000 " + hashA + " " + zero + " D\x00results/m/b@1.json\x00" + header + "\n:000000 120000 " + zero + " " + hashA + " A\x00submissions/m/model.yaml\x00"))
	f.Add([]byte("title: x\nnodes: [{id: mean}]\nversion: 1\n"))
	f.Add([]byte("a: &a [x]\nb: [*a, *a]\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		steps, entries, err := parseLine(bytes.NewReader(data), nil)
		for _, e := range entries {
			_, _, _, ok := archive.ParseResultPath(e.path)
			if err == nil && (e.step < 0 || e.step >= len(steps) || !ok && definition(e.path) == "") {
				t.Errorf("%+v of %d steps", e, len(steps))
			}
		}
		var s Step
		for _, path := range []string{"boards/b.yaml", "benchmarks/b/benchmark.yaml", "submissions/b/model.yaml"} {
			s.define(path, data)
		}
		if len(s.Boards) != 1 || len(s.Benchmarks) != 1 || len(s.Models) != 1 || s.Boards[0].ID != "b" || s.Benchmarks[0].ID != "b" || s.Models[0].ID != "b" {
			t.Errorf("%+v", s)
		}
	})
}
