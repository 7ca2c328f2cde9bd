package simdblas

import "sync"

// Sizes of the blocked matrix product. Only kBlock changes results.
const (
	kBlock = 256 // summed indices in one fma chain

	// A round packs, and then multiplies, at most roundRows rows of A and as
	// many columns of B, over as many blocks of the summed index as make up
	// roundSize elements, what a shared cache holds, or where that is more than
	// one block, smallRound: what a core's own cache holds.
	roundRows  = 1920
	roundSize  = 1 << 20
	smallRound = 1 << 17

	// A task multiplies taskRows rows of A by taskCols columns of B, which stay
	// in the second-level cache. Multiples of the kernels' mr and nr.
	taskRows = 96
	taskCols = 240

	// An operand that is multiplied by at most this many vectors is not packed.
	skinny = 24

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
	// The kernel reads rows of A and rows of B without packing. Where the large
	// operand has them as columns, Cᵀ = Bᵀ*Aᵀ has them as rows.
	if g.t == whole && (g.n <= skinny && g.a.cs != 1 || g.m <= skinny && g.b.cs != 1) {
		g.m, g.n = g.n, g.m
		g.a, g.b, g.c = g.b.transposed(), g.a.transposed(), g.c.transposed()
	}
	for i := 0; i < g.m; i += roundRows {
		for j := 0; j < g.n; j += roundRows {
			m, n := min(roundRows, g.m-i), min(roundRows, g.n-j)
			if !g.t.outside(i, i+m, j, j+n) {
				g.rounds(i, j, m, n)
			}
		}
	}
}

// rounds computes the m x n elements of C from (i0, j0) on.
func (g *product) rounds(i0, j0, m, n int) {
	r := round{
		product: *g, i0: i0, j0: j0,
		aPanels: panels{view: g.a.from(i0, 0), rows: m, width: g.mr, inPlace: g.n <= skinny && g.a.cs == 1},
		bPanels: panels{view: g.b.from(0, j0).transposed(), rows: n, width: g.nr, inPlace: g.m <= skinny && g.b.cs == 1},
	}
	perK := r.aPanels.size() + r.bPanels.size()
	size := roundSize
	if perK*kBlock <= smallRound {
		size = smallRound
	}
	ks := max(1, size/(max(1, perK)*kBlock)) * kBlock
	buf, handle := borrow(perK * min(g.k, ks))
	defer giveBack(handle)
	for k := 0; k < g.k; k += ks {
		r.k0, r.k1 = k, min(g.k, k+ks)
		split := r.aPanels.size() * (r.k1 - r.k0)
		r.aPanels.k0, r.aPanels.k1, r.aPanels.buf = r.k0, r.k1, buf[:split]
		r.bPanels.k0, r.bPanels.k1, r.bPanels.buf = r.k0, r.k1, buf[split:]
		r.multiply()
	}
}

// A round is the part of a product that uses summed indices k0..k1 for the
// elements of C from (i0, j0) on.
type round struct {
	product
	i0, j0           int
	k0, k1           int
	aPanels, bPanels panels // of rows of A, and of columns of B
}

func (r *round) multiply() {
	work := r.aPanels.rows * r.bPanels.rows * (r.k1 - r.k0)
	packs := ceil((r.aPanels.toPack()+r.bPanels.toPack())*ceil(r.k1-r.k0, kBlock), packsPerTask)
	tasks := ceil(r.aPanels.rows, taskRows) * ceil(r.bPanels.rows, taskCols)
	if work < parallelWork {
		for i := range packs {
			r.pack(i)
		}
		for i := range tasks {
			r.task(i)
		}
		return
	}
	shared := *r // so that r need not go to the heap
	parallel(packs, func(i int) { shared.pack(i) })
	parallel(tasks, func(i int) { shared.task(i) })
}

// packsPerTask is the number of panels that pack does.
const packsPerTask = 8

