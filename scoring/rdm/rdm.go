// Package rdm makes and compares representational dissimilarity matrices.
//
// A matrix is given as its strict upper triangle, row by row: n(n-1)/2
// dissimilarities for n stimuli.
package rdm

import (
	"fmt"
	"math"

	"github.com/bsgen/bsgen/assembly"
	"github.com/bsgen/bsgen/scoring"
	"github.com/bsgen/bsgen/scoring/resample"
	"github.com/bsgen/bsgen/scoring/stat"
)

// Similarity compares models with the RDMs of several subjects by Spearman's
// rho. It holds what does not depend on the model, so that many models share it.
type Similarity struct {
	data     *assembly.RDMs
	rankers  []*stat.Ranker
	bound    Bound
	ceiling  scoring.Ceiling
	stimuli  resample.Sampler
	subjects resample.Sampler
	upper    []float64 // replicate -> upper bound of the ceiling
	loo      []float64 // upper bound without each subject, for the jackknife
}

// Bound is the kind of a noise ceiling.
type Bound int

const (
	Unbounded Bound = iota // there is no ceiling
	// Ranks: subjects are compared with the average of their rank-transformed
	// RDMs, the best that Spearman's rho allows (Nili et al. 2014).
	Ranks
	// Values: subjects are compared with the average of their RDMs as they are,
	// as in Brain-Score's rsa_ceiling.
	Values
)

// NewSimilarity prepares the comparison and computes the noise ceiling, which
// needs at least two subjects.
func NewSimilarity(data *assembly.RDMs, bound Bound) (*Similarity, error) {
	if bound != Unbounded && len(data.Subjects) < 2 {
		return nil, fmt.Errorf("an RDM noise ceiling needs two subjects or more, there is %d", len(data.Subjects))
	}
	if len(data.Stimuli) < 3 || len(data.Subjects) == 0 {
		return nil, fmt.Errorf("%d stimuli and %d subjects: a comparison of RDMs needs three stimuli and a subject", len(data.Stimuli), len(data.Subjects))
	}
	s := &Similarity{data: data, bound: bound, ceiling: scoring.NoCeiling}
	s.stimuli = resample.New("stimuli", data.Stimuli)
	s.subjects = resample.New("subjects of "+data.Stimuli[0], data.Subjects)
	for _, u := range data.Upper {
		s.rankers = append(s.rankers, stat.NewRanker(u))
	}
	if bound != Unbounded {
		s.findCeiling()
	}
	return s, nil
}

// findCeiling computes the ceiling and its replicates.
func (s *Similarity) findCeiling() {
	n := len(s.data.Subjects)
	ones := make([]float64, len(s.data.Upper[0]))
	for i := range ones {
		ones[i] = 1
	}
	ranks := s.rank(ones, nil)
	all := make([]float64, n)
	for k := range all {
		all[k] = 1
	}
	upper, lower := s.band(ranks, ones, all, true)
	s.ceiling = scoring.Ceiling{Value: upper, Scale: scoring.Band, Lower: lower, Upper: upper, Error: math.NaN()}
	for k := range all {
		all[k] = 0
		u, _ := s.band(ranks, ones, all, false)
		s.loo = append(s.loo, u)
		all[k] = 1
	}
	s.upper = make([]float64, resample.B)
	weight := make([]float64, len(ones))
	for b := range s.upper {
		s.weigh(b, weight)
		ranks = s.rank(weight, ranks)
		s.upper[b], _ = s.band(ranks, weight, all, false)
	}
}

// weigh writes the weight of each pair of stimuli in replicate b: the product
// of how often its two stimuli were drawn. Pairs of one stimulus with itself
// never stand in an upper triangle and so drop out.
func (s *Similarity) weigh(b int, weight []float64) {
	counts := make([]float64, s.stimuli.Len())
	s.stimuli.Counts(b, counts)
	k := 0
	for i, ci := range counts {
		for _, cj := range counts[i+1:] {
			weight[k] = ci * cj
			k++
		}
	}
}

// rank returns every subject's weighted ranks.
func (s *Similarity) rank(weight []float64, dst [][]float64) [][]float64 {
	if dst == nil {
		dst = make([][]float64, len(s.rankers))
		for k := range dst {
			dst[k] = make([]float64, len(weight))
		}
	}
	for k, r := range s.rankers {
		r.Ranks(dst[k], weight)
	}
	return dst
}

