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

// pack copies a panel, the first rows <= width rows and kc columns of v, to
// dst: element (i, p) goes to dst[p*width+i]. Missing rows are filled with
// zeros.
func (kn *kernel) pack(dst []float64, width int, v view, rows, kc int) {
	if rows < width {
		clear(dst[:kc*width])
	}
	if v.rs == 1 {
		packColumns(dst, width, v, rows, kc)
		return
	}
	i, whole := 0, kc&^3
	for ; i+4 <= rows; i += 4 {
		kn.pack4(whole, v.data[i*v.rs:], v.rs, dst[i:], width)
		for p := whole; p < kc; p++ {
			for r := i; r < i+4; r++ {
				dst[p*width+r] = v.data[r*v.rs+p]
			}
		}
	}
	for ; i < rows; i++ {
		for p, x := range v.data[i*v.rs:][:kc] {
			dst[p*width+i] = x
		}
	}
}

// packColumns is pack for a view whose columns are contiguous. Array copies
// compile to vector moves without a call.
func packColumns(dst []float64, width int, v view, rows, kc int) {
	switch {
	case rows == 16 && width == 16:
		for p := range kc {
			*(*[16]float64)(dst[p*16:]) = *(*[16]float64)(v.data[p*v.cs:])
		}
	case rows == 12 && width == 12:
		for p := range kc {
			*(*[12]float64)(dst[p*12:]) = *(*[12]float64)(v.data[p*v.cs:])
		}
	case rows == 4 && width == 4:
		for p := range kc {
			*(*[4]float64)(dst[p*4:]) = *(*[4]float64)(v.data[p*v.cs:])
		}
	default:
		for p := range kc {
			copy(dst[p*width:], v.data[p*v.cs:][:rows])
		}
	}
}
