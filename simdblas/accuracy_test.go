package simdblas

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"
)

// operands are the arguments of a routine. a, b and c are square of order n
// with rows ld apart, or vectors in their first n elements; c is the result.
type operands struct {
	n, ld       int
	alpha, beta float64
	a, b, c     []float64
}

func (o operands) abs() operands {
	o.alpha, o.beta = math.Abs(o.alpha), math.Abs(o.beta)
	for _, x := range []*[]float64{&o.a, &o.b, &o.c} {
		*x = slices.Clone(*x)
		for i, v := range *x {
			(*x)[i] = math.Abs(v)
		}
	}
	return o
}

// routines call every overridden routine.
var routines = map[string]func(impl blas.Float64, o operands){
	"Dgemm NN": func(impl blas.Float64, o operands) {
		impl.Dgemm(blas.NoTrans, blas.NoTrans, o.n, o.n, o.n, o.alpha, o.a, o.ld, o.b, o.ld, o.beta, o.c, o.ld)
	},
	"Dgemm NT": func(impl blas.Float64, o operands) {
		impl.Dgemm(blas.NoTrans, blas.Trans, o.n, o.n, o.n, o.alpha, o.a, o.ld, o.b, o.ld, o.beta, o.c, o.ld)
	},
	"Dgemm TN": func(impl blas.Float64, o operands) {
		impl.Dgemm(blas.Trans, blas.NoTrans, o.n, o.n, o.n, o.alpha, o.a, o.ld, o.b, o.ld, o.beta, o.c, o.ld)
	},
	"Dgemm CC": func(impl blas.Float64, o operands) {
		impl.Dgemm(blas.ConjTrans, blas.ConjTrans, o.n, o.n, o.n, o.alpha, o.a, o.ld, o.b, o.ld, o.beta, o.c, o.ld)
	},
	"Dsyrk UN": func(impl blas.Float64, o operands) {
		impl.Dsyrk(blas.Upper, blas.NoTrans, o.n, o.n, o.alpha, o.a, o.ld, o.beta, o.c, o.ld)
	},
	"Dsyrk LT": func(impl blas.Float64, o operands) {
		impl.Dsyrk(blas.Lower, blas.Trans, o.n, o.n, o.alpha, o.a, o.ld, o.beta, o.c, o.ld)
	},
	"Dsyr2k LN": func(impl blas.Float64, o operands) {
		impl.Dsyr2k(blas.Lower, blas.NoTrans, o.n, o.n, o.alpha, o.a, o.ld, o.b, o.ld, o.beta, o.c, o.ld)
	},
	"Dsyr2k UT": func(impl blas.Float64, o operands) {
		impl.Dsyr2k(blas.Upper, blas.Trans, o.n, o.n, o.alpha, o.a, o.ld, o.b, o.ld, o.beta, o.c, o.ld)
	},
	"Dsymm LU": func(impl blas.Float64, o operands) {
		impl.Dsymm(blas.Left, blas.Upper, o.n, o.n, o.alpha, o.a, o.ld, o.b, o.ld, o.beta, o.c, o.ld)
	},
	"Dsymm RL": func(impl blas.Float64, o operands) {
		impl.Dsymm(blas.Right, blas.Lower, o.n, o.n, o.alpha, o.a, o.ld, o.b, o.ld, o.beta, o.c, o.ld)
	},
	"Dgemv N": func(impl blas.Float64, o operands) {
		impl.Dgemv(blas.NoTrans, o.n, o.n, o.alpha, o.a, o.ld, o.b, 1, o.beta, o.c, 1)
	},
	"Dgemv T": func(impl blas.Float64, o operands) {
		impl.Dgemv(blas.Trans, o.n, o.n, o.alpha, o.a, o.ld, o.b, 1, o.beta, o.c, 1)
	},
	"Dsymv U": func(impl blas.Float64, o operands) {
		impl.Dsymv(blas.Upper, o.n, o.alpha, o.a, o.ld, o.b, 1, o.beta, o.c, 1)
	},
	"Dsymv L": func(impl blas.Float64, o operands) {
		impl.Dsymv(blas.Lower, o.n, o.alpha, o.a, o.ld, o.b, 1, o.beta, o.c, 1)
	},
	"Dger": func(impl blas.Float64, o operands) {
		impl.Dger(o.n, o.n, o.alpha, o.a, 1, o.b, 1, o.c, o.ld)
	},
	"Dsyr U": func(impl blas.Float64, o operands) { impl.Dsyr(blas.Upper, o.n, o.alpha, o.a, 1, o.c, o.ld) },
	"Dsyr L": func(impl blas.Float64, o operands) { impl.Dsyr(blas.Lower, o.n, o.alpha, o.a, 1, o.c, o.ld) },
	"Dsyr2 U": func(impl blas.Float64, o operands) {
		impl.Dsyr2(blas.Upper, o.n, o.alpha, o.a, 1, o.b, 1, o.c, o.ld)
	},
	"Dsyr2 L": func(impl blas.Float64, o operands) {
		impl.Dsyr2(blas.Lower, o.n, o.alpha, o.a, 1, o.b, 1, o.c, o.ld)
	},
	"Daxpy": func(impl blas.Float64, o operands) { impl.Daxpy(o.n, o.alpha, o.a, 1, o.c, 1) },
	"Ddot":  func(impl blas.Float64, o operands) { o.c[0] = impl.Ddot(o.n, o.a, 1, o.b, 1) },
	"Dnrm2": func(impl blas.Float64, o operands) { o.c[0] = impl.Dnrm2(o.n, o.a, 1) },
}

