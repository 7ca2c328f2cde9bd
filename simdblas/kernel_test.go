package simdblas

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"gonum.org/v1/gonum/blas"
)

var transposes = []blas.Transpose{blas.NoTrans, blas.Trans}

// scalars are the alpha and beta that routines treat specially, and one other.
var scalars = []float64{0, 1, -0.7}

// sizes are empty, single, odd, prime, and around the tiles (4, 12, 16).
var sizes = []int{0, 1, 2, 3, 5, 11, 12, 13, 16, 17, 31, 33}

// shapes are m, n, k of products around the blocks: 96 rows, 240 columns, 256
// summed indices, 1920 rows in a round; operands read in place; the last has
// two rounds over k.
var shapes = [][3]int{
	{7, 9, 255}, {12, 16, 256}, {13, 17, 257}, {5, 3, 1031}, {97, 241, 8}, {95, 239, 300},
	{127, 129, 63}, {193, 65, 129}, {1921, 7, 5}, {3, 1931, 4}, {40, 30, 2100},
	{300, 10, 700}, {10, 300, 700}, {1921, 26, 523},
}

// eachImplementation calls f with every kernel of this machine, on one
// goroutine and on eight.
func eachImplementation(f func(name string, impl Implementation)) {
	for _, kernel := range Kernels() {
		impl, err := New(kernel)
		if err != nil {
			panic(err)
		}
		for _, procs := range []int{1, 2, 8} {
			before := runtime.GOMAXPROCS(procs)
			f(fmt.Sprintf("%s on %d", kernel, procs), impl)
			runtime.GOMAXPROCS(before)
		}
	}
}

// ld returns a distance between rows that is larger than the width c.
func ld(c, i int) int { return c + 1 + i%3 }

func TestDgemmBits(t *testing.T) {
	all := slices.Clone(shapes)
	for _, m := range sizes {
		for _, n := range sizes {
			for _, k := range []int{0, 1, 2, 5, 17} {
				all = append(all, [3]int{m, n, k})
			}
		}
	}
	rng := rand.New(rand.NewPCG(1, 1))
	for i, s := range all {
		m, n, k := s[0], s[1], s[2]
		alpha, beta := scalars[i%3], scalars[i/3%3]
		if m*n*k > 5000 {
			alpha = -0.7
		}
		for _, tA := range transposes {
			for _, tB := range transposes {
				a, lda := operandFor(rng, tA, m, k, i)
				b, ldb := operandFor(rng, tB, k, n, i+1)
				ldc := ld(n, i)
				c := fill(rng, m, n, ldc)
				want := slices.Clone(c)
				refGemm(tA, tB, m, n, k, alpha, a, lda, b, ldb, beta, want, ldc)
				eachImplementation(func(name string, impl Implementation) {
					got := slices.Clone(c)
					impl.Dgemm(tA, tB, m, n, k, alpha, a, lda, b, ldb, beta, got, ldc)
					sameBits(t, fmt.Sprintf("%s %c%c %dx%dx%d alpha=%v beta=%v", name, tA, tB, m, n, k, alpha, beta), got, want)
				})
			}
		}
	}
}

// operandFor returns a matrix such that op of it is r x c.
func operandFor(rng *rand.Rand, t blas.Transpose, r, c, i int) (a []float64, lda int) {
	if t != blas.NoTrans {
		r, c = c, r
	}
	return fill(rng, r, c, ld(c, i)), ld(c, i)
}

