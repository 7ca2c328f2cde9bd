package regress

import (
	"context"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/mat"
)

func symmetricEigen(ctx context.Context, a blas64.General) ([]float64, blas64.General, error) {
	var e mat.EigenSym
	n := a.Rows
	e.Factorize(mat.NewSymDense(n, a.Data), true)
	var v mat.Dense
	e.VectorsTo(&v)
	return e.Values(nil), transposed(v.RawMatrix()), nil
}
