package simdblas

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/blas/gonum"
	"gonum.org/v1/gonum/mat"
)

func ExampleUse() {
	defer blas64.Use(blas64.Implementation())
	Use()
	a := mat.NewDense(2, 2, []float64{1, 2, 3, 4})
	var c mat.Dense
	c.Mul(a, a.T())
	fmt.Println(mat.Formatted(&c))
	// Output:
	// ⎡ 5  11⎤
	// ⎣11  25⎦
}

func TestNew(t *testing.T) {
	names := Kernels()
	if names[0] != Kernel() || names[len(names)-1] != "generic" {
		t.Errorf("kernels are %v, want %q first and generic last", names, Kernel())
	}
	if got := (Implementation{}).kernel().name; got != Kernel() {
		t.Errorf("the zero value runs on %q, want %q", got, Kernel())
	}
	if _, err := New("mmx"); err == nil || !strings.Contains(err.Error(), "generic") {
		t.Errorf(`New("mmx") gave the error %v, want one that names the kernels`, err)
	}
}

// TestFeaturesOff runs this binary again with processor features hidden.
func TestFeaturesOff(t *testing.T) {
	if len(Kernels()) == 1 {
		t.Skip("this machine has only the generic kernel")
	}
	for godebug, want := range map[string]string{
		"cpu.avx512f=off": "avx2",
		"cpu.avx2=off":    "generic",
		"cpu.fma=off":     "generic",
	} {
		cmd := exec.Command(os.Args[0], "-test.run=^TestKernelName$", "-test.v")
		cmd.Env = append(os.Environ(), "GODEBUG="+godebug)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", godebug, err, out)
		}
		if !strings.Contains(string(out), "kernel="+want+"\n") {
			t.Errorf("GODEBUG=%s: want kernel %s, got:\n%s", godebug, want, out)
		}
	}
}

func TestKernelName(t *testing.T) {
	t.Logf("kernel=%s", Kernel())
	if !slices.Contains([]string{"avx512", "avx2", "generic"}, Kernel()) {
		t.Errorf("unknown kernel %q", Kernel())
	}
}