func TestSymmetricProductBits(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var all [][2]int
	for _, n := range sizes {
		all = append(all, [2]int{n, 1}, [2]int{n, 7})
	}
	all = append(all, [2]int{37, 300}, [2]int{97, 40}, [2]int{241, 20}, [2]int{255, 3}, [2]int{1925, 2})
	for i, s := range all {
		n, k := s[0], s[1]
		for j, ul := range []blas.Uplo{blas.Upper, blas.Lower} {
			alpha, beta := scalars[1+(i+j)%2], scalars[i%3]
			for _, tA := range transposes {
				a, lda := operandFor(rng, tA, n, k, i)
				b, ldb := operandFor(rng, tA, n, k, i+1)
				ldc := ld(n, i)
				c := fill(rng, n, n, ldc)
				rk, r2k := slices.Clone(c), slices.Clone(c)
				refSyrk(ul, tA, n, k, alpha, a, lda, beta, rk, ldc)
				refSyr2k(ul, tA, n, k, alpha, a, lda, b, ldb, beta, r2k, ldc)
				eachImplementation(func(name string, impl Implementation) {
					what := fmt.Sprintf("%s %c%c %dx%d alpha=%v beta=%v", name, ul, tA, n, k, alpha, beta)
					got := slices.Clone(c)
					impl.Dsyrk(ul, tA, n, k, alpha, a, lda, beta, got, ldc)
					sameBits(t, "Dsyrk "+what, got, rk)
					got = slices.Clone(c)
					impl.Dsyr2k(ul, tA, n, k, alpha, a, lda, b, ldb, beta, got, ldc)
					sameBits(t, "Dsyr2k "+what, got, r2k)
				})
			}
			for _, side := range []blas.Side{blas.Left, blas.Right} {
				m, n := min(n, 300), k
				order := m
				if side == blas.Right {
					order = n
				}
				a, lda := fill(rng, order, order, ld(order, i)), ld(order, i)
				b, ldb := fill(rng, m, n, ld(n, i+1)), ld(n, i+1)
				c, ldc := fill(rng, m, n, ld(n, i)), ld(n, i)
				want := slices.Clone(c)
				refSymm(side, ul, m, n, alpha, a, lda, b, ldb, beta, want, ldc)
				eachImplementation(func(name string, impl Implementation) {
					got := slices.Clone(c)
					impl.Dsymm(side, ul, m, n, alpha, a, lda, b, ldb, beta, got, ldc)
					sameBits(t, fmt.Sprintf("Dsymm %s %c%c %dx%d", name, side, ul, m, n), got, want)
				})
			}
		}
	}
}

// increments are the strides of vectors to test, x's and y's.
var increments = [][2]int{{1, 1}, {2, 1}, {1, 3}, {-1, 2}, {-2, -1}}

func TestMatrixVectorBits(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 3))
	var all [][2]int
	for _, m := range sizes {
		for _, n := range sizes {
			all = append(all, [2]int{m, n})
		}
	}
	all = append(all, [2]int{63, 65}, [2]int{521, 523}, [2]int{300, 1031}, [2]int{1025, 257}, [2]int{5, span + 9})
	for i, s := range all {
		m, n := s[0], s[1]
		inc := increments[i%len(increments)]
		alpha, beta := scalars[i%3], scalars[i/3%3]
		lda := ld(n, i)
		a := fill(rng, m, n, lda)
		x, y := vector(rng, m, inc[0]), vector(rng, n, inc[1])
		what := fmt.Sprintf("%dx%d inc=%v alpha=%v beta=%v", m, n, inc, alpha, beta)

		rows, columns, rank1 := slices.Clone(x), slices.Clone(y), slices.Clone(a)
		refGemv(blas.NoTrans, m, n, alpha, a, lda, y, inc[1], beta, rows, inc[0])
		refGemv(blas.Trans, m, n, alpha, a, lda, x, inc[0], beta, columns, inc[1])
		for r := range m {
			for c := range n {
				if alpha != 0 {
					e := &rank1[r*lda+c]
					*e = math.FMA(alpha**element(x, m, inc[0])(r), *element(y, n, inc[1])(c), *e)
				}
			}
		}
		eachImplementation(func(name string, impl Implementation) {
			got := slices.Clone(x)
			impl.Dgemv(blas.NoTrans, m, n, alpha, a, lda, y, inc[1], beta, got, inc[0])
			sameBits(t, "Dgemv N "+name+" "+what, got, rows)
			got = slices.Clone(y)
			impl.Dgemv(blas.Trans, m, n, alpha, a, lda, x, inc[0], beta, got, inc[1])
			sameBits(t, "Dgemv T "+name+" "+what, got, columns)
			got = slices.Clone(a)
			impl.Dger(m, n, alpha, x, inc[0], y, inc[1], got, lda)
			sameBits(t, "Dger "+name+" "+what, got, rank1)
		})
	}
}

