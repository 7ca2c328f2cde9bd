package readout

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/bsgen/bsgen/assembly"
	"gonum.org/v1/gonum/mat"
)

// product multiplies by the matrix of products between standardised stimuli,
// G = ZZ', n x n. With fewer units than stimuli, Z is kept and not G.
type product struct {
	gram     *mat.SymDense
	features *mat.Dense
	between  mat.Dense
}

func newProduct(ctx context.Context, s *standard, x *assembly.Activations) (*product, error) {
	n := x.Stimuli
	p := &product{}
	if x.Units < n {
		p.features = mat.NewDense(n, x.Units, nil)
	} else {
		p.gram = mat.NewSymDense(n, nil)
	}
	var z mat.Dense
	for lo := 0; lo < x.Units; lo += block {
		if err := errors.Join(ctx.Err(), s.columns(&z, x, lo)); err != nil {
			return nil, err
		}
		if p.features != nil {
			_, w := z.Dims()
			p.features.Slice(0, n, lo, lo+w).(*mat.Dense).Copy(&z)
			continue
		}
		p.gram.SymRankK(p.gram, 1, &z)
	}
	return p, nil
}

// times sets dst to G v.
func (p *product) times(dst, v *mat.Dense) {
	if p.gram != nil {
		dst.Mul(p.gram, v)
		return
	}
	p.between.Reset()
	p.between.Mul(p.features.T(), v)
	dst.Mul(p.features, &p.between)
}

// point is a set of weights and intercepts, or a direction in which they
// change. Weights are combinations of the stimuli, W = Z'dual, since the
// optimum is one; so they are never held, and cost nothing for units beyond n.
type point struct {
	dual      *mat.Dense // stimulus x label
	image     *mat.Dense // G dual: the logits that the weights make, without intercepts
	intercept []float64
}

func newPoint(n, k int) point {
	return point{mat.NewDense(n, k, nil), mat.NewDense(n, k, nil), make([]float64, k)}
}

// add adds a times q.
func (p point) add(a float64, q point) {
	axpy(p.dual.RawMatrix().Data, a, q.dual.RawMatrix().Data)
	axpy(p.image.RawMatrix().Data, a, q.image.RawMatrix().Data)
	axpy(p.intercept, a, q.intercept)
}

// scale multiplies by a.
func (p point) scale(a float64) {
	for _, v := range [][]float64{p.dual.RawMatrix().Data, p.image.RawMatrix().Data, p.intercept} {
		for i := range v {
			v[i] *= a
		}
	}
}

func (p point) set(q point) {
	p.dual.Copy(q.dual)
	p.image.Copy(q.image)
	copy(p.intercept, q.intercept)
}

// inner is the inner product of weights and intercepts.
func inner(p, q point) float64 {
	return dot(p.dual.RawMatrix().Data, q.image.RawMatrix().Data) + dot(p.intercept, q.intercept)
}

func axpy(dst []float64, a float64, v []float64) {
	for i, x := range v {
		dst[i] += a * x
	}
}

func dot(a, b []float64) float64 {
	s := 0.0
	for i, x := range a {
		s += x * b[i]
	}
	return s
}

// softmaxFit minimises the function that [FitProbabilities] names.
type softmaxFit struct {
	point
	*product
	truth []int // label of each stimulus
	c     float64
	p     *mat.Dense // probabilities at the point, stimulus x label
}

func newSoftmax(g *product, truth []int, labels int, c float64) *softmaxFit {
	return &softmaxFit{newPoint(len(truth), labels), g, truth, c, mat.NewDense(len(truth), labels, nil)}
}

