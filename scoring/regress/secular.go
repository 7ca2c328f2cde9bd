package regress

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/blas/blas64"
)

// rankOneUpdate finds the eigenvalues of diag(d_i) + rho z zᵀ over the kept
// indices i, whose d ascend strictly and whose z are not zero, and writes the
// eigenvectors to the rows of u.
//
// The eigenvalues interlace with d: each is the root, between two poles, of the
// secular function. They are kept as distances from the poles, without
// cancellation. The vectors belong to a z recomputed from the roots found
// rather than the given one, which makes them orthogonal to working precision
// however close the roots (Gu and Eisenstat 1995, section 3).
func rankOneUpdate(ctx context.Context, d, z []float64, rho float64, kept []int, roots []float64, u blas64.General) error {
	k := len(kept)
	poles, weights := make([]float64, k), make([]float64, k)
	for j, i := range kept {
		poles[j] = d[i]
		weights[j] = z[i] * z[i]
	}
	// Row j of u holds d_i - lambda_j until it becomes the vector.
	for j := range k {
		if err := ctx.Err(); err != nil {
			return err
		}
		root, err := secularRoot(poles, weights, rho, j, row(u, j))
		if err != nil {
			return err
		}
		roots[j] = root
	}
	zz := make([]float64, k)
	for i := range zz {
		zz[i] = 1
	}
	for j := range k {
		if err := ctx.Err(); err != nil {
			return err
		}
		delta := row(u, j)
		pole := poles[j]
		for i, p := range poles {
			if i != j {
				zz[i] *= delta[i] / (p - pole)
			} else {
				zz[i] *= delta[i]
			}
		}
	}
	for i := range zz {
		zz[i] = math.Copysign(math.Sqrt(math.Abs(zz[i])), z[kept[i]])
	}
	for j := range k {
		v := row(u, j)
		for i, delta := range v {
			v[i] = zz[i] / delta
		}
		blas64.Scal(1/blas64.Nrm2(vec(v)), vec(v))
	}
	return nil
}

// secularRoot returns root j of 1/rho + Σ w_i/(d_i - x), which lies above d_j
// and below the next pole, and fills delta with d_i - x.
//
// Each step replaces the terms of the poles on either side by one simple
// rational term each, matched in value and slope (Bunch, Nielsen and Sorensen
// 1978), and solves the quadratic; a step that leaves the bracket becomes a
// bisection.
func secularRoot(d, w []float64, rho float64, j int, delta []float64) (float64, error) {
	k := len(d)
	last := j == k-1
	var width float64 // of the interval of the root
	if last {
		sum := 0.0
		for _, v := range w {
			sum += v
		}
		width = rho * sum
	} else {
		width = d[j+1] - d[j]
	}
	// The nearer pole becomes the origin: the sign at the middle tells.
	origin := d[j]
	lo, hi := 0.0, width
	mid := 1 / rho
	for i, p := range d {
		mid += w[i] / ((p - d[j]) - width/2)
	}
	if !last && mid < 0 {
		origin = d[j+1]
		lo, hi = -width/2, 0
	} else if !last {
		hi = width / 2
	} else if mid < 0 {
		lo = width / 2
	} else {
		hi = width / 2
	}
	for i, p := range d {
		delta[i] = p - origin // less x below
	}
	x := (lo + hi) / 2
	const most = 1100 // halvings of any float64 interval end before
	for range most {
		var below, belowSlope, above, aboveSlope float64
		for i, v := range w[:j+1] {
			t := 1 / (delta[i] - x)
			below += float64(v * t)
			belowSlope += float64(v * t * t)
		}
		for i := j + 1; i < k; i++ {
			t := 1 / (delta[i] - x)
			above += float64(w[i] * t)
			aboveSlope += float64(w[i] * t * t)
		}
		f := 1/rho + below + above
		// The terms below are negative and those above positive.
		if math.Abs(f) <= 8*epsilon*(1/rho-below+above) {
			for i := range delta {
				delta[i] -= x
			}
			return origin + x, nil
		}
		if f < 0 {
			lo = x
		} else {
			hi = x
		}
		next := secularStep(delta, j, last, x, f, below, belowSlope, above, aboveSlope, rho)
		if !(next > lo && next < hi) {
			next = lo + (hi-lo)/2
			if next == lo || next == hi {
				next = x
			}
		}
		if next == x {
			for i := range delta {
				delta[i] -= x
			}
			return origin + x, nil
		}
		x = next
	}
	return 0, fmt.Errorf("root %d of %d of the secular equation was not found in %d steps", j, k, most)
}

// secularStep returns the root of the interpolating function.
func secularStep(delta []float64, j int, last bool, x, f, below, belowSlope, above, aboveSlope, rho float64) float64 {
	a := delta[j] - x
	s := belowSlope * a * a
	r := below - float64(belowSlope*a)
	if last {
		// 1/rho + r + s/(a - step) = 0
		return x + a + s/(1/rho+r)
	}
	b := delta[j+1] - x
	sb := aboveSlope * b * b
	c := 1/rho + r + above - float64(aboveSlope*b)
	// c step² - (c(a+b) + s + sb) step + a b f = 0
	p := float64(c*(a+b)) + s + sb
	q := a * b * f
	root := math.Sqrt(math.Max(0, float64(p*p)-float64(4*c*q)))
	if p <= 0 {
		return x + (p-root)/(2*c)
	}
	return x + 2*q/(p+root)
}
