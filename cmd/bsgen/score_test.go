package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/evaluate"
	"github.com/bsgen/bsgen/systemmodel"
	"github.com/bsgen/bsgen/systemmodel/engine"
)

// An interrupted command says so, and nothing of pairs that it did not get to.
func TestInterrupted(t *testing.T) {
	root := demoArchive(t)
	if err := os.RemoveAll(filepath.Join(root, "results")); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, errOut bytes.Buffer
	if code := run(ctx, []string{"-C", root, "score"}, strings.NewReader(""), &out, &errOut); code != exitFindings {
		t.Errorf("exit code %d, want %d", code, exitFindings)
	}
	want := "0 scored, 0 failed, 0 up to date\nbsgen: interrupted; run the command again to go on\n"
	if errOut.String() != want || out.Len() > 0 {
		t.Errorf("standard error %q, want %q; standard output %q", &errOut, want, &out)
	}
}

// A response that fails on many benchmarks is one line, the same whatever the
// order in which they were scored.
func TestScoringReport(t *testing.T) {
	m := &archive.Model{ID: "m", Dir: "submissions/m"}
	outcome := func(benchmark string, status archive.Status, reason string) evaluate.Outcome {
		return evaluate.Outcome{
			Pair:   evaluate.Pair{Model: m, Benchmark: &archive.Benchmark{ID: benchmark}},
			Result: &archive.Result{Status: status, Reason: reason},
		}
	}
	outcomes := []evaluate.Outcome{
		outcome("D", archive.Failed, "no column"), outcome("B", archive.Failed, "no column"),
		outcome("A", archive.Failed, "no column"), outcome("C", archive.Failed, "no column"),
		outcome("F", archive.NotApplicable, "trained_on: itself"), outcome("E", archive.Scored, ""),
	}
	const want = "submissions/m/model.yaml:0: failed on 4 benchmarks: A, B, C and 1 more: no column\n" +
		"submissions/m/model.yaml:0: not applicable on F: trained_on: itself\n"
	for range len(outcomes) {
		outcomes = append(outcomes[1:], outcomes[0])
		s := &scoring{causes: map[string]bool{}, refused: map[refusal][]string{}}
		for _, o := range outcomes {
			s.add(o, nil)
		}
		var out, errOut bytes.Buffer
		s.report(newUI(&out, &errOut))
		if errOut.String() != want {
			t.Errorf("%s, want %s", &errOut, want)
		}
		if got := s.String(); got != "1 scored, 4 failed, 1 not applicable" || s.err() == nil {
			t.Errorf("%s, %v", got, s.err())
		}
	}
}

// Where there is no engine the next step is to install one, whatever else is
// missing; where there is, it is to fetch data.
func TestAbsentHint(t *testing.T) {
	none := &systemmodel.MachineError{Err: &engine.Unavailable{Why: "it is not installed", Hint: "install it"}}
	data := errors.New("no connection")
	for _, c := range []struct {
		errs []error
		want string
	}{
		{[]error{none}, "install it"},
		{[]error{data, none, data}, "install it"},
		{[]error{data}, "`bsgen data pull` fetches data that are missing and resumes what broke off"},
	} {
		s, v := newScoring(), &verdict{}
		for _, err := range c.errs {
			s.add(evaluate.Outcome{Err: err}, err)
			v.add(nil, evaluate.Outcome{Err: err})
		}
		var out, errOut bytes.Buffer
		for _, err := range []error{s.err(), v.report(newUI(&out, &errOut))} {
			var h *hinted
			if !errors.As(err, &h) || h.hint != c.want {
				t.Errorf("%v: got %+v, want the hint %q", c.errs, err, c.want)
			}
		}
	}
}