func (r *round) pack(task int) {
	na, nb := r.aPanels.toPack(), r.bPanels.toPack()
	all := (na + nb) * ceil(r.k1-r.k0, kBlock)
	for x := task * packsPerTask; x < min(all, (task+1)*packsPerTask); x++ {
		k := r.k0 + x/(na+nb)*kBlock
		if i := x % (na + nb); i < na {
			r.aPanels.pack(r.kernel, r.aPanels.first()+i, k)
		} else {
			r.bPanels.pack(r.kernel, r.bPanels.first()+i-na, k)
		}
	}
}

// task adds the products of the round to one piece of C.
func (r *round) task(task int) {
	cols := ceil(r.bPanels.rows, taskCols)
	i0, j0 := task/cols*taskRows, task%cols*taskCols
	i1, j1 := min(r.aPanels.rows, i0+taskRows), min(r.bPanels.rows, j0+taskCols)
	if r.t.outside(r.i0+i0, r.i0+i1, r.j0+j0, r.j0+j1) {
		return
	}
	if r.k0 == 0 {
		r.scale(r.i0+i0, r.i0+i1, r.j0+j0, r.j0+j1)
	}
	buf := tiles.Get().(*[maxTile]float64)
	defer tiles.Put(buf)
	for k := r.k0; k < r.k1; k += kBlock {
		kc := min(kBlock, r.k1-k)
		// Row by row of C, whose pages would otherwise miss in the TLB.
		for i := i0; i < i1; i += r.mr {
			a := r.aPanels.panel(i/r.mr, k)
			for j := j0; j < j1; j += r.nr {
				b := r.bPanels.panel(j/r.nr, k)
				r.tile(kc, a, b, r.i0+i, min(r.mr, i1-i), r.j0+j, min(r.nr, j1-j), buf)
			}
		}
	}
}

// tile adds one block of the summed index to the rows x cols elements of C
// from (i, j) on. Where that is no whole tile, it works in buf.
func (g *product) tile(kc int, a, b view, i, rows, j, cols int, buf *[maxTile]float64) {
	if g.t.outside(i, i+rows, j, j+cols) {
		return
	}
	c := g.c.from(i, j)
	if rows == g.mr && cols == g.nr && c.cs == 1 && g.t.inside(i, i+rows, j, j+cols) {
		g.gemm(kc, g.alpha, a.data, a.rs, a.cs, b.data, b.cs, c.data, c.rs)
		return
	}
	for r := range rows {
		lo, hi := g.t.columns(i+r, j, j+cols)
		get(buf[r*g.nr+lo-j:][:hi-lo], c.from(r, lo-j))
	}
	g.gemm(kc, g.alpha, a.data, a.rs, a.cs, b.data, b.cs, buf[:], g.nr)
	for r := range rows {
		lo, hi := g.t.columns(i+r, j, j+cols)
		put(buf[r*g.nr+lo-j:][:hi-lo], c.from(r, lo-j))
	}
}

// get copies the first elements of row 0 of c to dst.
func get(dst []float64, c view) {
	if c.cs == 1 {
		copy(dst, c.data)
		return
	}
	for i := range dst {
		dst[i] = c.data[i*c.cs]
	}
}

// put is the reverse of get.
func put(src []float64, c view) {
	if c.cs == 1 {
		copy(c.data, src)
		return
	}
	for i, v := range src {
		c.data[i*c.cs] = v
	}
}

// scale multiplies the elements of C in the given rows and columns by beta.
func (g *product) scale(i0, i1, j0, j1 int) {
	if g.c.cs != 1 {
		c := g.c.from(i0, j0).transposed()
		for j := range j1 - j0 {
			scale(g.beta, c.data[j*c.rs:][:i1-i0])
		}
		return
	}
	for i := i0; i < i1; i++ {
		lo, hi := g.t.columns(i, j0, j1)
		scale(g.beta, g.c.data[i*g.c.rs:][lo:hi])
	}
}

func ceil(n, d int) int { return (n + d - 1) / d }

// tiles holds buffers for incomplete tiles.
var tiles = sync.Pool{New: func() any { return new([maxTile]float64) }}
