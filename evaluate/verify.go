package evaluate

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/bsgen/bsgen/archive"
)

// Difference is one field of a stored result that recomputing does not give.
type Difference struct {
	Field              string
	Stored, Recomputed string
}

// Compare returns where the stored result differs from a recomputed outcome;
// nothing where both are the same bytes, or, where the result records a
// tolerance, where every number is within it. Stored must be the result that
// the archive holds for the same pair.
func Compare(stored *archive.Result, o Outcome) ([]Difference, error) {
	want, err := stored.Encode()
	if err != nil {
		return nil, err
	}
	got, _, err := archive.EncodePair(o.Result, o.Sidecar)
	if err != nil {
		return nil, err
	}
	if bytes.Equal(want, got) {
		return nil, nil
	}
	var a, b map[string]any
	if err := decodeNumbers(want, &a); err != nil {
		return nil, err
	}
	if err := decodeNumbers(got, &b); err != nil {
		return nil, err
	}
	if stored.Tolerance > 0 {
		// Digests of the replicates follow the numbers within the tolerance.
		delete(a, "sidecar")
		delete(b, "sidecar")
	}
	return walk(nil, "", a, b, float64(stored.Tolerance)), nil
}

// Inconsistent returns where the stored result of a fresh pair does not say
// what went into it: its key is digested from the same fields. It needs no data.
func (p Pair) Inconsistent(stored *archive.Result) []Difference {
	want := p.inputs()
	want.Stimuli = stored.Inputs.Stimuli
	var a, b map[string]any
	for v, into := range map[*archive.Inputs]*map[string]any{&stored.Inputs: &a, &want: &b} {
		data, err := json.Marshal(v)
		if err == nil {
			err = decodeNumbers(data, into)
		}
		if err != nil { // digests have JSON
			panic("evaluate: " + err.Error())
		}
	}
	return walk(nil, "inputs", a, b, 0)
}

func decodeNumbers(data []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	return dec.Decode(v)
}

func walk(diffs []Difference, path string, a, b any, tolerance float64) []Difference {
	am, aok := a.(map[string]any)
	bm, bok := b.(map[string]any)
	if aok && bok {
		var keys []string
		for k := range am {
			keys = append(keys, k)
		}
		for k := range bm {
			if _, both := am[k]; !both {
				keys = append(keys, k)
			}
		}
		slices.Sort(keys)
		for _, k := range keys {
			diffs = walk(diffs, strings.TrimPrefix(path+"."+k, "."), am[k], bm[k], tolerance)
		}
		return diffs
	}
	al, aok := a.([]any)
	bl, bok := b.([]any)
	if aok && bok && len(al) == len(bl) {
		for i := range al {
			diffs = walk(diffs, fmt.Sprintf("%s[%d]", path, i), al[i], bl[i], tolerance)
		}
		return diffs
	}
	if as, bs := show(a), show(b); as != bs && !near(a, b, tolerance) {
		diffs = append(diffs, Difference{path, as, bs})
	}
	return diffs
}

func near(a, b any, tolerance float64) bool {
	an, aok := a.(json.Number)
	bn, bok := b.(json.Number)
	if !aok || !bok || tolerance == 0 {
		return false
	}
	x, err1 := an.Float64()
	y, err2 := bn.Float64()
	return err1 == nil && err2 == nil && math.Abs(x-y) <= tolerance
}

func show(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(data)
}
