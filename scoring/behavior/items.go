package behavior

import (
	"github.com/bsgen/bsgen/assembly"
	"github.com/bsgen/bsgen/scoring"
	"github.com/bsgen/bsgen/scoring/resample"
)

// byCondition returns the items of each condition.
func byCondition(t *assembly.Trials) [][]int {
	items := make([][]int, len(t.Conditions))
	for i, it := range t.Items {
		items[it.Condition] = append(items[it.Condition], i)
	}
	return items
}

// correct returns 1 for every item whose choice is the truth, else 0.
func correct(t *assembly.Trials, choices []int) []float64 {
	right := make([]float64, len(t.Items))
	for i, choice := range choices {
		if choice == t.Items[i].Truth {
			right[i] = 1
		}
	}
	return right
}

func ones(n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = 1
	}
	return x
}

// firstAndLast tells apart the people of different data sets, who are all
// called subject-01, by the first and last stimulus that they saw.
func firstAndLast(t *assembly.Trials) string {
	if len(t.Items) == 0 {
		return ""
	}
	return t.Items[0].Stimulus + " " + t.Items[len(t.Items)-1].Stimulus
}

// drawItems returns how often each bootstrap replicate draws each item.
// Images are resampled within their condition, so that every condition keeps
// its number of images.
func drawItems(t *assembly.Trials) [][]float64 {
	weights := make([][]float64, resample.B)
	for b := range weights {
		weights[b] = make([]float64, len(t.Items))
	}
	for _, items := range byCondition(t) {
		names := make([]string, len(items))
		for k, i := range items {
			names[k] = t.Items[i].Stimulus
		}
		sampler := resample.New("stimuli", names)
		counts := make([]float64, len(items))
		for b := range weights {
			sampler.Counts(b, counts)
			for k, i := range items {
				weights[b][i] = counts[k]
			}
		}
	}
	return weights
}

// replicateItems draws replicates of a statistic that resample images within
// conditions.
func replicateItems(sc *scoring.Score, t *assembly.Trials, statistic func(weight []float64) float64) {
	sc.Replicates = make([]float64, resample.B)
	for b, weight := range drawItems(t) {
		sc.Replicates[b] = sc.Replicate(statistic(weight), sc.Ceiling.Value)
	}
	sc.FinishInterval("images")
}
