package leaderboard

import "math/bits"

// verdicts holds, of m models in the order of a ranking, which pairs i < j differ
// significantly: a bit for each. No model is better than one before it.
type verdicts struct {
	models int
	bits   []uint64
}

func newVerdicts(models int) verdicts {
	return verdicts{models, make([]uint64, (models*(models-1)/2+63)/64)}
}

// place returns the bit of the pair i < j. Those of one i follow one another.
func (v *verdicts) place(i, j int) int { return i*(2*v.models-i-1)/2 + j - i - 1 }

// set notes that i is better than j, which comes after it.
func (v *verdicts) set(i, j int) {
	at := v.place(i, j)
	v.bits[at/64] |= 1 << (at % 64)
}

// better reports whether i is better than j.
func (v *verdicts) better(i, j int) bool {
	if j <= i {
		return false
	}
	at := v.place(i, j)
	return v.bits[at/64]>>(at%64)&1 == 1
}

// run returns how many models from j > i on have the same verdict.
func (v *verdicts) run(i, j int) int {
	from, end := v.place(i, j), v.place(i, v.models)
	same := uint64(0)
	if v.better(i, j) {
		same--
	}
	for at := from; at < end; at += 64 - at%64 {
		if others := (v.bits[at/64] ^ same) >> (at % 64); others != 0 {
			return min(at+bits.TrailingZeros64(others), end) - from
		}
	}
	return end - from
}
