package regress

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
)

// eigenCases are symmetric matrices that stress the divide step: generic,
// with repeated eigenvalues, of low rank, diagonal, graded over 16 decades,
// and the glued tridiagonal matrices on which roots nearly coincide.
func eigenCases() map[string]blas64.General {
	cases := map[string]blas64.General{}
	for _, n := range []int{1, 2, 3, 24, 25, 31, 64, 65, 130, 211} {
		s := lcg(n)
		x := newGeneral(n, n+3)
		for i := range x.Data {
			x.Data[i] = float64(s.draw()) / 1024
		}
		gramOf := func(x blas64.General) blas64.General {
			g := newGeneral(x.Rows, x.Rows)
			blas64.Gemm(blas.NoTrans, blas.Trans, 1, x, x, 0, g)
			return g
		}
		cases[fmt.Sprint("random ", n)] = gramOf(x)
		cases[fmt.Sprint("low rank ", n)] = gramOf(cols(x, 0, 1+n/5))
		identity, ones, graded, glued := newGeneral(n, n), newGeneral(n, n), newGeneral(n, n), newGeneral(n, n)
		for i := range n {
			identity.Data[i*n+i] = 3
			for j := range n {
				ones.Data[i*n+j] = 1
				graded.Data[i*n+j] = x.Data[i*x.Stride+j] * x.Data[j*x.Stride+i] * math.Pow(10, -float64(i+j)/float64(n)*8)
			}
			glued.Data[i*n+i] = math.Abs(float64(i%21 - 10)) // Wilkinson's W21+, glued
			if i > 0 {
				c := 1.0
				if i%21 == 0 {
					c = 1e-8
				}
				glued.Data[i*n+i-1], glued.Data[(i-1)*n+i] = c, c
			}
		}
		for i := range n {
			for j := range i {
				graded.Data[i*n+j] = graded.Data[j*n+i]
			}
		}
		cases[fmt.Sprint("identity ", n)] = identity
		cases[fmt.Sprint("ones ", n)] = ones
		cases[fmt.Sprint("graded ", n)] = graded
		cases[fmt.Sprint("glued ", n)] = glued
		cases[fmt.Sprint("zero ", n)] = newGeneral(n, n)
	}
	return cases
}

func TestSymmetricEigen(t *testing.T) {
	for name, a := range eigenCases() {
		n := a.Rows
		work := newGeneral(n, n)
		copy(work.Data, a.Data)
		values, v, err := symmetricEigen(context.Background(), work)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !slices.IsSorted(values) {
			t.Errorf("%s: eigenvalues do not ascend: %v", name, values)
		}
		norm := blas64.Nrm2(vec(a.Data))
		// V A Vᵀ = diag(values) and V Vᵀ = I, to some epsilons per row.
		va, vav, vv := newGeneral(n, n), newGeneral(n, n), newGeneral(n, n)
		blas64.Gemm(blas.NoTrans, blas.NoTrans, 1, v, a, 0, va)
		blas64.Gemm(blas.NoTrans, blas.Trans, 1, va, v, 0, vav)
		blas64.Gemm(blas.NoTrans, blas.Trans, 1, v, v, 0, vv)
		limit := 10 * epsilon * float64(n)
		for i := range n {
			vav.Data[i*n+i] -= values[i]
			vv.Data[i*n+i]--
		}
		if r := blas64.Nrm2(vec(vav.Data)); r > limit*norm {
			t.Errorf("%s: residual %.3g of %.3g", name, r, norm)
		}
		if r := blas64.Nrm2(vec(vv.Data)); r > limit {
			t.Errorf("%s: vectors deviate from orthogonality by %.3g", name, r)
		}
	}
}

func TestSymmetricEigenCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := symmetricEigen(ctx, newGeneral(50, 50)); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want %v", err, context.Canceled)
	}
}

func BenchmarkSymmetricEigen(b *testing.B) {
	for _, n := range []int{345, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := lcg(1)
			x := newGeneral(n, n)
			for i := range x.Data {
				x.Data[i] = float64(s.draw()) / 1024
			}
			a, work := newGeneral(n, n), newGeneral(n, n)
			blas64.Gemm(blas.NoTrans, blas.Trans, 1, x, x, 0, a)
			for b.Loop() {
				copy(work.Data, a.Data)
				if _, _, err := symmetricEigen(context.Background(), work); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
