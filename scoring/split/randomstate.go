package split

// RandomState is NumPy's legacy generator, numpy.random.RandomState: the
// Mersenne Twister MT19937 seeded by init_genrand. NumPy has frozen its
// streams, so a seed names the same permutation in every release and, through
// this type, in Go.
//
// Matsumoto and Nishimura, "Mersenne Twister", ACM TOMACS 8 (1998).
//
// A RandomState is not safe for concurrent use.
type RandomState struct {
	state [stateWords]uint32
	next  int
}

const (
	stateWords  = 624
	stateOffset = 397
)

// NewRandomState returns the generator that numpy.random.RandomState(seed) returns.
func NewRandomState(seed uint32) *RandomState {
	r := &RandomState{next: stateWords}
	r.state[0] = seed
	for i := 1; i < stateWords; i++ {
		prev := r.state[i-1]
		r.state[i] = 1812433253*(prev^prev>>30) + uint32(i)
	}
	return r
}

// Uint32 returns the next 32 bits of the stream.
func (r *RandomState) Uint32() uint32 {
	if r.next == stateWords {
		r.twist()
	}
	y := r.state[r.next]
	r.next++
	y ^= y >> 11
	y ^= y << 7 & 0x9d2c5680
	y ^= y << 15 & 0xefc60000
	return y ^ y>>18
}

func (r *RandomState) twist() {
	for k := range r.state {
		y := r.state[k]&0x80000000 | r.state[(k+1)%stateWords]&0x7fffffff
		v := r.state[(k+stateOffset)%stateWords] ^ y>>1
		if y&1 == 1 {
			v ^= 0x9908b0df
		}
		r.state[k] = v
	}
	r.next = 0
}

// Float64 returns the next number of random_sample: uniform in [0, 1) with 53 bits.
func (r *RandomState) Float64() float64 {
	a, b := r.Uint32()>>5, r.Uint32()>>6
	return (float64(a)*67108864 + float64(b)) / 9007199254740992
}

// Interval returns a uniform integer in [0, max], as NumPy's random_interval
// draws it: words masked to the next power of two until one fits. It consumes
// nothing when max is 0.
func (r *RandomState) Interval(max uint32) uint32 {
	if max == 0 {
		return 0
	}
	mask := max
	mask |= mask >> 1
	mask |= mask >> 2
	mask |= mask >> 4
	mask |= mask >> 8
	mask |= mask >> 16
	for {
		if v := r.Uint32() & mask; v <= max {
			return v
		}
	}
}

// Shuffle permutes s in place, as RandomState.shuffle does for a 1-D array.
func (r *RandomState) Shuffle(s []int) {
	for i := len(s) - 1; i > 0; i-- {
		j := r.Interval(uint32(i))
		s[i], s[j] = s[j], s[i]
	}
}

// Permutation returns RandomState.permutation(n).
func (r *RandomState) Permutation(n int) []int {
	p := make([]int, n)
	for i := range p {
		p[i] = i
	}
	r.Shuffle(p)
	return p
}

// Choice returns RandomState.choice(n, k, replace=False). It panics if k > n.
func (r *RandomState) Choice(n, k int) []int { return r.Permutation(n)[:k] }

// ChoiceWithReplacement returns RandomState.choice(n, k). It panics if n < 1.
func (r *RandomState) ChoiceWithReplacement(n, k int) []int {
	if n < 1 {
		panic("split: choice from an empty population")
	}
	c := make([]int, k)
	for i := range c {
		c[i] = int(r.Interval(uint32(n - 1)))
	}
	return c
}
