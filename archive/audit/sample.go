package audit

import (
	"crypto/sha256"
	"encoding/binary"
	"math/rand/v2"
	"slices"
)

// Sample draws k of n results without replacement, and all where k is not
// smaller. It returns their indices, ascending. The same seed draws the same;
// what a seed draws can not be known before it is, so the hash of the newest
// commit is a good one.
func Sample(n, k int, seed string) []int {
	sum := sha256.Sum256([]byte("bsgen audit\x00" + seed))
	r := rand.New(rand.NewPCG(binary.BigEndian.Uint64(sum[:8]), binary.BigEndian.Uint64(sum[8:16])))
	drawn := r.Perm(n)[:min(k, n)]
	slices.Sort(drawn)
	return drawn
}
