package simdblas

import "sync"

// Sizes of the blocked matrix product. Only kBlock changes results.
const (
	kBlock = 256 // summed indices in one fma chain

	// A round packs, and then multiplies, at most panelRows rows of A and as
	// many columns of B, over as many blocks of the summed index as make up
	// roundSize elements: what a shared cache holds.
	panelRows = 1920
	roundSize = 1 << 20

	// A task multiplies taskRows rows of A, which stay in the second-level
	// cache, by taskCols columns of B. Multiples of the kernels' mr and nr.
	taskRows = 96
	taskCols = 240

	maxTile = 12 * 16
)

// A triangle says which elements of C a product writes.
type triangle int

const (
	whole triangle = iota
	upper          // j >= i
	lower          // j <= i
)

// columns returns the part of the columns j0 <= j < j1 that row i has.
func (t triangle) columns(i, j0, j1 int) (lo, hi int) {
	switch t {
	case upper:
		return min(max(i, j0), j1), j1
	case lower:
		return j0, max(min(i+1, j1), j0)
	}
	return j0, j1
}

// outside reports whether t has no element in rows i0..i1 and columns j0..j1.
func (t triangle) outside(i0, i1, j0, j1 int) bool {
	return t == upper && j1 <= i0 || t == lower && i1 <= j0
}

// inside reports whether t has all elements in rows i0..i1 and columns j0..j1.
func (t triangle) inside(i0, i1, j0, j1 int) bool {
	return t == whole || t == upper && j0 >= i1-1 || t == lower && i0 >= j1-1
}

// A product is C = alpha*A*B + beta*C for the elements of C in t, where A is
// m x k and B is k x n.
type product struct {
	*kernel
	t           triangle
	m, n, k     int
	alpha, beta float64
	a, b, c     view
}

func (g *product) run() {
	for i := 0; i < g.m; i += panelRows {
		for j := 0; j < g.n; j += panelRows {
			m, n := min(panelRows, g.m-i), min(panelRows, g.n-j)
			if !g.t.outside(i, i+m, j, j+n) {
				g.panels(i, j, m, n)
			}
		}
	}
}

// panels computes the m x n elements of C from (i0, j0) on.
func (g *product) panels(i0, j0, m, n int) {
	aPanels, bPanels := ceil(m, g.mr), ceil(n, g.nr)
	perK := aPanels*g.mr + bPanels*g.nr
	blocks := max(1, roundSize/(perK*kBlock))
	buf, handle := borrow(perK * min(g.k, blocks*kBlock))
	defer giveBack(handle)
	r := round{product: g, i0: i0, j0: j0, m: m, n: n}
	for k0 := 0; k0 < g.k; k0 += blocks * kBlock {
		r.k0, r.k1 = k0, min(g.k, k0+blocks*kBlock)
		r.packed[0] = buf[:aPanels*g.mr*(r.k1-k0)]
		r.packed[1] = buf[len(r.packed[0]):]
		r.multiply()
	}
}

// A round is the part of a product that uses summed indices k0..k1 for the
// m x n elements of C from (i0, j0) on.
type round struct {
	*product
	i0, j0, m, n int
	k0, k1       int

	// packed are A and B: for each block of the summed index the panels of mr
	// rows of A, or nr columns of B, one after the other.
	packed [2][]float64
}

