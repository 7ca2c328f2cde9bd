package stat

// Ranker computes the ranks of one vector under many weightings. Giving a
// value the weight 2 is the same as having it twice, so a bootstrap replicate
// that draws with replacement needs no sorting: the order is found once.
type Ranker struct {
	order []int32 // indices of ascending values
	last  []bool  // last[k]: order[k] is the last of its tie
	ties  bool
}

// NewRanker sorts x once. x must hold no NaN.
func NewRanker(x []float64) *Ranker {
	order := Order(x)
	r := &Ranker{order: make([]int32, len(x)), last: make([]bool, len(x))}
	for k, i := range order {
		r.order[k] = int32(i)
		r.last[k] = k+1 == len(order) || x[order[k+1]] != x[i]
		r.ties = r.ties || !r.last[k]
	}
	return r
}

// Ranks writes the mid-ranks that the values would have if value i stood
// weight[i] times; weights are whole numbers of at least 0. The rank of a
// value of weight 0 has no meaning, and is finite.
func (r *Ranker) Ranks(dst, weight []float64) {
	below, start := 0.0, 0
	if !r.ties {
		for _, i := range r.order {
			dst[i] = below + (weight[i]+1)/2
			below += weight[i]
		}
		return
	}
	tie := 0.0
	for k, i := range r.order {
		tie += weight[i]
		if !r.last[k] {
			continue
		}
		mid := below + (tie+1)/2
		for _, j := range r.order[start : k+1] {
			dst[j] = mid
		}
		below += tie
		start, tie = k+1, 0
	}
}

// WeightedMean returns sum w x / sum w; NaN where the weights sum to 0.
func WeightedMean(x, w []float64) float64 {
	var sum, total float64
	for i, v := range x {
		sum += float64(v * w[i])
		total += w[i]
	}
	return sum / total
}
