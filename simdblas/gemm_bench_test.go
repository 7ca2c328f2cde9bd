package simdblas

import "testing"

// BenchmarkKernelGemm measures the innermost kernel on one whole tile.
func BenchmarkKernelGemm(b *testing.B) {
	for _, kn := range kernels {
		b.Run(kn.name, func(b *testing.B) {
			x, y, c := normal(kn.mr*kBlock), normal(kn.nr*kBlock), make([]float64, kn.mr*kn.nr)
			for b.Loop() {
				kn.gemm(kBlock, 1, x, 1, kn.mr, y, kn.nr, c, kn.nr)
			}
			b.ReportMetric(float64(2*kn.mr*kn.nr*kBlock)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOPS")
		})
	}
}

// BenchmarkPack measures packing a panel from rows and from columns.
func BenchmarkPack(b *testing.B) {
	for _, kn := range kernels {
		src := normal(kBlock * kBlock)
		for name, v := range map[string]view{"rows": {src, kBlock, 1}, "columns": {src, 1, kBlock}} {
			b.Run(kn.name+"/"+name, func(b *testing.B) {
				b.SetBytes(int64(8 * kn.nr * kBlock))
				p := panels{view: v, rows: kn.nr, width: kn.nr, k1: kBlock, buf: make([]float64, kn.nr*kBlock)}
				for b.Loop() {
					p.pack(kn, 0, 0)
				}
			})
		}
	}
}
