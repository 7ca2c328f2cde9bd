package regress

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack"
	"gonum.org/v1/gonum/lapack/gonum"
)

// leafSize is the size at which divide and conquer ends in a QL iteration.
const leafSize = 24

// tridiagonalEigen returns the eigenvectors, as rows, of the symmetric
// tridiagonal matrix with diagonal d and off-diagonal e, and leaves its
// eigenvalues in d in ascending order. It destroys e.
//
// The matrix is two independent halves plus a matrix of rank one; from the
// halves' eigenvectors, those of the whole follow by the roots of a rational
// function and one matrix product.
//
// Cuppen (1981); Gu and Eisenstat, "A divide-and-conquer algorithm for the
// symmetric tridiagonal eigenproblem" (1995), which the orthogonality of the
// vectors rests on; deflation as in LAPACK's dlaed2.
func tridiagonalEigen(ctx context.Context, d, e []float64) (blas64.General, error) {
	n := len(d)
	q := newGeneral(n, n)
	s := &conqueror{work: newGeneral(n, n), u: newGeneral(n, n)}
	return q, s.solve(ctx, d, e, q)
}

// conqueror holds the work space shared by all levels.
type conqueror struct {
	work, u blas64.General
}

func (s *conqueror) solve(ctx context.Context, d, e []float64, q blas64.General) error {
	n := len(d)
	if err := ctx.Err(); err != nil {
		return err
	}
	if n <= leafSize {
		return leaf(d, e, q)
	}
	m := n / 2
	rho := math.Abs(e[m-1])
	sign := math.Copysign(1, e[m-1])
	d[m-1] -= rho
	d[m] -= rho
	if err := s.solve(ctx, d[:m], e[:m-1], block(q, 0, m, 0, m)); err != nil {
		return err
	}
	if err := s.solve(ctx, d[m:], e[m:], block(q, m, n, m, n)); err != nil {
		return err
	}
	z := make([]float64, n)
	for i := range m {
		z[i] = q.Data[i*q.Stride+m-1] / math.Sqrt2
	}
	for i := m; i < n; i++ {
		z[i] = sign * q.Data[i*q.Stride+m] / math.Sqrt2
	}
	return s.merge(ctx, d, z, 2*rho, m, q)
}

func leaf(d, e []float64, q blas64.General) error {
	n := len(d)
	z := newGeneral(n, n)
	if n > 0 && !(gonum.Implementation{}).Dsteqr(lapack.EVTridiag, n, d, e, z.Data, z.Stride, make([]float64, max(1, 2*n-2))) {
		return fmt.Errorf("the QL iteration did not converge")
	}
	for i := range n {
		for j := range n {
			q.Data[j*q.Stride+i] = z.Data[i*z.Stride+j]
		}
	}
	return nil
}