func TestSymmetricMatrixVectorBits(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 4))
	for i, n := range append(slices.Clone(sizes), 63, 65, 127, 521, 800) {
		for j, ul := range []blas.Uplo{blas.Upper, blas.Lower} {
			for l, inc := range increments {
				alpha, beta := scalars[(i+j+l)%3], scalars[(i+l)%3]
				lda := ld(n, i)
				a := fill(rng, n, n, lda)
				x, y := vector(rng, n, inc[0]), vector(rng, n, inc[1])
				what := fmt.Sprintf("%c %d inc=%v alpha=%v beta=%v", ul, n, inc, alpha, beta)

				mv, r1, r2 := slices.Clone(y), slices.Clone(a), slices.Clone(a)
				refSymv(ul, n, alpha, a, lda, x, inc[0], beta, mv, inc[1])
				xs, ys := element(x, n, inc[0]), element(y, n, inc[1])
				for r := range n {
					for c := range n {
						if e := r*lda + c; alpha != 0 && inHalf(ul, r, c) {
							r1[e] = math.FMA(alpha**xs(r), *xs(c), r1[e])
							r2[e] = math.FMA(alpha**xs(r), *ys(c), r2[e])
							r2[e] = math.FMA(alpha**ys(r), *xs(c), r2[e])
						}
					}
				}
				eachImplementation(func(name string, impl Implementation) {
					got := slices.Clone(y)
					impl.Dsymv(ul, n, alpha, a, lda, x, inc[0], beta, got, inc[1])
					sameBits(t, "Dsymv "+name+" "+what, got, mv)
					got = slices.Clone(a)
					impl.Dsyr(ul, n, alpha, x, inc[0], got, lda)
					sameBits(t, "Dsyr "+name+" "+what, got, r1)
					got = slices.Clone(a)
					impl.Dsyr2(ul, n, alpha, x, inc[0], y, inc[1], got, lda)
					sameBits(t, "Dsyr2 "+name+" "+what, got, r2)
				})
			}
		}
	}
}

func TestVectorBits(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 5))
	for n := range 41 {
		if n == 40 {
			n = 2*span + 3
		}
		for _, inc := range increments {
			x, y := vector(rng, n, inc[0]), vector(rng, n, inc[1])
			var d, norm float64
			sum := slices.Clone(y)
			if n > 0 {
				xs, ys := element(x, n, inc[0]), element(y, n, inc[1])
				d, norm = math.Copysign(0, -1), 0
				pieces(n, func(i int) float64 { return *xs(i) }, func(i int) float64 { return *ys(i) }, func(v float64) { d += v })
				pieces(n, func(i int) float64 { return *xs(i) }, func(i int) float64 { return *xs(i) }, func(v float64) { norm += v })
				norm = math.Sqrt(norm)
				for i := range n {
					e := element(sum, n, inc[1])(i)
					*e = math.FMA(-0.7, *xs(i), *e)
				}
			}
			if inc[0] < 0 {
				norm = 0 // as BLAS has it
			}
			eachImplementation(func(name string, impl Implementation) {
				what := fmt.Sprintf("%s %d inc=%v", name, n, inc)
				sameBits(t, "Ddot "+what, []float64{impl.Ddot(n, x, inc[0], y, inc[1])}, []float64{d})
				sameBits(t, "Dnrm2 "+what, []float64{impl.Dnrm2(n, x, inc[0])}, []float64{norm})
				got := slices.Clone(y)
				impl.Daxpy(n, -0.7, x, inc[0], got, inc[1])
				sameBits(t, "Daxpy "+what, got, sum)
			})
		}
	}
}

// TestDigest pins the bits across architectures: the digest is the same
// constant wherever the test runs.
func TestDigest(t *testing.T) {
	const want = "731c00064ef20719138a7453e0fbc87e86c3de6536afce849d009115fbb7ecc2"
	rng := rand.New(rand.NewPCG(1, 6))
	uniform := func(n int) []float64 { // exact on every platform
		x := make([]float64, n)
		for i := range x {
			x[i] = rng.Float64() - 0.5
		}
		return x
	}
	const n, ld = 271, 273
	o := operands{n: n, ld: ld, alpha: 1.3, beta: -0.7, a: uniform(n * ld), b: uniform(n * ld), c: uniform(n * ld)}
	eachImplementation(func(kernel string, impl Implementation) {
		h := sha256.New()
		for _, name := range slices.Sorted(maps.Keys(routines)) {
			run := o
			run.c = slices.Clone(o.c)
			routines[name](impl, run)
			if err := binary.Write(h, binary.LittleEndian, run.c); err != nil {
				t.Fatal(err)
			}
		}
		if got := hex.EncodeToString(h.Sum(nil)); got != want {
			t.Errorf("%s: digest %s, want %s", kernel, got, want)
		}
	})
}
