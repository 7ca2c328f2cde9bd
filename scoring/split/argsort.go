package split

import "math/bits"

// insertionLimit is the distance of the ends of a partition (its size less one)
// up to which NumPy sorts by insertion.
const insertionLimit = 15

// argsort returns the order that numpy.argsort(v) gives with its default,
// unstable kind: introsort with the median of three as pivot. It matters only
// where v has ties, and there it decides which group goes to which fold.
// NumPy's fall-back to heapsort after too deep a recursion cannot be reached
// by inputs this small in practice and is not repeated: partitions that deep
// are sorted on as before, correctly, with ties in another order.
func argsort(v []int) []int {
	idx := make([]int, len(v))
	for i := range idx {
		idx[i] = i
	}
	type span struct{ lo, hi int }
	stack := make([]span, 0, 2*bits.Len(uint(len(v)))+1)
	lo, hi := 0, len(v)-1
	for {
		for hi-lo > insertionLimit {
			// Median of three to the middle, pivot beside the end.
			mid := lo + (hi-lo)/2
			if v[idx[mid]] < v[idx[lo]] {
				idx[mid], idx[lo] = idx[lo], idx[mid]
			}
			if v[idx[hi]] < v[idx[mid]] {
				idx[hi], idx[mid] = idx[mid], idx[hi]
			}
			if v[idx[mid]] < v[idx[lo]] {
				idx[mid], idx[lo] = idx[lo], idx[mid]
			}
			pivot := v[idx[mid]]
			i, j := lo, hi-1
			idx[mid], idx[j] = idx[j], idx[mid]
			for {
				for i++; v[idx[i]] < pivot; i++ {
				}
				for j--; pivot < v[idx[j]]; j-- {
				}
				if i >= j {
					break
				}
				idx[i], idx[j] = idx[j], idx[i]
			}
			idx[i], idx[hi-1] = idx[hi-1], idx[i]
			// The larger part waits, the smaller is sorted first.
			if i-lo < hi-i {
				stack = append(stack, span{i + 1, hi})
				hi = i - 1
			} else {
				stack = append(stack, span{lo, i - 1})
				lo = i + 1
			}
		}
		for i := lo + 1; i <= hi; i++ {
			x := idx[i]
			j := i
			for ; j > lo && v[x] < v[idx[j-1]]; j-- {
				idx[j] = idx[j-1]
			}
			idx[j] = x
		}
		if len(stack) == 0 {
			return idx
		}
		top := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		lo, hi = top.lo, top.hi
	}
}
