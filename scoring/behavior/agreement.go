package behavior

import (
	"math"
	"slices"

	"github.com/bsgen/bsgen/assembly"
	"github.com/bsgen/bsgen/scoring"
	"github.com/bsgen/bsgen/scoring/resample"
	"github.com/bsgen/bsgen/scoring/stat"
)

// Agreement compares models with the people of one set of trials by a
// statistic of right and wrong. It holds what does not depend on the model, so
// that many models share it.
type Agreement struct {
	statistic func(n, a, b, both float64) float64
	name      string // of the statistic, for warnings
	trials    *assembly.Trials
	right     [][]float64 // subject x item: 1 right, 0 wrong
	shown     [][]float64 // subject x item: 1 shown, 0 not
	byCond    [][]int     // condition -> items
	signed    float64     // mean between people
	skipped   int

	weights  [][]float64 // replicate x item
	subjects resample.Sampler
	resample string
	ceilings []float64 // replicate -> signed mean between people
	loo      []float64 // the same without each subject, for the jackknife
}

// NewErrorConsistency prepares the comparison by [Kappa] in each condition. It
// needs at least two subjects: the ceiling is the consistency between people.
func NewErrorConsistency(t *assembly.Trials) *Agreement {
	return newAgreement(t, Kappa, "kappa", byCondition(t))
}

// NewAccuracyDistance prepares the comparison by [AccuracyDistance], pooled
// over conditions or, as Brain-Score's option "variables" does, in each of
// them. It needs at least two subjects.
func NewAccuracyDistance(t *assembly.Trials, eachCondition bool) *Agreement {
	groups := byCondition(t)
	if !eachCondition {
		groups = [][]int{slices.Concat(groups...)}
	}
	return newAgreement(t, AccuracyDistance, "accuracy distance", groups)
}

func newAgreement(t *assembly.Trials, statistic func(n, a, b, both float64) float64, name string, groups [][]int) *Agreement {
	c := &Agreement{statistic: statistic, name: name, trials: t, byCond: groups, weights: drawItems(t)}
	for _, choices := range t.Choices {
		shown := ones(len(t.Items))
		for i, choice := range choices {
			if choice == assembly.NotShown {
				shown[i] = 0
			}
		}
		c.right, c.shown = append(c.right, correct(t, choices)), append(c.shown, shown)
	}
	c.subjects = resample.New("subjects "+firstAndLast(t), t.Subjects)
	c.resample = "images x observers"
	if c.few() {
		c.resample = "images; jackknife over observers, t quantile"
	}
	pairs := c.pairs(ones(len(t.Items)))
	all := ones(len(t.Subjects))
	c.signed, c.skipped = meanPairs(pairs, all)
	c.drawCeilings(pairs, all)
	return c
}

func (c *Agreement) few() bool { return len(c.trials.Subjects) <= resample.FewSubjects }

// kappas writes the kappa between two right/wrong vectors in each condition.
// shown limits it to items that both saw.
func (c *Agreement) values(dst, a, b, shownA, shownB, weight []float64) {
	for cond, items := range c.byCond {
		var n, na, nb, both float64
		for _, i := range items {
			w := weight[i] * shownA[i] * shownB[i]
			n += w
			na += w * a[i]
			nb += w * b[i]
			both += w * a[i] * b[i]
		}
		dst[cond] = c.statistic(n, na, nb, both)
	}
}

// pairs returns the mean over conditions of the statistic for every pair of
// people, and how many conditions had none.
func (c *Agreement) pairs(weight []float64) [][]cell {
	n := len(c.right)
	out := make([][]cell, n)
	dst := make([]float64, len(c.byCond))
	for s := range n {
		out[s] = make([]cell, n)
		for t := s + 1; t < n; t++ {
			c.values(dst, c.right[s], c.right[t], c.shown[s], c.shown[t], weight)
			kept, skipped := stat.Finite(dst)
			out[s][t] = cell{stat.Mean(kept), skipped}
		}
	}
	return out
}

type cell struct {
	mean    float64
	skipped int
}

// meanPairs averages over pairs of different people, a person drawn m times
// counting m times; pairs without a value are skipped.
func meanPairs(pairs [][]cell, m []float64) (mean float64, skipped int) {
	var sum, total float64
	for s := range pairs {
		for t := s + 1; t < len(pairs); t++ {
			w := m[s] * m[t]
			skipped += pairs[s][t].skipped
			if k := pairs[s][t].mean; !math.IsNaN(k) {
				sum += float64(w * k)
				total += w
			}
		}
	}
	return sum / total, skipped
}

