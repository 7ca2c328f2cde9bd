package main

import (
	"bytes"
	"io"
	"regexp"
	"testing"

	"github.com/bsgen/bsgen/archive"
)

// TestShowExecuted: a result of a model that was run says by what, with which
// layer, and how near recomputing comes; one of a recorded response does not.
func TestShowExecuted(t *testing.T) {
	r := &archive.Result{Model: "net", Benchmark: "b", Version: 1, Status: archive.Scored, Tolerance: 1e-3,
		Provenance: &archive.Provenance{Kind: archive.KindComputed},
		Engine:     &archive.Engine{Name: "bsgen pls", Version: "2", Runtime: "onnxruntime 1.30.0"},
		Layers:     []archive.Layer{{Region: "V4", Tensor: "conv1", Score: .25}, {Region: "V4", Tensor: "conv2", Score: .5}, {Region: "V4", Tensor: "conv3", Score: .5}}}
	lines := []string{
		`(?m)^model run by +onnxruntime 1\.30\.0$`,
		`(?m)^layer +conv2, 0\.5000 on the selection set for V4, the best of 3$`,
		`(?m)^tolerance +0\.001, recomputing may differ by that$`,
	}
	for _, executed := range []bool{true, false} {
		if !executed {
			r.Tolerance, r.Layers, r.Engine.Runtime = 0, nil, ""
		}
		var out bytes.Buffer
		if err := showResult(newUI(&out, io.Discard), r, ""); err != nil {
			t.Fatal(err)
		}
		for _, l := range lines {
			if regexp.MustCompile(l).Match(out.Bytes()) != executed {
				t.Errorf("executed %t: %s in\n%s", executed, l, out.String())
			}
		}
	}
}
