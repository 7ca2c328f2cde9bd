package archive

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func testResult() *Result {
	nan := Number(math.NaN())
	raw, ceiling := .1, 0.30000000000000004
	return &Result{
		Schema: ResultSchema, Key: zeros, Model: "net", Benchmark: "Lab2026.IT-rdm", Version: 1, Status: Scored,
		Provenance: &Provenance{Kind: "computed"},
		Raw:        0.1, Ceiling: ResultCeiling{Value: 0.30000000000000004, Scale: "band", Lower: 1e-7, Upper: 0.30000000000000004, Error: nan},
		Rule: "ratio", Score: Number(raw / ceiling), Unclipped: Number(raw / ceiling), Error: ResultError{Value: nan},
		Interval: ResultInterval{Level: .95, Low: 1. / 3, High: 1. / 3, Method: "bootstrap percentile", Resampled: "stimuli"},
		Units:    ResultUnits{Kind: "subject", N: 2},
		Engine:   &Engine{Name: "bsgen rdm_spearman", Version: "1"},
		Warnings: []string{"<b> & \u2028 stay as they are"},
	}
}

func TestResultRoundTrip(t *testing.T) {
	r := testResult()
	side := &Sidecar{Replicates: []float32{1, -2.5, float32(math.NaN())}, Units: []float32{.25, .5}}
	data, bin, err := EncodePair(r, side)
	if err != nil {
		t.Fatal(err)
	}
	back, err := DecodeResult(data)
	if err != nil {
		t.Fatal(err)
	}
	again, err := back.Encode()
	if err != nil || !bytes.Equal(data, again) {
		t.Errorf("a result does not round-trip: %v\n%s\n%s", err, data, again)
	}
	if back.Score != r.Score || back.Error.Value.OK() || back.Splits == nil || back.Sidecar.Bytes != len(bin) {
		t.Errorf("decoded %+v", back)
	}
	s, err := DecodeSidecar(bin)
	if err != nil || len(s.Replicates) != 3 || s.Replicates[1] != -2.5 || s.Replicates[2] == s.Replicates[2] || !slices.Equal(s.Units, side.Units) {
		t.Errorf("sidecar %+v, %v", s, err)
	}
	r.Raw = Number(math.Inf(1))
	if _, err := r.Encode(); err == nil {
		t.Error("an infinite raw value is encoded")
	}
}

func TestParseResultPath(t *testing.T) {
	model, benchmark, version, ok := ParseResultPath(ResultPath("net-2", "Lab2026.IT-rdm", 12))
	if !ok || model != "net-2" || benchmark != "Lab2026.IT-rdm" || version != 12 {
		t.Errorf("%q %q %d %v", model, benchmark, version, ok)
	}
	for _, name := range []string{
		"", "results", "results/net", "results/net/b@1.bin", "results/net/b.json", "results/net/b@0.json", "results/net/b@-1.json",
		"results/net/b@01.json", "results/net/b@+1.json", "results/net/b@1@2.json", "results/net/b@99999999999999999999.json",
		"results/net/sub/b@1.json", "results//b@1.json", "results/../b@1.json", "results/net/@1.json", "results/net/b\n@1.json",
		"other/results/net/b@1.json", "/results/net/b@1.json", "RESULTS/net/b@1.json", "results/\xff/b@1.json",
	} {
		if model, benchmark, version, ok := ParseResultPath(name); ok {
			t.Errorf("%q is read as %q %q %d", name, model, benchmark, version)
		}
	}
}

