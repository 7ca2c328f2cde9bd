package leaderboard

import "math"

// The vector instructions behind [pairs]. Rows lie in blocks of lanes replicates, those
// of all rows side by side, and blocks are step apart; replicates that are not there
// are 0 in all rows.
const (
	lanes      = 64 // replicates of a block
	group      = 4  // squares that are added up before their sum is compared, 16 replicates apart
	pairOfRows = 2  // rows of x that are compared at a time
	columns    = 4  // rows of y in a tile
	together   = 32 // rows of y, which a processor's cache holds
)

// A comparer compares two rows of x with the rows of y, in tiles of [columns].
// squares[r*stride+c] becomes the sum of the squares of x_r - y_c over all blocks, and
// groups[r*stride+c] the largest group of them. In single precision: a group's first
// square is rounded, the next ones are each rounded once with the sum so far; groups of
// the same lane are added up from block to block, and then the lanes 8, 4, 2 and 1
// apart.
type comparer func(squares, groups, x, y []float32, step, blocks, stride, tiles int)

func compareGeneric(squares, groups, x, y []float32, step, blocks, stride, tiles int) {
	for r := range pairOfRows {
		for c := range tiles * columns {
			var sum, most [lanes / group]float32
			for b := range blocks {
				x, y := x[b*step+r*lanes:][:lanes], y[b*step+c*lanes:][:lanes]
				for l := range sum {
					d := x[l] - y[l]
					g := float32(d * d)
					for k := l + len(sum); k < lanes; k += len(sum) {
						g = squared(x[k]-y[k], g)
					}
					sum[l] += g
					most[l] = max(most[l], g)
				}
			}
			for apart := len(sum) / 2; apart > 0; apart /= 2 {
				for l := range apart {
					sum[l] += sum[l+apart]
					most[l] = max(most[l], most[l+apart])
				}
			}
			squares[r*stride+c], groups[r*stride+c] = sum[0], most[0]
		}
	}
}

// squared returns d²+a, rounded once, as vector instructions do, from 2^-126 on. The square has 48
// bits at most, so that it is exact in double precision. The sum may be rounded, and
// again to single precision: that differs only where the first rounding ends up
// half-way between two numbers of single precision.
func squared(d, a float32) float32 {
	square := float64(d) * float64(d)
	sum := square + float64(a)
	if bits := math.Float64bits(sum); bits&(1<<29-1) == 1<<28 {
		lost := float64(a) - (sum - square) // exact, because the larger one is taken away first
		if float64(a) > square {
			lost = square - (sum - float64(a))
		}
		switch {
		case lost > 0:
			sum = math.Float64frombits(bits + 1)
		case lost < 0:
			sum = math.Float64frombits(bits - 1)
		}
	}
	return float32(sum)
}

// A raiser raises the largest of each replicate to |x-y| times the weight.
type raiser func(largest, x, y []float32, weight float32, step, blocks int)

func raiseGeneric(largest, x, y []float32, weight float32, step, blocks int) {
	for b := range blocks {
		x, y, largest := x[b*step:][:lanes], y[b*step:][:lanes], largest[b*lanes:][:lanes]
		for l, old := range largest {
			d := float32(x[l]-y[l]) * weight
			largest[l] = max(old, math.Float32frombits(math.Float32bits(d)&^(1<<31)))
		}
	}
}