// TestAgreesWithGonum compares with gonum, whose results are those of the same
// formulas in another order. A sum of t products, in whatever order, with or
// without fma, is off by at most gamma(t+3) times the sum of their absolute
// values, where gamma(t) = t*u/(1-t*u), u = 2^-53, and 3 counts the roundings
// of alpha, beta and the last addition (Higham, Accuracy and Stability of
// Numerical Algorithms, 2nd ed., section 3.1). So two results differ by at most
// twice that, and gonum itself gives the sum of the absolute values.
func TestAgreesWithGonum(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 1))
	for _, n := range []int{1, 2, 4, 7, 16, 29, 64, 101, 259} {
		ld := n + 3
		o := operands{
			n: n, ld: ld, alpha: 1.3, beta: -0.7,
			a: random(rng, n*ld), b: random(rng, n*ld), c: random(rng, n*ld),
		}
		terms := float64(2*n + 3) // Dsyr2k has two products for each index
		gamma := terms * 0x1p-53 / (1 - terms*0x1p-53)
		for name, call := range routines {
			want, size := o, o.abs()
			want.c = slices.Clone(o.c)
			call(gonum.Implementation{}, want)
			call(gonum.Implementation{}, size)
			eachImplementation(func(kernel string, impl Implementation) {
				got := o
				got.c = slices.Clone(o.c)
				call(impl, got)
				for i, v := range got.c {
					if d := math.Abs(v - want.c[i]); !(d <= 2*gamma*math.Abs(size.c[i])) {
						t.Fatalf("%s %s n=%d: element %d is %v, gonum has %v: differs by %g, bound %g",
							name, kernel, n, i, v, want.c[i], d, 2*gamma*math.Abs(size.c[i]))
					}
				}
			})
		}
	}
}

// sprinkle overwrites about every tenth element with a value that arithmetic
// treats specially.
func sprinkle(rng *rand.Rand, x []float64) []float64 {
	special := []float64{math.NaN(), math.Inf(1), math.Inf(-1), 0, math.Copysign(0, -1), 5e-324, -1e-310, 1e308, -1e-200}
	for i := range x {
		if rng.IntN(10) == 0 {
			x[i] = special[rng.IntN(len(special))]
		}
	}
	return x
}