func TestWriteResult(t *testing.T) {
	root := write(t, sound)
	a, _, err := Open(root)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.WriteResult(testResult(), &Sidecar{Replicates: []float32{1. / 3}}); err != nil {
		t.Fatal(err)
	}
	a, problems, err := Open(root)
	if err != nil || len(problems) != 1 { // the wrong digest of net's response
		t.Fatalf("%v, %v", problems, err)
	}
	r, ok := a.Result("net", "Lab2026.IT-rdm", 1)
	if !ok {
		t.Fatal("the result is not there")
	}
	if s, err := a.Sidecar(r); err != nil || len(s.Replicates) != 1 {
		t.Errorf("sidecar %v, %v", s, err)
	}
	bin := filepath.Join(root, SidecarPath("net", "Lab2026.IT-rdm", 1))
	if err := os.WriteFile(bin, []byte("other"), 0o644); err != nil {
		t.Fatal(err)
	}
	if s, err := a.Sidecar(r); err != nil || len(s.Replicates) != 1 {
		t.Errorf("what Open has read: %v, %v", s, err)
	}
	anew := *r
	anew.Sidecar = &SidecarRef{File: r.Sidecar.File, SHA256: r.Sidecar.SHA256, Bytes: r.Sidecar.Bytes}
	if _, err := a.Sidecar(&anew); err == nil || !strings.Contains(err.Error(), "pins by digest") {
		t.Errorf("a changed sidecar: %v", err)
	}
	if err := os.Rename(bin, filepath.Join(root, "results/net/Lab2026.IT-rdm@2.bin")); err != nil {
		t.Fatal(err)
	}
	_, problems, err = Open(root)
	if err != nil || len(problems) != 3 {
		t.Errorf("a sidecar that is not there and one without its result: %v, %v", problems, err)
	}
	if left, _ := filepath.Glob(filepath.Join(root, "results/net/.write-*")); left != nil {
		t.Errorf("temporary files are left: %v", left)
	}
}

// TestEditedResults: whatever is changed in a committed result by hand is found.
func TestEditedResults(t *testing.T) {
	data, _, err := EncodePair(testResult(), nil)
	if err != nil {
		t.Fatal(err)
	}
	const name = "results/net/Lab2026.IT-rdm@1.json"
	for _, c := range []struct{ name, old, new, want string }{
		{"another model", `"model": "net"`, `"model": "not"`, name + ": the result is of not on Lab2026.IT-rdm@1"},
		{"number in another form", `"raw": 0.1`, `"raw": 0.10`, name + ": the file is not as the scorer writes it"},
		{"unknown field", `"rule": "ratio"`, `"rule": "ratio", "rank": 1`, name + `:`},
		{"text for a number", `"raw": 0.1`, `"raw": "0.1"`, name + ":"},
		{"another score", `"score": 0.3333333333333333`, `"score": 0.9`, name + ": the score 0.9 does not follow from raw, ceiling and rule"},
		{"cut off", `"warnings"`, "\x00", name + ":"},
		{"other schema", `"schema": 1`, `"schema": 2`, name + ":1: schema 2, this bsgen reads 1"},
		{"white space", "\n", " \n", name + ": the file is not as the scorer writes it"},
		{"more after the end", "\n}\n", "\n}\n{}\n", name + ":"},
	} {
		files := map[string]string{
			name:                    strings.Replace(string(data), c.old, c.new, 1),
			"submissions/README.md": "", "submissions/net/model.yaml": sound["submissions/other/model.yaml"],
		}
		_, problems, err := Open(write(t, files))
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(problems, func(p Problem) bool { return strings.HasPrefix(p.String(), c.want) }) {
			t.Errorf("%s: %v, want %q", c.name, problems, c.want)
		}
	}
}

func FuzzResult(f *testing.F) {
	data, bin, err := EncodePair(testResult(), &Sidecar{Replicates: []float32{1, 2}, Units: []float32{3}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data, bin)
	f.Fuzz(func(t *testing.T, data, bin []byte) {
		if r, err := DecodeResult(data); err == nil {
			if _, err := r.Encode(); err != nil {
				t.Errorf("decoded but not encoded: %v", err)
			}
		}
		if s, err := DecodeSidecar(bin); err == nil {
			if _, err := DecodeSidecar(first(s.Encode())); err != nil {
				t.Errorf("encoded but not decoded: %v", err)
			}
		}
	})
}

func first(data []byte, _ SHA256) []byte { return data }

func TestSHA256(t *testing.T) {
	digest := SHA256{0xab, 31: 0x01}
	text := "ab" + strings.Repeat("0", 60) + "01"
	if written, err := digest.MarshalText(); err != nil || string(written) != text || digest.String() != text {
		t.Errorf("%s, %v", written, err)
	}
	var back SHA256
	if err := back.UnmarshalText([]byte(text)); err != nil || back != digest {
		t.Errorf("%s, %v", back, err)
	}
	for _, bad := range []string{"", "ab", text[1:], text + "0", text + "00", strings.ToUpper(text), text[:63] + "g"} {
		if err := back.UnmarshalText([]byte(bad)); err == nil {
			t.Errorf("%q is taken for a digest", bad)
		}
	}
}
