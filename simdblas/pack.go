package simdblas

// A view is a matrix in someone's memory: element (i, j) is data[i*rs+j*cs].
// One of the strides is 1.
type view struct {
	data   []float64
	rs, cs int
}

func (v view) transposed() view { return view{v.data, v.cs, v.rs} }

// from returns the view that starts at element (i, j).
func (v view) from(i, j int) view { return view{v.data[i*v.rs+j*v.cs:], v.rs, v.cs} }

// panels are a matrix, A or Bᵀ, cut for the kernel: panel i is rows i*width and
// following, and of those the kernel takes up to kBlock columns at a time. The
// columns k0..k1, in use, are packed: element (r, p) of a panel is at
// [p*width+r], and rows beyond the last are zero. Where panels are used too
// seldom to be worth a copy, all but an incomplete one are read in place.
type panels struct {
	view
	rows, width int
	inPlace     bool
	k0, k1      int
	buf         []float64 // holds the packed panels of k0..k0+kBlock, then the next
}

func (s *panels) count() int { return ceil(s.rows, s.width) }

// first returns the first panel that is packed.
func (s *panels) first() int {
	if s.inPlace {
		return s.rows / s.width
	}
	return 0
}

// packed returns the memory of panel i for the summed indices from k on.
func (s *panels) packed(i, k int) []float64 {
	first := s.first()
	kc := min(kBlock, s.k1-k)
	return s.buf[((k-s.k0)*s.toPack()+(i-first)*kc)*s.width:][:kc*s.width]
}

func (s *panels) toPack() int { return s.count() - s.first() }

// size returns the number of elements to pack for each summed index.
func (s *panels) size() int { return s.toPack() * s.width }

// panel returns panel i for the summed indices from k on.
func (s *panels) panel(i, k int) view {
	if i < s.first() {
		return s.from(i*s.width, k)
	}
	return view{s.packed(i, k), 1, s.width}
}

// pack packs panel i for the summed indices from k on.
func (s *panels) pack(kn *kernel, i, k int) {
	dst, v := s.packed(i, k), s.from(i*s.width, k)
	width, rows, kc := s.width, min(s.width, s.rows-i*s.width), min(kBlock, s.k1-k)
	if rows < width {
		clear(dst)
	}
	if v.rs == 1 {
		whole := rows &^ 3
		kn.copy4(kc, whole, v.data, v.cs, dst, width)
		for p := range kc {
			for r := whole; r < rows; r++ {
				dst[p*width+r] = v.data[p*v.cs+r]
			}
		}
		return
	}
	r, whole := 0, kc&^3
	for ; r+4 <= rows; r += 4 {
		kn.pack4(whole, v.data[r*v.rs:], v.rs, dst[r:], width)
		for p := whole; p < kc; p++ {
			for j := r; j < r+4; j++ {
				dst[p*width+j] = v.data[j*v.rs+p]
			}
		}
	}
	for ; r < rows; r++ {
		for p, x := range v.data[r*v.rs:][:kc] {
			dst[p*width+r] = x
		}
	}
}