// TestSpecialValues checks the kernels against the definition where there are
// NaN, infinities, signed zeros, underflow and overflow.
func TestSpecialValues(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	for i := range 300 {
		m, n, k := 1+rng.IntN(30), 1+rng.IntN(30), 1+rng.IntN(12)
		alpha, beta := scalars[1+i%2], scalars[i%3]
		a, b := sprinkle(rng, random(rng, m*k)), sprinkle(rng, random(rng, n*k))
		s, c := sprinkle(rng, random(rng, m*m)), sprinkle(rng, random(rng, m*(m+n)+k))
		x := sprinkle(rng, random(rng, m+k))
		ul, tr := []blas.Uplo{blas.Upper, blas.Lower}[i%2], transposes[i/2%2]
		ldb := n
		if tr != blas.NoTrans {
			ldb = k
		}
		gm, sy, mv, sm := slices.Clone(c), slices.Clone(c), slices.Clone(c), slices.Clone(c)
		refGemm(blas.NoTrans, tr, m, n, k, alpha, a, k, b, ldb, beta, gm, n)
		refSyrk(ul, blas.NoTrans, m, k, alpha, a, k, beta, sy, m)
		refGemv(tr, m, k, alpha, a, k, x, 1, beta, mv, 1)
		refSymv(ul, m, alpha, s, m, a, 1, beta, sm, 1)
		eachImplementation(func(kernel string, impl Implementation) {
			what := fmt.Sprintf("%s %d: %dx%dx%d alpha=%v beta=%v %c %c", kernel, i, m, n, k, alpha, beta, ul, tr)
			got := slices.Clone(c)
			impl.Dgemm(blas.NoTrans, tr, m, n, k, alpha, a, k, b, ldb, beta, got, n)
			sameBits(t, "Dgemm "+what, got, gm)
			got = slices.Clone(c)
			impl.Dsyrk(ul, blas.NoTrans, m, k, alpha, a, k, beta, got, m)
			sameBits(t, "Dsyrk "+what, got, sy)
			got = slices.Clone(c)
			impl.Dgemv(tr, m, k, alpha, a, k, x, 1, beta, got, 1)
			sameBits(t, "Dgemv "+what, got, mv)
			got = slices.Clone(c)
			impl.Dsymv(ul, m, alpha, s, m, a, 1, beta, got, 1)
			sameBits(t, "Dsymv "+what, got, sm)
		})
	}
}

// TestBetaZeroOverwrites checks that no NaN in C survives beta = 0.
func TestBetaZeroOverwrites(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 3))
	for _, n := range []int{1, 5, 16, 50} {
		o := operands{n: n, ld: n, alpha: 1, beta: 0, a: random(rng, n*n), b: random(rng, n*n)}
		for _, name := range []string{"Dgemm NN", "Dgemm TN", "Dgemm NT", "Dsymm LU", "Dsymm RL"} {
			eachImplementation(func(kernel string, impl Implementation) {
				want, got := o, o
				want.c, got.c = make([]float64, n*n), slices.Repeat([]float64{math.NaN()}, n*n)
				routines[name](impl, want)
				routines[name](impl, got)
				for i, v := range got.c {
					if v != want.c[i] {
						t.Fatalf("%s %s n=%d: element %d is %v, want %v", name, kernel, n, i, v, want.c[i])
					}
				}
			})
		}
	}
}

// TestDnrm2Scales checks vectors whose sum of squares overflows or underflows.
func TestDnrm2Scales(t *testing.T) {
	for _, x := range [][]float64{
		{3e200, 4e200}, {3e-200, 4e-200}, {1e-160, 1}, {0, 0}, {1, math.Inf(-1)}, {math.NaN(), 1},
		{math.MaxFloat64}, {5e-324}, {-2},
	} {
		want := gonum.Implementation{}.Dnrm2(len(x), x, 1)
		eachImplementation(func(kernel string, impl Implementation) {
			sameBits(t, fmt.Sprint("Dnrm2 ", kernel, x), []float64{impl.Dnrm2(len(x), x, 1)}, []float64{want})
		})
	}
}