// merge finds the eigenvalues and vectors of D + rho z zᵀ, |z| = 1, where the
// rows of q are the vectors of D: the first m zero from column m on, the
// others zero before it. Both halves of d ascend.
func (s *conqueror) merge(ctx context.Context, d, z []float64, rho float64, m int, q blas64.General) error {
	n := len(d)
	kept, spread := deflate(d, z, rho, m, ascending(d), q)

	// Vectors kept, grouped by where they are not zero: above m only, in
	// both parts, below m only.
	var group [3][]int // positions in kept
	for k, i := range kept {
		switch {
		case spread[i]:
			group[1] = append(group[1], k)
		case i < m:
			group[0] = append(group[0], k)
		default:
			group[2] = append(group[2], k)
		}
	}
	k := len(kept)
	roots := make([]float64, k)
	u := block(s.u, 0, k, 0, k)
	if err := rankOneUpdate(ctx, d, z, rho, kept, roots, u); err != nil {
		return err
	}

	// New vectors = u times the kept ones, in two products that skip the
	// parts known to be zero. Columns of u are put in the groups' order.
	perm := slices.Concat(group[0], group[1], group[2])
	line := make([]float64, k)
	for r := range k {
		ur := row(u, r)
		for c, p := range perm {
			line[c] = ur[p]
		}
		copy(ur, line)
	}
	upper, both := len(group[0]), len(group[0])+len(group[1])
	old, stay := block(s.work, 0, k, 0, n), block(s.work, k, n, 0, n)
	for c, p := range perm {
		copy(row(old, c), row(q, kept[p]))
	}
	// The deflated vectors go below, with their eigenvalues; q is free now.
	values := make([]float64, 0, n)
	values = append(values, roots...)
	slices.Sort(kept)
	next := 0
	for i := range n {
		if next < k && kept[next] == i {
			next++
			continue
		}
		copy(row(stay, len(values)-k), row(q, i))
		values = append(values, d[i])
	}
	update := func(u, v, dst blas64.General) error {
		if u.Cols > 0 {
			return product(ctx, blas.NoTrans, blas.NoTrans, 1, u, v, 0, dst)
		}
		for i := range dst.Rows {
			clear(row(dst, i))
		}
		return nil
	}
	if err := update(cols(u, 0, both), block(old, 0, both, 0, m), block(q, 0, k, 0, m)); err != nil {
		return err
	}
	if err := update(cols(u, upper, k), block(old, upper, k, m, n), block(q, 0, k, m, n)); err != nil {
		return err
	}
	for i := range stay.Rows {
		copy(row(q, k+i), row(stay, i))
	}
	sortRows(d, values, q)
	return nil
}

// sortRows sets d to the values in ascending order and reorders the rows of q
// alike, following the cycles of the permutation.
func sortRows(d, values []float64, q blas64.General) {
	n := len(values)
	from := ascending(values)
	for i, j := range from {
		d[i] = values[j]
	}
	line := make([]float64, q.Cols)
	for start := range n {
		if from[start] < 0 {
			continue
		}
		copy(line, row(q, start))
		i := start
		for {
			j := from[i]
			from[i] = -1
			if j == start {
				copy(row(q, i), line)
				break
			}
			copy(row(q, i), row(q, j))
			i = j
		}
	}
}

// ascending returns the stable order of v.
func ascending(v []float64) []int {
	order := make([]int, len(v))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(v[a], v[b]) })
	return order
}

// deflate returns, in ascending order of d, the indices whose eigenvalues the
// update changes. Where z is negligible it changes nothing; where two
// eigenvalues nearly coincide a rotation of their vectors moves all of z to
// one. Spread marks vectors that a rotation has made non-zero everywhere.
func deflate(d, z []float64, rho float64, m int, order []int, q blas64.General) (kept []int, spread []bool) {
	n := len(d)
	spread = make([]bool, n)
	largest := 0.0
	for i := range d {
		largest = max(largest, math.Abs(d[i]), math.Abs(z[i]))
	}
	tol := 8 * epsilon / 2 * largest
	last := -1
	for _, i := range order {
		if rho*math.Abs(z[i]) <= tol {
			continue
		}
		if last < 0 {
			last = i
			continue
		}
		tau := math.Hypot(z[i], z[last])
		c, s := z[i]/tau, -z[last]/tau
		gap := d[i] - d[last]
		if math.Abs(gap*c*s) > tol {
			kept = append(kept, last)
			last = i
			continue
		}
		z[i], z[last] = tau, 0
		if (i < m) != (last < m) || spread[i] || spread[last] {
			spread[i], spread[last] = true, true
		}
		blas64.Rot(vec(row(q, last)), vec(row(q, i)), c, s)
		cc, ss := c*c, s*s
		d[last], d[i] = float64(d[last]*cc)+float64(d[i]*ss), float64(d[last]*ss)+float64(d[i]*cc)
		last = i
	}
	if last >= 0 {
		kept = append(kept, last)
	}
	return kept, spread
}
