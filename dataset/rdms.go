package dataset

import (
	"bytes"
	"fmt"
	"math"
	"regexp"

	"github.com/bsgen/bsgen/assembly"
	"github.com/bsgen/bsgen/dataset/mat"
)

// maxRDM bounds the number of stimuli of an RDM (5,000: 12.5 million pairs).
const maxRDM = 5000

// RDMs reads the matrices of a MATLAB struct array with the fields RDM and
// name. The pattern's first group in a name is the subject; names that do not
// match are passed over, and matrices of one subject (its sessions) are
// averaged. Subjects come in the order of the file.
func RDMs(file string, data []byte, variable string, pattern *regexp.Regexp) (*assembly.RDMs, error) {
	v, err := matVariable(file, data, variable)
	if err != nil {
		return nil, err
	}
	out := &assembly.RDMs{}
	index, sessions := map[string]int{}, []float64{}
	for i := range v.Len() {
		name, err := entryName(v, i)
		if err != nil {
			return nil, fmt.Errorf("%s: %s(%d): %w", file, variable, i+1, err)
		}
		m := pattern.FindStringSubmatch(name)
		if m == nil {
			continue
		}
		rdm, err := entryRDM(v, i)
		if err != nil {
			return nil, fmt.Errorf("%s: %s(%d): %w", file, variable, i+1, err)
		}
		k, ok := index[m[1]]
		if !ok {
			k = len(out.Subjects)
			index[m[1]] = k
			out.Subjects = append(out.Subjects, m[1])
			out.Upper = append(out.Upper, make([]float64, len(rdm.Upper)))
			sessions = append(sessions, 0)
		}
		if len(rdm.Upper) != len(out.Upper[0]) {
			return nil, fmt.Errorf("%s: %s(%d): %d stimuli where the matrices before have %d pairs", file, variable, i+1, rdm.N, len(out.Upper[0]))
		}
		for j, d := range rdm.Upper {
			out.Upper[k][j] += d
		}
		sessions[k]++
		if out.Stimuli == nil {
			for s := range rdm.N {
				out.Stimuli = append(out.Stimuli, fmt.Sprintf("%03d", s+1))
			}
		}
	}
	if len(out.Subjects) == 0 {
		return nil, fmt.Errorf("%s: no name in %s matches %q", file, variable, pattern)
	}
	for k := range out.Upper {
		for j := range out.Upper[k] {
			out.Upper[k][j] /= sessions[k]
		}
	}
	return out, nil
}

// RDM reads a model's matrix from a MATLAB file: the element of a struct array
// whose name is entry, or with an empty entry a plain matrix.
func RDM(file string, data []byte, variable, entry string) (*assembly.RDM, error) {
	v, err := matVariable(file, data, variable)
	if err != nil {
		return nil, err
	}
	if entry == "" {
		rdm, err := matrixRDM(v)
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", file, variable, err)
		}
		return rdm, nil
	}
	var names []string
	for i := range v.Len() {
		name, err := entryName(v, i)
		if err != nil {
			return nil, fmt.Errorf("%s: %s(%d): %w", file, variable, i+1, err)
		}
		if name == entry {
			rdm, err := entryRDM(v, i)
			if err != nil {
				return nil, fmt.Errorf("%s: %s %q: %w", file, variable, entry, err)
			}
			return rdm, nil
		}
		names = append(names, name)
	}
	return nil, fmt.Errorf("%s: %s has no entry %q; there are %s", file, variable, entry, assembly.NameList(names, 20))
}

func matVariable(file string, data []byte, variable string) (*mat.Array, error) {
	f, err := mat.Read(bytes.NewReader(data), mat.Options{Only: []string{variable}})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	v, err := f.Var(variable)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return v, nil
}

func entryName(v *mat.Array, i int) (string, error) {
	n, err := v.Field(i, "name")
	if err != nil {
		return "", err
	}
	return n.Text()
}

func entryRDM(v *mat.Array, i int) (*assembly.RDM, error) {
	m, err := v.Field(i, "RDM")
	if err != nil {
		return nil, err
	}
	return matrixRDM(m)
}

// matrixRDM reads a square matrix, or a row vector of pairs as MATLAB's
// squareform makes it (the order of the strict upper triangle, row by row).
func matrixRDM(m *mat.Array) (*assembly.RDM, error) {
	if len(m.Dims) != 2 {
		return nil, fmt.Errorf("an RDM has two dimensions, not %v", m.Dims)
	}
	// A few bytes may inflate to many small integers, each of which becomes a
	// float64: the shape is looked at first.
	n := m.Dims[0]
	if n == 1 {
		pairs := m.Dims[1]
		n = int(math.Round((1 + math.Sqrt(float64(1+8*pairs))) / 2))
		if n > maxRDM || assembly.Pairs(n) != pairs {
			return nil, fmt.Errorf("%d values are not the pairs of 2 to %d stimuli", pairs, maxRDM)
		}
		values, err := m.Float64s()
		if err != nil {
			return nil, err
		}
		for i, v := range values {
			if math.IsNaN(v) {
				return nil, fmt.Errorf("the dissimilarity of pair %d is NaN", i+1)
			}
		}
		return &assembly.RDM{N: n, Upper: values}, nil
	}
	if n != m.Dims[1] || n > maxRDM {
		return nil, fmt.Errorf("an RDM is square with at most %d stimuli, not %v", maxRDM, m.Dims)
	}
	values, err := m.Float64s()
	if err != nil {
		return nil, err
	}
	upper, err := assembly.Upper(n, values)
	if err != nil {
		return nil, err
	}
	return &assembly.RDM{N: n, Upper: upper}, nil
}