func (c *Agreement) drawCeilings(pairs [][]cell, all []float64) {
	if c.few() {
		for s := range all {
			all[s] = 0
			loo, _ := meanPairs(pairs, all)
			c.loo = append(c.loo, loo)
			all[s] = 1
		}
	}
	m := make([]float64, len(all))
	c.ceilings = make([]float64, resample.B)
	for b := range c.ceilings {
		copy(m, all)
		if !c.few() {
			c.subjects.Counts(b, m)
		}
		c.ceilings[b], _ = meanPairs(c.pairs(c.weights[b]), m)
	}
}

// Ceiling is the statistic between people: Brain-Score's mean over conditions,
// then over pairs of people, and its absolute value. Its error is the standard
// deviation over draws of images crossed with people; NaN with few people, whose
// part a bootstrap can not draw.
func (c *Agreement) Ceiling() scoring.Ceiling {
	out := scoring.ConstantCeiling(math.Abs(c.signed), scoring.Reference)
	if !c.few() {
		kept, _ := stat.Finite(c.ceilings)
		out.Error = stat.SampleStd(kept)
	}
	return out
}

// Score compares the choices of a model (index into the labels, per item) with
// people by Brain-Score's rule: the statistic for each subject and condition;
// where it is 0/0 the condition is skipped; mean over conditions, mean over
// subjects, absolute value. The value before taking the absolute one is the detail
// "signed_mean". Error is the population standard deviation over all cells, as
// Brain-Score reports it; it is no standard error.
func (c *Agreement) Score(choices []int, rule string) (scoring.Score, error) {
	t := c.trials
	right := correct(t, choices)
	every := ones(len(t.Items))
	perSubject := make([]float64, len(t.Subjects))
	cells := make([]float64, 0, len(t.Subjects)*len(c.byCond))
	dst := make([]float64, len(c.byCond))
	for s := range t.Subjects {
		c.values(dst, c.right[s], right, c.shown[s], every, every)
		cells = append(cells, dst...)
		kept, _ := stat.Finite(dst)
		perSubject[s] = stat.Mean(kept)
	}
	finite, skipped := stat.Finite(cells)
	subjects, _ := stat.Finite(perSubject)
	signed := stat.Mean(subjects)

	sc := scoring.Score{
		Raw:     math.Abs(signed),
		Ceiling: c.Ceiling(),
		Error:   scoring.Error{Value: stat.Std(finite), Kind: "standard deviation over subjects and conditions (Brain-Score)"},
		Units:   scoring.Units{Kind: "subject x condition", Values: cells, Dropped: skipped},
		Details: map[string]float64{"signed_mean": signed, "accuracy": stat.Mean(right)},
	}
	if skipped > 0 {
		sc.Warn("%s is 0/0 in %d of %d cells (subject and condition): skipped", c.name, skipped, len(cells))
	}
	if c.skipped > 0 {
		sc.Warn("%s between people is 0/0 in %d cells: skipped", c.name, c.skipped)
	}
	if signed < 0 {
		sc.Warn("the mean %s is negative (%s): Brain-Score takes its absolute value", c.name, scoring.FormatNumber(signed))
	}
	if err := sc.Normalize(rule); err != nil {
		return sc, err
	}
	c.replicate(&sc, right, every, perSubject, signed)
	return sc, nil
}

// replicate draws Unclipped anew. Replicates keep the sign that the estimate
// has, so that noise around zero is not folded to one side.
func (c *Agreement) replicate(sc *scoring.Score, right, every, perSubject []float64, signed float64) {
	unclipped := func(value, ceiling float64) float64 {
		return sc.Replicate(math.Copysign(1, signed)*value, math.Abs(ceiling))
	}
	m := make([]float64, len(perSubject))
	dst := make([]float64, len(c.byCond))
	sc.Replicates = make([]float64, resample.B)
	for b := range sc.Replicates {
		for s := range m {
			m[s] = 1
		}
		if !c.few() {
			c.subjects.Counts(b, m)
		}
		var sum, total float64
		for s := range m {
			if m[s] == 0 {
				continue
			}
			c.values(dst, c.right[s], right, c.shown[s], every, c.weights[b])
			kept, _ := stat.Finite(dst)
			if k := stat.Mean(kept); !math.IsNaN(k) {
				sum += float64(m[s] * k)
				total += m[s]
			}
		}
		sc.Replicates[b] = unclipped(sum/total, c.ceilings[b])
	}
	if c.few() && len(perSubject) > 1 {
		loo := make([]float64, len(perSubject))
		for s := range loo {
			var rest []float64
			for t, k := range perSubject {
				if t != s && !math.IsNaN(k) {
					rest = append(rest, k)
				}
			}
			loo[s] = unclipped(stat.Mean(rest), c.loo[s])
		}
		resample.Jackknife(sc.Replicates, loo, c.subjects)
	}
	sc.FinishInterval(c.resample)
}