// band returns the noise ceiling of the RDMs, whose ranks under the weights are
// given, subject k counting m[k] times (Nili et al. 2014): the mean correlation
// of each subject with the average over all (upper) and over all others (lower;
// computed only where wanted).
func (s *Similarity) band(ranks [][]float64, weight, m []float64, withLower bool) (upper, lower float64) {
	averaged := ranks
	if s.bound == Values {
		averaged = s.data.Upper
	}
	pooled := make([]float64, len(weight))
	total := 0.0
	for k, r := range averaged {
		total += m[k]
		for i, v := range r {
			pooled[i] += float64(m[k] * v)
		}
	}
	rest := make([]float64, len(weight))
	dst := make([]float64, len(weight))
	stat.NewRanker(pooled).Ranks(dst, weight)
	for k, r := range ranks {
		if m[k] == 0 {
			continue
		}
		upper += m[k] * stat.WeightedPearson(r, dst, weight)
		if withLower {
			for i, v := range averaged[k] {
				rest[i] = pooled[i] - v
			}
			others := make([]float64, len(weight))
			stat.NewRanker(rest).Ranks(others, weight)
			lower += m[k] * stat.WeightedPearson(r, others, weight)
		}
	}
	return upper / total, lower / total
}

// Score returns the mean over subjects of Spearman's rho between the model's
// RDM and theirs. Error is the standard error of that mean over subjects. An
// RDM of another number of stimuli is an error; a model whose dissimilarities
// are all equal scores NaN.
func (s *Similarity) Score(model *assembly.RDM, rule string) (scoring.Score, error) {
	if want := len(s.data.Stimuli); model.N != want {
		return scoring.Score{}, fmt.Errorf("the RDM has %d stimuli, the stimulus set has %d", model.N, want)
	}
	perSubject := make([]float64, len(s.data.Subjects))
	for k, u := range s.data.Upper {
		perSubject[k] = stat.Spearman(model.Upper, u)
	}
	sc := scoring.Score{
		Raw:     stat.Mean(perSubject),
		Ceiling: s.ceiling,
		Error: scoring.Error{
			Value: stat.SampleStd(perSubject) / math.Sqrt(float64(len(perSubject))),
			Kind:  "standard error of the mean over subjects",
		},
		Units: scoring.Units{Kind: "subject", Values: perSubject},
	}
	if len(perSubject) < 2 {
		sc.Error = scoring.Error{Value: math.NaN()}
	}
	if s.bound != Unbounded && len(perSubject) <= 2*resample.FewSubjects {
		sc.Warn("with %d subjects the upper bound of the noise ceiling is inflated, so the score is too low rather than too high", len(perSubject))
	}
	if math.IsNaN(sc.Raw) {
		sc.Warn("there is no correlation: all dissimilarities of the model, or of a subject, are equal")
	}
	if err := sc.Normalize(rule); err != nil {
		return sc, err
	}
	s.replicate(&sc, model, perSubject)
	return sc, nil
}

func (s *Similarity) replicate(sc *scoring.Score, model *assembly.RDM, perSubject []float64) {
	ranker := stat.NewRanker(model.Upper)
	weight := make([]float64, len(model.Upper))
	mine, theirs := make([]float64, len(weight)), make([]float64, len(weight))
	sc.Replicates = make([]float64, resample.B)
	for b := range sc.Replicates {
		s.weigh(b, weight)
		ranker.Ranks(mine, weight)
		sum := 0.0
		for _, r := range s.rankers {
			r.Ranks(theirs, weight)
			sum += stat.WeightedPearson(mine, theirs, weight)
		}
		ceiling := s.ceiling.Value
		if s.bound != Unbounded {
			ceiling = s.upper[b]
		}
		sc.Replicates[b] = sc.Replicate(sum/float64(len(s.rankers)), ceiling)
	}
	resampled := "stimuli"
	if n := len(perSubject); n > 1 {
		resampled = "stimuli; jackknife over subjects, t quantile"
		loo := make([]float64, n)
		for k := range loo {
			ceiling := s.ceiling.Value
			if s.bound != Unbounded {
				ceiling = s.loo[k]
			}
			loo[k] = sc.Replicate((stat.Mean(perSubject)*float64(n)-perSubject[k])/float64(n-1), ceiling)
		}
		resample.Jackknife(sc.Replicates, loo, s.subjects)
	}
	sc.FinishInterval(resampled)
}
