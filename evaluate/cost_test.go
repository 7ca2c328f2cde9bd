package evaluate

import (
	"testing"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/dataset"
)

// Costs by hand from the table of efforts: 20 for each MB of data, and what the
// metric takes.
func TestCost(t *testing.T) {
	pair := func(metric archive.Metric, responseBytes, dataBytes int64) Pair {
		return Pair{
			Model:     &archive.Model{ID: "m", Responses: []archive.Response{{Source: dataset.Source{URL: "https://x", Bytes: responseBytes}}}},
			Benchmark: &archive.Benchmark{ID: "b", Metric: metric, Sources: map[string]dataset.Source{"s": {Bytes: dataBytes}}},
		}
	}
	for _, test := range []struct {
		metric         archive.Metric
		response, data int64
		want           int64
	}{
		{archive.Metric{Name: "accuracy"}, 1e6, 0, 60},
		{archive.Metric{Name: "accuracy"}, 1e6, 5e6, 160},
		{archive.Metric{Name: "pls"}, 10e6, 0, 3250},
		{archive.Metric{Name: "pls", Splits: 20}, 10e6, 0, 6500},
		{archive.Metric{Name: "pls_split"}, 10e6, 0, 325},
		{archive.Metric{Name: "accuracy"}, 0, 0, 10}, // a response of unknown size counts as 10 kB
	} {
		if got := pair(test.metric, test.response, test.data).cost(t.TempDir()); got != test.want {
			t.Errorf("%+v, response of %d bytes, data of %d: %d, want %d", test.metric, test.response, test.data, got, test.want)
		}
	}
}
