package neural

import (
	"context"
	"math"

	"gonum.org/v1/gonum/blas/blas64"

	"github.com/bsgen/bsgen/scoring/regress"
	"github.com/bsgen/bsgen/scoring/split"
	"github.com/bsgen/bsgen/scoring/stat"
)

// CKA is centred kernel alignment of the linear kernels K = XXᵀ and L = YYᵀ:
// HSIC(K, L)/√(HSIC(K, K) HSIC(L, L)), from 0 (or somewhat below, unbiased) to
// 1 for representations that are equal up to rotation and scale.
//
// HSIC is estimated without bias, from kernels with cleared diagonals, which
// keeps unrelated high-dimensional data near 0:
//
//	[ΣK∘L + ΣK ΣL/((n-1)(n-2)) - 2/(n-2) 1ᵀKL1] / (n(n-3)),
//
// and the score is 0 where the product under the root is not positive; or,
// biased, as the inner product of the doubly centred kernels. Fewer than four
// stimuli give NaN in the unbiased form, and so does in both a side that is the
// same for all stimuli.
//
// Kornblith et al., "Similarity of neural network representations revisited"
// (2019); Song et al., "Feature selection via dependence maximization" (2012),
// equation 5.
type CKA struct {
	Biased bool
	// Subsets asks for splits and scores each test set alone.
	Subsets bool
}

// Score implements [Metric].
func (m CKA) Score(ctx context.Context, model, brain regress.Matrix, splits []split.Split) (*Score, error) {
	checkRows(model, brain)
	k, unitK, err := centredGram(ctx, model)
	if err != nil {
		return nil, err
	}
	l, unitL, err := centredGram(ctx, brain)
	if err != nil {
		return nil, err
	}
	hsic := unbiasedHSIC
	if m.Biased {
		hsic = biasedHSIC
	}
	return overSubsets(ctx, k.Rows, m.Subsets, splits, func(stimuli []int) float64 {
		a, b := submatrix(k, stimuli), submatrix(l, stimuli)
		if !varies(a) || !varies(b) {
			return math.NaN()
		}
		xy, xx, yy := hsic(a, b), hsic(a, a), hsic(b, b)
		if m.Biased {
			return stat.Correlation(xy, xx, yy)
		}
		if xx == 0 || yy == 0 || xx > 0 != (yy > 0) {
			return 0
		}
		root := math.Sqrt(math.Abs(xx)) * math.Sqrt(math.Abs(yy))
		// Brain-Score adds this constant to the denominator.
		return xy / (root + 1e-12*unitK*unitL)
	})
}

// centredGram returns the kernel of the data less their column means. Neither
// estimate depends on these, but the sums keep more digits without them. The
// kernel is multiplied by unit, a power of two that is 1 unless its squares
// would under- or overflow.
func centredGram(ctx context.Context, m regress.Matrix) (k blas64.General, unit float64, err error) {
	n, p := m.Dims()
	if n > 0 {
		first := make([]float64, p)
		m.Row(first, 0, 0)
		m = shifted{m, first} // makes constant columns exactly zero
	}
	mean, err := regress.Means(ctx, m, regress.Options{})
	if err == nil {
		k, err = regress.Gram(ctx, shifted{m, mean}, regress.Options{})
	}
	if err != nil {
		return blas64.General{}, 0, err
	}
	largest := 0.0
	for i := range k.Rows {
		largest = max(largest, k.Data[i*k.Stride+i])
	}
	unit = stat.Scale(largest)
	blas64.Scal(unit, blas64.Vector{N: len(k.Data), Inc: 1, Data: k.Data})
	return k, unit, nil
}

// varies reports whether a kernel's stimuli differ by more than rounding.
func varies(k blas64.General) bool {
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range k.Data {
		low, high = min(low, v), max(high, v)
	}
	return high-low > 1e-14*max(math.Abs(low), math.Abs(high))
}

// shifted is a matrix less a number per column.
type shifted struct {
	regress.Matrix
	by []float64
}

func (s shifted) Row(dst []float64, i, lo int) {
	s.Matrix.Row(dst, i, lo)
	for j, m := range s.by[lo : lo+len(dst)] {
		dst[j] -= m
	}
}

func submatrix(g blas64.General, idx []int) blas64.General {
	n := len(idx)
	s := blas64.General{Rows: n, Cols: n, Stride: n, Data: make([]float64, n*n)}
	for a, i := range idx {
		for b, j := range idx {
			s.Data[a*n+b] = g.Data[i*g.Stride+j]
		}
	}
	return s
}

func unbiasedHSIC(k, l blas64.General) float64 {
	n := float64(k.Rows)
	if k.Rows < 4 {
		return math.NaN()
	}
	var product, sumK, sumL, through float64
	for i := range k.Rows {
		var rowK, rowL, inner float64
		for j := range k.Rows {
			if j == i {
				continue
			}
			u, v := k.Data[i*k.Stride+j], l.Data[i*l.Stride+j]
			inner += float64(u * v)
			rowK += u
			rowL += v
		}
		product += inner
		sumK += rowK
		sumL += rowL
		through += float64(rowK * rowL)
	}
	return (product + sumK*sumL/((n-1)*(n-2)) - float64(2/(n-2)*through)) / (n * (n - 3))
}

// biasedHSIC is Σ (HKH)∘(HLH), which is Σ K∘(HLH) with row and column means
// taken off.
func biasedHSIC(k, l blas64.General) float64 {
	n := k.Rows
	mk, ml := rowMeans(k), rowMeans(l)
	tk, tl := stat.Mean(mk), stat.Mean(ml)
	sum := 0.0
	for i := range n {
		inner := 0.0
		for j := range n {
			u := k.Data[i*k.Stride+j] - mk[i] - mk[j] + tk
			v := l.Data[i*l.Stride+j] - ml[i] - ml[j] + tl
			inner += float64(u * v)
		}
		sum += inner
	}
	return sum
}

func rowMeans(g blas64.General) []float64 {
	m := make([]float64, g.Rows)
	for i := range m {
		m[i] = stat.Mean(g.Data[i*g.Stride : i*g.Stride+g.Cols])
	}
	return m
}
