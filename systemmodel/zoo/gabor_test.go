package zoo

import (
	"fmt"
	"math"
	"testing"
)

// grating is a square image of a wave that runs in the direction turns, with its
// crest shifted by phase turns from the centre.
func grating(side int, lambda, turns, phase, mean, amplitude float64) tensor {
	out := newTensor(1, 1, side, side)
	for i := range out.data {
		x, y := float64(i%side-side/2), float64(i/side-side/2)
		along := x*math.Cos(2*math.Pi*turns) + y*math.Sin(2*math.Pi*turns)
		out.data[i] = float32(mean + amplitude*math.Cos(2*math.Pi*(along/lambda-phase)))
	}
	return out
}

// middle returns each channel at the centre of the image.
func middle(x tensor) []float64 {
	channels, rows, columns := x.shape[1], x.shape[2], x.shape[3]
	out := make([]float64, channels)
	for c := range out {
		out[c] = float64(x.data[(c*rows+rows/2)*columns+columns/2])
	}
	return out
}

func argmax(v []float64) int {
	best := 0
	for i, x := range v {
		if x > v[best] {
			best = i
		}
	}
	return best
}

// For each of the 40 channels, the grating that it prefers wins over all other
// channels, gives its amplitude, and does so whatever its phase.
func TestGaborPrefersItsGrating(t *testing.T) {
	model, err := gaborV1(128) // the widest filter has 133 pixels
	if err != nil {
		t.Fatal(err)
	}
	p := interpret(t, model)
	for f, lambda := range gaborWavelengths {
		if lambda > 16 && raceDetector {
			continue // slow; the filters are one function of lambda
		}
		for o := range gaborOrientations {
			for i, phase := range []float64{0, 0.15} {
				if i > 0 && o%3 != 0 {
					continue
				}
				x := grating(128, float64(lambda), float64(o)/16, phase, 0, 0.25)
				var got []float64
				for _, lambda := range gaborWavelengths {
					if lambda > 16 && f < 2 {
						got = append(got, make([]float64, gaborOrientations)...) // far away
						continue
					}
					got = append(got, centreEnergy(p, x, lambda)...)
				}
				want := f*gaborOrientations + o
				if best := argmax(got); best != want {
					t.Errorf("wavelength %d, orientation %d, phase %g: channel %d wins with %.3f over %d with %.3f",
						lambda, o, phase, best, got[best], want, got[want])
				}
				if math.Abs(got[want]-0.25) > 0.01 {
					t.Errorf("wavelength %d, orientation %d, phase %g: energy %.4f, want the amplitude 0.25", lambda, o, phase, got[want])
				}
			}
		}
	}
}

// centreEnergy computes one frequency's units at the centre alone: the model's
// own filters, applied once.
func centreEnergy(p *interpreter, x tensor, lambda int) []float64 {
	side := x.shape[2]
	out := make([]float64, gaborOrientations)
	for _, parity := range []string{"even", "odd"} {
		w := p.get(fmt.Sprintf("%s.%02d.weight", parity, lambda))
		size := w.shape[2]
		for o := range out {
			sum := 0.0
			for i := range size * size {
				row, column := side/2-size/2+i/size, side/2-size/2+i%size
				if row >= 0 && row < side && column >= 0 && column < side {
					sum += float64(w.data[o*size*size+i]) * float64(x.data[row*side+column])
				}
			}
			out[o] += sum * sum
		}
	}
	for o := range out {
		out[o] = math.Sqrt(out[o])
	}
	return out
}

// The file does what centreEnergy does: strides, padding and pooling included.
func TestGaborGraph(t *testing.T) {
	const side = 32
	model, err := gaborV1(side)
	if err != nil {
		t.Fatal(err)
	}
	p := interpret(t, model)
	x := grating(side, 16, 3./16, 0.1, 0, 0.5)
	if got := p.run("image", x, "energy"); fmt.Sprint(got.shape) != "[1 40 4 4]" {
		t.Errorf("energy has shape %v", got.shape)
	}
	energy := p.run("image", x, "energy.16.fine")
	for o, want := range centreEnergy(p, x, 16) {
		if got := middle(energy)[o]; math.Abs(got-want) > 1e-6 {
			t.Errorf("orientation %d: the graph gives %v, its filters %v", o, got, want)
		}
	}
	pooled := p.run("image", x, "pool.7")
	sum := 0.0
	for _, v := range p.run("image", x, "energy").data[:16] {
		sum += float64(v)
	}
	if got := float64(pooled.data[0]); math.Abs(got-sum/16) > 1e-6 {
		t.Errorf("pool.7 is %v, the mean is %v", got, sum/16)
	}
	for i, v := range p.run("image", newTensor(1, 1, side, side), "energy").data {
		if v != 0 {
			t.Fatalf("unit %d answers a grey field with %v", i, v)
		}
	}
}
