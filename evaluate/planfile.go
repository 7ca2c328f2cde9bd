package evaluate

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/bsgen/bsgen/archive"
)

// PlanSchema is the version of the plan files that this package writes.
const PlanSchema = 1

// MaxPlan is the largest plan file that is read, in bytes (256 MiB): about half
// a million pairs.
const MaxPlan = 256 << 20

// Plan is work to be shared out: pairs to score, each with the key that its
// result must have. A plan file never changes; everything that is made for it
// names its digest. Making a plan of the same archive again gives the same bytes.
type Plan struct {
	Schema int        `json:"schema"`
	Digest string     `json:"digest"` // of the pairs
	Pairs  []PlanPair `json:"pairs"`  // by benchmark, then model
}

// PlanPair is a pair of a plan.
type PlanPair struct {
	Model     string `json:"model"`
	Benchmark string `json:"benchmark"`
	Version   int    `json:"version"`
	State     State  `json:"state"` // why it is in the plan
	Key       string `json:"key"`
	Cost      int64  `json:"cost"` // estimated milliseconds on one processor, at least 1
}

// String returns "model on benchmark@version".
func (p PlanPair) String() string { return fmt.Sprintf("%s on %s@%d", p.Model, p.Benchmark, p.Version) }

// pairID tells the pairs of a plan apart, and those of an archive.
type pairID struct{ model, benchmark string }

func (p PlanPair) id() pairID { return pairID{p.Model, p.Benchmark} }
func (p Pair) id() pairID     { return pairID{p.Model.ID, p.Benchmark.ID} }

func (p PlanPair) compare(q PlanPair) int {
	return cmp.Or(strings.Compare(p.Benchmark, q.Benchmark), strings.Compare(p.Model, q.Model))
}

// NewPlan makes a plan to score the pairs, all of the archive.
func NewPlan(a *archive.Archive, pairs []Pair) *Plan {
	p := &Plan{Schema: PlanSchema, Pairs: []PlanPair{}}
	for _, pair := range pairs {
		p.Pairs = append(p.Pairs, PlanPair{
			Model: pair.Model.ID, Benchmark: pair.Benchmark.ID, Version: pair.Benchmark.Version,
			State: pair.State, Key: pair.Key, Cost: pair.cost(a.Root),
		})
	}
	slices.SortFunc(p.Pairs, PlanPair.compare)
	p.Digest = archive.Digest(p.Pairs)
	return p
}

// Encode returns the plan file.
func (p *Plan) Encode() []byte { return encodeJSON(p) }

// encodeJSON returns the indented JSON of a plan or a manifest, which hold
// nothing that has none.
func encodeJSON(v any) []byte {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		panic("evaluate: " + err.Error())
	}
	return buf.Bytes()
}

// decodeJSON is the inverse of encodeJSON. Unknown fields and data after the
// end are errors.
func decodeJSON(data []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		return err
	}
	if _, err := dec.Token(); err != io.EOF {
		return errors.New("data after the end")
	}
	return nil
}

// DecodePlan parses a plan file and checks it against its digest.
func DecodePlan(data []byte) (*Plan, error) {
	var p Plan
	if err := decodeJSON(data, &p); err != nil {
		return nil, fmt.Errorf("not a plan: %w", err)
	}
	if p.Schema != PlanSchema {
		return nil, fmt.Errorf("not a plan of schema %d: its schema is %d", PlanSchema, p.Schema)
	}
	if p.Pairs == nil {
		p.Pairs = []PlanPair{}
	}
	for i, pair := range p.Pairs {
		if err := errors.Join(archive.CheckID(pair.Model), archive.CheckID(pair.Benchmark)); err != nil {
			return nil, fmt.Errorf("pair %d of the plan: %w", i+1, err)
		}
		if pair.Version < 1 || pair.Cost < 1 {
			return nil, fmt.Errorf("pair %d of the plan: version %d and cost %d must be positive", i+1, pair.Version, pair.Cost)
		}
		if i > 0 && p.Pairs[i-1].compare(pair) >= 0 {
			return nil, fmt.Errorf("pair %d of the plan: %s is out of order or there twice", i+1, pair)
		}
	}
	if got := archive.Digest(p.Pairs); got != p.Digest {
		return nil, fmt.Errorf("the plan was changed: its pairs have the digest %.12s, it says %.12s", got, p.Digest)
	}
	return &p, nil
}

// OutdatedError says that an archive is not the one that a plan was made of.
type OutdatedError struct {
	Reasons []string // "model on benchmark@version: why", a line for each pair
}

func (e *OutdatedError) Error() string {
	return fmt.Sprintf("the archive is not the one that the plan was made of: %s", listed(e.Reasons))
}

func outdated(pairs []PlanPair, reasons map[int]string) error {
	e := &OutdatedError{}
	for i := range pairs {
		if r, ok := reasons[i]; ok {
			e.Reasons = append(e.Reasons, r)
		}
	}
	return e
}

// listed joins the first few lines and counts the rest.
func listed(lines []string) string {
	const most = 5
	s := strings.Join(lines[:min(len(lines), most)], "; ")
	if n := len(lines) - most; n > 0 {
		s += fmt.Sprintf("; and %d more", n)
	}
	return s
}

// match returns the archive's pairs with the given pairs of a plan. Where a
// key is not the planned one, or a pair is not there, the reason stands under
// the pair's index and the Pair is zero.
func match(a *archive.Archive, planned []PlanPair) ([]Pair, map[int]string, error) {
	have, err := Pairs(a, Filter{})
	if err != nil {
		return nil, nil, err
	}
	byID := map[pairID]Pair{}
	for _, p := range have {
		byID[p.id()] = p
	}
	pairs, reasons := make([]Pair, len(planned)), map[int]string{}
	for i, want := range planned {
		p, ok := byID[want.id()]
		switch {
		case !ok:
			reasons[i] = fmt.Sprintf("%s: the pair is not there, or its files have a problem", want)
		case p.Key != want.Key:
			reasons[i] = fmt.Sprintf("%s: the key is %.12s, the plan has %.12s", want, p.Key, want.Key)
		default:
			pairs[i] = p
		}
	}
	return pairs, reasons, nil
}
