package regress

import (
	"context"
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
)

// leaveOneOut computes the squared leave-one-out error of ridge regression for
// many penalties from one eigendecomposition with eigenvalues λ_k.
//
// With z_i the coordinates of training stimulus i and P (dims x targets) the
// responses' in the eigenvectors, w_k = 1/(λ_k + α), the error at stimulus i is
// c_i/g_i, where
//
//	dual form    c_i = Σ_k z_ik w_k P_k           g_i = Σ_k z_ik² w_k
//	primal form  c_i = y_i - Σ_k z_ik w_k P_k     g_i = 1 - 1/n - Σ_k z_ik² w_k
//
// so that only |c_i|² depends on the targets, and on them only through the
// matrix M = PPᵀ: Σ_kl z_ik w_k M_kl w_l z_il. Because
// w_k w_l = (w_k - w_l)/(λ_l - λ_k), that double sum is linear in w apart from
// its diagonal,
//
//	Σ_k B_ik w_k + D_ik w_k²,  B_ik = z_ik Σ_l z_il 2 M_lk/(λ_l - λ_k),
//
// and all penalties together cost two products per stimulus and dimension.
// Σ_k B_ik is zero, which allows a constant to be taken from w: the differences
// to that of the smallest eigenvalue keep their digits where α exceeds all λ.
// Pairs of eigenvalues too close for the quotient are treated as equal, an
// error of the order of the square of their distance, and go to D.
type leaveOneOut struct {
	projected blas64.General // P
	alphas    int
	shape     blas64.General // 2 M_lk/(λ_l - λ_k)
	diagonal  []float64      // M_kk
	equal     blas64.General // M_lk for equal pairs, with the diagonal; empty if there are none
	// One column per penalty: w, w less its value at the smallest eigenvalue,
	// and w².
	w, shifted, squared blas64.General

	// rows fills z with the coordinates of training stimuli lo to hi.
	rows func(ctx context.Context, lo, hi int, z blas64.General) error
	// responses returns their centred responses, in the primal form; nil in
	// the dual.
	responses func(lo, hi int) blas64.General
}

// Eigenvalues nearer than this, relative to their size, count as equal.
const equalEigenvalues = 1e-6

func newLeaveOneOut(ctx context.Context, values []float64, projected blas64.General, alphas []float64) (*leaveOneOut, error) {
	d, na := len(values), len(alphas)
	s := &leaveOneOut{projected: projected, alphas: na, shape: newGeneral(d, d), diagonal: make([]float64, d)}
	lambda := make([]float64, d)
	for k, v := range values {
		lambda[k] = math.Max(0, v) // rounding can make a zero negative
	}
	if err := addGram(ctx, 1, blas.NoTrans, 1, projected, s.shape); err != nil {
		return nil, err
	}
	mirror(s.shape)
	floor := 0.0
	if d > 0 {
		floor = 4 * epsilon * lambda[d-1]
	}
	for l := range d {
		m := row(s.shape, l)
		s.diagonal[l] = m[l]
		for k := range m {
			gap := lambda[l] - lambda[k]
			if k == l {
				m[k] = 0
			} else if math.Abs(gap) > float64(equalEigenvalues*(lambda[l]+lambda[k]))+floor {
				m[k] *= 2 / gap
			} else {
				if s.equal.Rows == 0 {
					s.equal = newGeneral(d, d)
				}
				s.equal.Data[l*d+k] = m[k]
				m[k] = 0
			}
		}
	}
	if s.equal.Rows > 0 {
		for k, v := range s.diagonal {
			s.equal.Data[k*d+k] = v
		}
	}
	s.w, s.shifted, s.squared = newGeneral(d, na), newGeneral(d, na), newGeneral(d, na)
	for k, v := range lambda {
		for a, alpha := range alphas {
			w := 1 / (v + alpha)
			i := k*na + a
			s.w.Data[i] = w
			s.shifted.Data[i] = -(v - lambda[0]) * w / (lambda[0] + alpha)
			s.squared.Data[i] = w * w
		}
	}
	return s, nil
}

// looBlock is the number of stimuli treated together; larger than [rowBlock]
// because each block reads whole dims x dims matrices.
const looBlock = 480

// choose returns the first penalty with the least mean squared error over n
// training stimuli and q targets, and that error.
func (s *leaveOneOut) choose(ctx context.Context, workers, n, q int) (best int, loss float64, err error) {
	blocks := ceilDiv(n, looBlock)
	sums := newGeneral(blocks, s.alphas)
	err = each(ctx, workers, blocks, func(b int) error {
		lo, hi := b*looBlock, min(n, (b+1)*looBlock)
		return s.errors(ctx, lo, hi, n, row(sums, b))
	})
	if err != nil {
		return 0, 0, err
	}
	for a := range s.alphas {
		sum := 0.0
		for b := range blocks {
			sum += sums.Data[b*s.alphas+a]
		}
		if a == 0 || sum < loss {
			best, loss = a, sum
		}
	}
	return best, loss / (float64(n) * float64(q)), nil
}

// errors adds to sum, per penalty, the squared errors at stimuli lo to hi.
func (s *leaveOneOut) errors(ctx context.Context, lo, hi, n int, sum []float64) error {
	d, m := len(s.diagonal), hi-lo
	z := newGeneral(m, d)
	c, g := newGeneral(m, s.alphas), newGeneral(m, s.alphas) // |c_i|², g_i
	work := newGeneral(m, d)
	err := s.rows(ctx, lo, hi, z)
	multiply := func(t blas.Transpose, alpha float64, a, b blas64.General, beta float64, c blas64.General) {
		if err == nil {
			err = gemm(ctx, blas.NoTrans, t, alpha, a, b, beta, c)
		}
	}

	multiply(blas.NoTrans, 1, z, s.shape, 0, work)
	hadamard(work.Data, z.Data)
	multiply(blas.NoTrans, 1, work, s.shifted, 0, c)

	if s.equal.Rows > 0 {
		multiply(blas.NoTrans, 1, z, s.equal, 0, work)
	} else {
		for i := range m {
			zi, wi := row(z, i), row(work, i)
			for k, v := range s.diagonal {
				wi[k] = zi[k] * v
			}
		}
	}
	hadamard(work.Data, z.Data)
	multiply(blas.NoTrans, 1, work, s.squared, 1, c)

	copy(work.Data, z.Data)
	hadamard(work.Data, z.Data)
	multiply(blas.NoTrans, 1, work, s.w, 0, g)

	if s.responses != nil {
		y := s.responses(lo, hi)
		multiply(blas.Trans, -2, y, s.projected, 0, work)
		hadamard(work.Data, z.Data)
		multiply(blas.NoTrans, 1, work, s.w, 1, c)
		for i := range m {
			yy := dot(row(y, i), row(y, i))
			ci, gi := row(c, i), row(g, i)
			for a := range ci {
				ci[a] += yy
				gi[a] = 1 - 1/float64(n) - gi[a]
			}
		}
	}
	for i := range m {
		gi := row(g, i)
		for a, v := range row(c, i) {
			sum[a] += v / (gi[a] * gi[a])
		}
	}
	return err
}

// hadamard multiplies a by b entry by entry.
func hadamard(a, b []float64) {
	b = b[:len(a)]
	for i := range a {
		a[i] *= b[i]
	}
}
