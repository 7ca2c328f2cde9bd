package simdblas

import (
	"fmt"
	"strings"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/blas/gonum"
)

// Implementation implements [blas.Float64] with one kernel, and gonum's other
// BLAS interfaces by gonum itself. The zero value uses the fastest kernel.
type Implementation struct {
	gonum.Implementation
	with *kernel
}

var _ blas.Float64 = Implementation{}

// Use makes the fastest kernel of this machine the implementation that blas64,
// and with it gonum's mat and lapack64, runs on. Call it before any of them is
// in use, as blas64.Use does not synchronize.
func Use() { blas64.Use(Implementation{}) }

// Kernel returns the name of the kernel that [Use] registers: "avx512", "avx2"
// or "generic".
func Kernel() string { return kernels[0].name }

// Kernels returns the names of the kernels that this machine can run, fastest
// first. The last is always "generic".
func Kernels() []string {
	names := make([]string, len(kernels))
	for i, kn := range kernels {
		names[i] = kn.name
	}
	return names
}

// New returns an implementation that runs on the named kernel. It fails where
// the name is none of [Kernels].
func New(kernel string) (Implementation, error) {
	for _, kn := range kernels {
		if kn.name == kernel {
			return Implementation{with: kn}, nil
		}
	}
	return Implementation{}, fmt.Errorf("simdblas: no kernel %q on this machine, it has %s",
		kernel, strings.Join(Kernels(), ", "))
}

func (impl Implementation) kernel() *kernel {
	if impl.with == nil {
		return kernels[0]
	}
	return impl.with
}
