package reading

import "math"

// collinear is the share of a predictor's length that must remain after
// removing its projection on the predictors before it; below, it adds nothing
// and gets the coefficient 0. So a predictor that the base regression already
// has (word length as a model of surprisal) can neither gain nor lose anything.
const collinear = 1e-8

// leastSquares returns the coefficients that minimise |y - x b|^2 for columns x
// of equal length, by modified Gram-Schmidt with one re-orthogonalisation.
func leastSquares(x [][]float64, y []float64) []float64 {
	p := len(x)
	q := make([][]float64, 0, p) // orthonormal columns
	r := make([][]float64, p)    // x[j] = sum_k r[j][k] q[k]
	pivot := make([]int, 0, p)   // predictor of each q
	for j, col := range x {
		v := append([]float64(nil), col...)
		length := norm(v)
		r[j] = make([]float64, p)
		for range 2 {
			for k, u := range q {
				c := dot(u, v)
				r[j][k] += c
				for i := range v {
					v[i] -= float64(c * u[i])
				}
			}
		}
		rest := norm(v)
		if !(rest > collinear*length) {
			continue
		}
		for i := range v {
			v[i] /= rest
		}
		r[j][len(q)] = rest
		q, pivot = append(q, v), append(pivot, j)
	}
	b := make([]float64, p)
	for k := len(q) - 1; k >= 0; k-- {
		s := dot(q[k], y)
		for l := k + 1; l < len(q); l++ {
			s -= float64(r[pivot[l]][k] * b[pivot[l]])
		}
		b[pivot[k]] = s / r[pivot[k]][k]
	}
	return b
}

func dot(a, b []float64) float64 {
	s := 0.0
	for i, v := range a {
		s += float64(v * b[i])
	}
	return s
}

func norm(a []float64) float64 { return math.Sqrt(dot(a, a)) }
