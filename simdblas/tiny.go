package simdblas

// tinyWork is the number of multiply-adds up to which cutting a product into
// panels and tiles costs more than it gains.
const tinyWork = 10 * 10 * 10

// tiny computes C = alpha*A*B + beta*C for k <= kBlock, row by row. It does for
// every element what gemm does.
func (kn *kernel) tiny(m, n, k int, alpha float64, a, b view, beta float64, c view) {
	buf, handle := borrow(n + k*n)
	defer giveBack(handle)
	sum := buf[:n]
	if b.cs != 1 {
		rows := buf[n:]
		for j := range n {
			for p, x := range b.data[j*b.cs:][:k] {
				rows[p*n+j] = x
			}
		}
		b = view{rows, n, 1}
	}
	for i := range m {
		x := a.from(i, 0)
		clear(sum)
		p := 0
		for ; p+4 <= k; p += 4 {
			y := x.data[p*x.cs:]
			kn.axpy4(y[0], y[x.cs], y[2*x.cs], y[3*x.cs], b.data[p*b.rs:], b.rs, sum)
		}
		for ; p < k; p++ {
			kn.axpy(x.data[p*x.cs], b.data[p*b.rs:][:n], sum)
		}
		row := c.data[i*c.rs:][:n]
		scale(beta, row)
		kn.axpy(alpha, sum, row)
	}
}
