package evaluate

import (
	"os"
	"path/filepath"
	"strings"
)

// effort is how long a metric takes: milliseconds for any response, and more
// for each MB (10^6 bytes) of it.
type effort struct{ fixed, perMB float64 }

// efforts were measured on one processor with the data that ship, replicates
// included. Only their ratios matter: they balance shards, and a wrong one
// costs time, never correctness.
var efforts = map[string]effort{
	"error_consistency":   {10, 50},
	"accuracy_distance":   {10, 50},
	"accuracy":            {10, 50},
	"shape_bias":          {10, 50},
	"rdm_spearman":        {500, 50},
	"pearsonr":            {100, 10},
	"delta_loglik":        {300, 10},
	"rdm":                 {3000, 300},
	"rdm_cv":              {3000, 300},
	"ridgecv":             {700, 1000},
	"linear_predictivity": {700, 300},
	"cka":                 {100, 100},
	"cka_cv":              {100, 100},
	"cka_biased":          {100, 100},
}

// otherEffort is that of the metrics not listed, which fit a regression.
var otherEffort = effort{250, 300}

const (
	usualSplits = 10   // that the regressions above were measured with
	readPerMB   = 20   // milliseconds to read, verify and parse a benchmark's data
	unknownMB   = 0.01 // size of a response that is computed or not there
)

// cost estimates what scoring the pair takes, in milliseconds, from the sizes
// of the response and the data, the metric, and its number of splits. It
// depends on the archive's files alone and is at least 1.
func (p Pair) cost(root string) int64 {
	b := p.Benchmark
	name, one := strings.CutSuffix(b.Metric.Name, "_split")
	e, ok := efforts[name]
	if !ok {
		e = otherEffort
	}
	splits := 1.0
	switch {
	case one:
		splits = 1.0 / usualSplits
	case b.Metric.Splits > 0:
		splits = float64(b.Metric.Splits) / usualSplits
	}
	data := 0.0
	for _, n := range b.SourceNames() {
		data += megabytes(b.Sources[n].Bytes, filepath.Join(root, b.Dir, b.Sources[n].File))
	}
	response := 0.0
	for _, s := range p.Sources() {
		response += megabytes(s.Bytes, filepath.Join(root, p.Model.Dir, s.File))
	}
	return max(1, int64(splits*(e.fixed+e.perMB*max(response, unknownMB))+readPerMB*data))
}

// megabytes returns the size that a source announces, else that of its file.
func megabytes(announced int64, file string) float64 {
	if announced == 0 {
		if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() {
			announced = info.Size()
		}
	}
	return float64(announced) / 1e6
}
