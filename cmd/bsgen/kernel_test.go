package main

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/simdblas"
	"gonum.org/v1/gonum/blas/blas64"
)

// TestKernel: every command computes with simdblas, whose bits do not depend on
// the machine, and says which kernel it chose.
func TestKernel(t *testing.T) {
	var out, errOut bytes.Buffer
	if code := run(context.Background(), []string{"version", "-v"}, strings.NewReader(""), &out, &errOut); code != exitOK {
		t.Fatalf("exit code %d: %s", code, errOut.String())
	}
	if _, ok := blas64.Implementation().(simdblas.Implementation); !ok {
		t.Errorf("gonum computes with %T", blas64.Implementation())
	}
	if !strings.Contains(out.String(), "\nkernel "+simdblas.Kernel()+"\n") {
		t.Errorf("version -v does not name the kernel:\n%s", out.String())
	}
	if !strings.Contains(out.String(), "\nengine onnxruntime 1.") && !strings.Contains(out.String(), "\nengine none: no engine to run models with: ") {
		t.Errorf("version -v does not name the engine:\n%s", out.String())
	}
}
