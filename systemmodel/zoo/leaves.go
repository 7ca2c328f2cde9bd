package zoo

import "math"

// The leaves: radii follow r^-3 between the two bounds, in pixels, which makes
// an image look the same at every distance; so many that little of the ground
// is left.
const (
	leafCount  = 1500
	leafSmall  = 3.0
	leafLarge  = 48.0
	leafTilt   = 0.25 // largest difference of brightness across a leaf
	grainDepth = 0.04 // deviation of the grain, per octave
)

// leaves draws a dead-leaves image (Lee, Mumford and Huang 2001), side x side
// values from 0 to 1: ellipses and rectangles of every direction lie over one
// another, each with its own brightness and a gradient, under a grain of equal
// power in each octave. Such images share the edges, junctions, occlusions and
// 1/f spectrum of photographs, and nobody's rights. side is a power of two.
func leaves(draw random, side int) []float64 {
	// Twice as fine, then averaged: edges are not jagged.
	fine := 2 * side
	canvas := make([]float64, fine*fine)
	for i := range canvas {
		canvas[i] = 0.5
	}
	for range leafCount {
		drawLeaf(draw).paint(canvas, fine, draw)
	}
	image := make([]float64, side*side)
	for y := range side {
		for x := range side {
			i := 2*y*fine + 2*x
			image[y*side+x] = (canvas[i] + canvas[i+1] + canvas[i+fine] + canvas[i+fine+1]) / 4
		}
	}
	for cell := side / 2; cell >= 2; cell /= 2 {
		grain(draw, image, side, cell)
	}
	for i, v := range image {
		image[i] = min(max(v, 0), 1)
	}
	return image
}

// leaf is a shape: along and across are its half axes, (dx, dy) its direction.
type leaf struct {
	along, across float64
	dx, dy        float64
	corners       bool // a rectangle
	light, tilt   float64
}

func drawLeaf(draw random) leaf {
	// The inverse of the distribution function of r^-3.
	small, large := 1/float64(leafSmall*leafSmall), 1/float64(leafLarge*leafLarge)
	r := 1 / math.Sqrt(draw.within(large, small))
	l := leaf{along: 2 * r, across: 2 * r * draw.within(0.2, 1)} // twice as fine
	l.dx, l.dy = draw.direction()
	l.corners = draw.below(2) == 1
	l.light = draw.float()
	l.tilt = draw.within(-leafTilt, leafTilt)
	return l
}

// paint lays the leaf over the canvas, centred anywhere from which it may reach.
func (l leaf) paint(canvas []float64, side int, draw random) {
	reach := float64(1.5 * l.along) // above sqrt(2), for corners
	cx, cy := draw.within(-reach, float64(side)+reach), draw.within(-reach, float64(side)+reach)
	for y := max(0, int(cy-reach)); y < side && float64(y) <= cy+reach; y++ {
		for x := max(0, int(cx-reach)); x < side && float64(x) <= cx+reach; x++ {
			px, py := float64(x)-cx, float64(y)-cy
			u := (float64(px*l.dx) + float64(py*l.dy)) / l.along
			v := (float64(py*l.dx) - float64(px*l.dy)) / l.across
			inside := math.Abs(u) <= 1 && math.Abs(v) <= 1
			if !l.corners {
				inside = float64(u*u)+float64(v*v) <= 1
			}
			if inside {
				canvas[y*side+x] = l.light + float64(l.tilt*u)
			}
		}
	}
}

// grain adds noise between lattice points that are cell pixels apart.
func grain(draw random, image []float64, side, cell int) {
	points := side/cell + 1
	lattice := make([]float64, points*points)
	spread := float64(grainDepth * math.Sqrt(3)) // of a uniform number of that deviation
	for i := range lattice {
		lattice[i] = draw.within(-spread, spread)
	}
	for y := range side {
		for x := range side {
			fx, fy := float64(x%cell)/float64(cell), float64(y%cell)/float64(cell)
			row := lattice[y/cell*points+x/cell:]
			top := row[0] + float64(fx*(row[1]-row[0]))
			bottom := row[points] + float64(fx*(row[points+1]-row[points]))
			image[y*side+x] += top + float64(fy*(bottom-top))
		}
	}
}