// TestPanics checks that wrong arguments panic with gonum's words.
func TestPanics(t *testing.T) {
	x := make([]float64, 100)
	for name, call := range map[string]func(impl blas.Float64){
		"Dgemm transpose": func(impl blas.Float64) { impl.Dgemm('X', 'N', 2, 2, 2, 1, x, 2, x, 2, 0, x, 2) },
		"Dgemm m":         func(impl blas.Float64) { impl.Dgemm('N', 'N', -1, 2, 2, 1, x, 2, x, 2, 0, x, 2) },
		"Dgemm k":         func(impl blas.Float64) { impl.Dgemm('N', 'N', 2, 2, -1, 1, x, 2, x, 2, 0, x, 2) },
		"Dgemm lda":       func(impl blas.Float64) { impl.Dgemm('N', 'N', 2, 2, 5, 1, x, 4, x, 2, 0, x, 2) },
		"Dgemm ldb":       func(impl blas.Float64) { impl.Dgemm('N', 'T', 2, 2, 5, 1, x, 5, x, 4, 0, x, 2) },
		"Dgemm ldc":       func(impl blas.Float64) { impl.Dgemm('N', 'N', 2, 5, 2, 1, x, 2, x, 5, 0, x, 4) },
		"Dgemm a":         func(impl blas.Float64) { impl.Dgemm('N', 'N', 2, 2, 2, 1, x[:3], 2, x, 2, 0, x, 2) },
		"Dgemm b":         func(impl blas.Float64) { impl.Dgemm('N', 'N', 2, 2, 2, 1, x, 2, x[:3], 2, 0, x, 2) },
		"Dgemm c":         func(impl blas.Float64) { impl.Dgemm('N', 'N', 2, 2, 2, 1, x, 2, x, 2, 0, x[:3], 2) },
		"Dgemm column c":  func(impl blas.Float64) { impl.Dgemm('N', 'N', 3, 1, 2, 1, x, 2, x, 2, 0, x[:6], 3) },
		"Dsyrk uplo":      func(impl blas.Float64) { impl.Dsyrk('X', 'N', 2, 2, 1, x, 2, 0, x, 2) },
		"Dsyrk c":         func(impl blas.Float64) { impl.Dsyrk('U', 'N', 2, 2, 1, x, 2, 0, x[:3], 2) },
		"Dsyr2k b":        func(impl blas.Float64) { impl.Dsyr2k('U', 'N', 2, 2, 1, x, 2, x[:3], 2, 0, x, 2) },
		"Dsymm side":      func(impl blas.Float64) { impl.Dsymm('X', 'U', 2, 2, 1, x, 2, x, 2, 0, x, 2) },
		"Dsymm a":         func(impl blas.Float64) { impl.Dsymm('R', 'U', 1, 3, 1, x[:8], 3, x, 3, 0, x, 3) },
		"Dgemv incX":      func(impl blas.Float64) { impl.Dgemv('N', 2, 2, 1, x, 2, x, 0, 0, x, 1) },
		"Dgemv x":         func(impl blas.Float64) { impl.Dgemv('N', 2, 5, 1, x, 5, x[:8], 2, 0, x, 1) },
		"Dgemv y":         func(impl blas.Float64) { impl.Dgemv('T', 2, 5, 1, x, 5, x, 1, 0, x[:8], -2) },
		"Dsymv a":         func(impl blas.Float64) { impl.Dsymv('U', 3, 1, x[:8], 3, x, 1, 0, x, 1) },
		"Dger lda":        func(impl blas.Float64) { impl.Dger(3, 3, 1, x, 1, x, 1, x, 2) },
		"Dsyr uplo":       func(impl blas.Float64) { impl.Dsyr('X', 3, 1, x, 1, x, 3) },
		"Dsyr2 y":         func(impl blas.Float64) { impl.Dsyr2('L', 3, 1, x, 1, x[:2], 1, x, 3) },
		"Ddot x":          func(impl blas.Float64) { impl.Ddot(3, x[:2], 1, x, 1) },
		"Daxpy incY":      func(impl blas.Float64) { impl.Daxpy(3, 1, x, 1, x, 0) },
		"Dnrm2 n":         func(impl blas.Float64) { impl.Dnrm2(-1, x, 1) },
	} {
		want, got := panicOf(gonum.Implementation{}, call), panicOf(Implementation{}, call)
		if want == nil {
			t.Fatalf("%s: gonum does not panic", name)
		}
		if got != want {
			t.Errorf("%s: panics with %v, want %v", name, got, want)
		}
	}
}

func panicOf(impl blas.Float64, call func(blas.Float64)) (v any) {
	defer func() { v = recover() }()
	call(impl)
	return nil
}

// TestConcurrentCalls multiplies from several goroutines at once and checks
// that they do not disturb one another and that none is left over.
func TestConcurrentCalls(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	const n = 150
	a, b, want := normal(n*n), normal(n*n), make([]float64, n*n)
	multiply := func(c []float64) {
		Implementation{}.Dgemm(blas.NoTrans, blas.Trans, n, n, n, 1, a, n, b, n, 0, c, n)
	}
	multiply(want)
	before := runtime.NumGoroutine()
	var wg sync.WaitGroup
	got := make([][]float64, 8)
	for i := range got {
		wg.Go(func() {
			got[i] = make([]float64, n*n)
			for range 20 {
				multiply(got[i])
			}
		})
	}
	wg.Wait()
	for i := range got {
		sameBits(t, fmt.Sprint("call ", i), got[i], want)
	}
	// The last may be on their way out for as long as the machine is busy. One that
	// never ends is what the test's timeout is for, which prints all goroutines.
	for runtime.NumGoroutine() > before {
		time.Sleep(time.Millisecond)
	}
}