// value returns the function at point + t direction, and sets p to the probabilities there.
func (s *softmaxFit) value(t float64, d point) float64 {
	loss := 0.0
	for i, k := range s.truth {
		row, at, step := s.p.RawRowView(i), s.image.RawRowView(i), d.image.RawRowView(i)
		for j := range row {
			row[j] = at[j] + s.intercept[j] + t*(step[j]+d.intercept[j])
		}
		own := row[k]
		loss += softmax(row) - own
	}
	w := func(a, b point) float64 { return dot(a.dual.RawMatrix().Data, b.image.RawMatrix().Data) }
	return s.c*loss + (w(s.point, s.point)+2*t*w(s.point, d)+t*t*w(d, d))/2
}

// gradient sets g to the gradient where p was computed.
func (s *softmaxFit) gradient(g point) {
	g.dual.Copy(s.dual)
	clear(g.intercept)
	for i, k := range s.truth {
		row := g.dual.RawRowView(i)
		for j, p := range s.p.RawRowView(i) {
			if j == k {
				p--
			}
			row[j] += s.c * p
			g.intercept[j] += s.c * p
		}
	}
	s.times(g.image, g.dual)
}

// curvature sets h to the Hessian times d where p was computed.
func (s *softmaxFit) curvature(h, d point, spare *mat.Dense) {
	clear(h.intercept)
	for i := range s.truth {
		p, out, image := s.p.RawRowView(i), h.dual.RawRowView(i), d.image.RawRowView(i)
		mean := 0.0
		for j := range p {
			mean += p[j] * (image[j] + d.intercept[j])
		}
		for j := range p {
			out[j] = s.c * p[j] * (image[j] + d.intercept[j] - mean)
			h.intercept[j] += out[j]
		}
	}
	s.times(spare, h.dual)
	h.image.Add(spare, d.image)
	h.dual.Add(h.dual, d.dual)
}

// minimize is Newton's method, its linear systems solved by conjugate gradients
// ever more exactly (Nocedal & Wright 2006, algorithm 7.1). Curvature in the
// weights is at least 1, so they end within the gradient's norm of the optimum.
func (s *softmaxFit) minimize(ctx context.Context) error {
	const (
		enough   = 1e-10 // of the first gradient's norm
		good     = 1e-7  // where rounding allows no more
		steps    = 200
		products = 1000 // for one step
	)
	n, k := s.p.Dims()
	g, d, r, q, h := newPoint(n, k), newPoint(n, k), newPoint(n, k), newPoint(n, k), newPoint(n, k)
	spare := mat.NewDense(n, k, nil)
	value := s.value(0, d)
	first, best := 0.0, math.Inf(1)
	for step := range steps {
		s.gradient(g)
		norm := math.Sqrt(inner(g, g))
		if step == 0 {
			first = norm
		}
		if norm <= enough*first {
			return nil
		}
		if norm <= good*first && norm > best/2 {
			return nil // rounding
		}
		best = min(best, norm)

		// Solve H d = -g.
		d.scale(0)
		r.set(g)
		r.scale(-1)
		q.set(r)
		rr := inner(r, r)
		target := min(0.5, math.Sqrt(norm/first)) * norm
		for range products {
			if err := ctx.Err(); err != nil {
				return err
			}
			s.curvature(h, q, spare)
			alpha := rr / inner(q, h)
			if !(alpha > 0) || math.IsInf(alpha, 0) {
				break // no direction is left but that in which all intercepts change alike
			}
			d.add(alpha, q)
			r.add(-alpha, h)
			next := inner(r, r)
			if math.Sqrt(max(next, 0)) <= target {
				break
			}
			q.scale(next / rr)
			q.add(1, r)
			rr = next
		}

		slope := inner(g, d)
		t := 1.0
		for {
			v := s.value(t, d)
			if v <= value+1e-4*t*slope+1e-14*math.Abs(value) {
				value = v
				break
			}
			if t /= 2; t < 1e-10 {
				if norm <= good*first {
					return nil
				}
				return fmt.Errorf("no step makes it better where the gradient has the norm %g", norm)
			}
		}
		s.add(t, d)
		s.times(s.image, s.dual) // anew, that rounding does not add up
	}
	return fmt.Errorf("not at the optimum after %d steps", steps)
}