func (r *round) multiply() {
	const perTask = 8 // panels to pack
	aPanels, bPanels := ceil(r.m, r.mr), ceil(r.n, r.nr)
	panels := (aPanels + bPanels) * ceil(r.k1-r.k0, kBlock)
	work := r.m * r.n * (r.k1 - r.k0)
	parallel(ceil(panels, perTask), work, func(task int) {
		for x := task * perTask; x < min(panels, (task+1)*perTask); x++ {
			k := r.k0 + x/(aPanels+bPanels)*kBlock
			kc := min(kBlock, r.k1-k)
			if p := x % (aPanels + bPanels); p < aPanels {
				r.pack(r.panelA(p, k), r.mr, r.a.from(r.i0+p*r.mr, k), min(r.mr, r.m-p*r.mr), kc)
			} else {
				p -= aPanels
				r.pack(r.panelB(p, k), r.nr, r.b.from(k, r.j0+p*r.nr).transposed(), min(r.nr, r.n-p*r.nr), kc)
			}
		}
	})
	rows, cols := ceil(r.m, taskRows), ceil(r.n, taskCols)
	parallel(rows*cols, work, func(task int) {
		i, j := task/cols*taskRows, task%cols*taskCols
		r.task(i, min(r.m, i+taskRows), j, min(r.n, j+taskCols))
	})
}

// panelA returns the packed panel p of A for the block of summed indices at k.
func (r *round) panelA(p, k int) []float64 {
	return panel(r.packed[0], p, ceil(r.m, r.mr), r.mr, k-r.k0, r.k1-r.k0)
}

func (r *round) panelB(p, k int) []float64 {
	return panel(r.packed[1], p, ceil(r.n, r.nr), r.nr, k-r.k0, r.k1-r.k0)
}

func panel(packed []float64, p, panels, width, k, k1 int) []float64 {
	return packed[k*panels*width+p*width*min(kBlock, k1-k):]
}

// task adds the products of the round to rows i..i1 and columns j..j1, counted
// from (i0, j0).
func (r *round) task(i0, i1, j0, j1 int) {
	if r.t.outside(r.i0+i0, r.i0+i1, r.j0+j0, r.j0+j1) {
		return
	}
	if r.k0 == 0 {
		r.scale(r.i0+i0, r.i0+i1, r.j0+j0, r.j0+j1)
	}
	tile := tiles.Get().(*[maxTile]float64)
	defer tiles.Put(tile)
	for k := r.k0; k < r.k1; k += kBlock {
		kc := min(kBlock, r.k1-k)
		for j := j0; j < j1; j += r.nr {
			b := r.panelB(j/r.nr, k)
			for i := i0; i < i1; i += r.mr {
				r.tile(kc, r.panelA(i/r.mr, k), b, r.i0+i, min(r.mr, i1-i), r.j0+j, min(r.nr, j1-j), tile)
			}
		}
	}
}

// tile adds one block of the summed index to the rows x cols elements of C
// from (i, j) on. Where that is no whole tile, it works in buf.
func (g *product) tile(kc int, a, b []float64, i, rows, j, cols int, buf *[maxTile]float64) {
	if g.t.outside(i, i+rows, j, j+cols) {
		return
	}
	if rows == g.mr && cols == g.nr && g.t.inside(i, i+rows, j, j+cols) {
		g.gemm(kc, g.alpha, a, g.mr, b, g.nr, g.c.data[i*g.c.rs+j:], g.c.rs)
		return
	}
	for r := range rows {
		lo, hi := g.t.columns(i+r, j, j+cols)
		copy(buf[r*g.nr+lo-j:], g.c.data[(i+r)*g.c.rs:][lo:hi])
	}
	g.gemm(kc, g.alpha, a, g.mr, b, g.nr, buf[:], g.nr)
	for r := range rows {
		lo, hi := g.t.columns(i+r, j, j+cols)
		copy(g.c.data[(i+r)*g.c.rs:][lo:hi], buf[r*g.nr+lo-j:])
	}
}

// scale multiplies the elements of C in the given rows and columns by beta.
func (g *product) scale(i0, i1, j0, j1 int) {
	for i := i0; i < i1; i++ {
		lo, hi := g.t.columns(i, j0, j1)
		scale(g.beta, g.c.data[i*g.c.rs:][lo:hi])
	}
}

func ceil(n, d int) int { return (n + d - 1) / d }

// tiles holds buffers for incomplete tiles.
var tiles = sync.Pool{New: func() any { return new([maxTile]float64) }}
