package assembly

import (
	"errors"
	"math"
)

// Activations are a model's responses: one row per stimulus, one column per
// unit. The values are float32 or float64, as they were recorded; exactly one
// of the two slices is set, row by row, or neither and Stored.
type Activations struct {
	Stimuli, Units int
	Float32        []float32
	Float64        []float64
	Stored         Stored
}

// Stored are activations that do not fit into memory and are read from their
// file as often as they are needed.
type Stored interface {
	// Row reads values of stimulus i, from the unit lo on, into dst; NaN where
	// they can not be read.
	Row(dst []float64, i, lo int)
	// Err returns why not, or that the file has become shorter since.
	Err() error
	Close() error
}

func (*Activations) response() {}

// Err returns why values that Row gave are not those of the file. Ask it when
// the last row has been read.
func (a *Activations) Err() error {
	if a.Stored != nil {
		return a.Stored.Err()
	}
	return nil
}

// Close closes the file of stored activations.
func (a *Activations) Close() error {
	if a.Stored != nil {
		return a.Stored.Close()
	}
	return nil
}

// Join puts the units of several activations of the same stimuli side by side.
// There is at least one; closing what is returned closes them.
func Join(parts []*Activations) *Activations {
	if len(parts) == 1 {
		return parts[0]
	}
	out := &Activations{Stimuli: parts[0].Stimuli}
	single := true
	for _, p := range parts {
		out.Units += p.Units
		single = single && p.Float32 != nil
	}
	if !single {
		out.Stored = joined(parts)
		return out
	}
	out.Float32 = make([]float32, 0, out.Stimuli*out.Units)
	for i := range out.Stimuli {
		for _, p := range parts {
			out.Float32 = append(out.Float32, p.Float32[i*p.Units:(i+1)*p.Units]...)
		}
	}
	return out
}

// joined implements [Stored] for activations of which some are stored.
type joined []*Activations

// Row implements [Stored].
func (j joined) Row(dst []float64, i, lo int) {
	for _, p := range j {
		if lo >= p.Units {
			lo -= p.Units
			continue
		}
		n := min(len(dst), p.Units-lo)
		p.Row(dst[:n], i, lo)
		dst, lo = dst[n:], 0
	}
}

// Err implements [Stored].
func (j joined) Err() error {
	for _, p := range j {
		if err := p.Err(); err != nil {
			return err
		}
	}
	return nil
}

// Close implements [Stored].
func (j joined) Close() error {
	var errs []error
	for _, p := range j {
		errs = append(errs, p.Close())
	}
	return errors.Join(errs...)
}

// Dims returns the numbers of stimuli and units.
func (a *Activations) Dims() (stimuli, units int) { return a.Stimuli, a.Units }

// Row copies the values of stimulus i, from the unit lo on, into dst.
func (a *Activations) Row(dst []float64, i, lo int) {
	if a.Stored != nil {
		a.Stored.Row(dst, i, lo)
		return
	}
	at := i*a.Units + lo
	if a.Float64 != nil {
		copy(dst, a.Float64[at:at+len(dst)])
		return
	}
	for k, v := range a.Float32[at : at+len(dst)] {
		dst[k] = float64(v)
	}
}

// Recordings are responses of neuroids to repeated stimuli.
type Recordings struct {
	Stimuli  []string
	Neuroids []string
	Subject  []string    // of each neuroid
	Values   [][]float64 // neuroid x (stimulus, repetition), NaN where a repetition is missing
	Repeats  int
}

// StimulusNames implements [Assembly].
func (r *Recordings) StimulusNames() []string { return r.Stimuli }

// Means returns stimulus x neuroid averages over repetitions for the neuroids
// of one subject, or of all where subject is empty; a stimulus without any
// repetition is NaN.
func (r *Recordings) Means(subject string) *Activations {
	var rows [][]float64
	for k, s := range r.Subject {
		if subject == "" || s == subject {
			rows = append(rows, r.Values[k])
		}
	}
	out := &Activations{Stimuli: len(r.Stimuli), Units: len(rows), Float64: make([]float64, len(r.Stimuli)*len(rows))}
	for k, row := range rows {
		for i := range r.Stimuli {
			sum, n := 0.0, 0.0
			for _, v := range row[i*r.Repeats : (i+1)*r.Repeats] {
				if !math.IsNaN(v) {
					sum, n = sum+v, n+1
				}
			}
			out.Float64[i*out.Units+k] = sum / n
		}
	}
	return out
}
