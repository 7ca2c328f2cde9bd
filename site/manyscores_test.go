package site

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/archive/history"
)

// manyScores returns an archive of that many models and benchmarks with a
// history of two commits for each score.
func manyScores(t testing.TB, models, benchmarks int) (*archive.Archive, *history.History) {
	t.Helper()
	a := &archive.Archive{Root: t.TempDir(), Site: archive.DefaultSite, Results: map[string][]archive.Result{}}
	a.Boards = []*archive.Board{{ID: "vision", Title: "Vision", Nodes: []archive.Node{{ID: "mean", Title: "Mean"}}}}
	for k := range benchmarks {
		id := fmt.Sprintf("Lab%04d.area-metric", k)
		a.Benchmarks = append(a.Benchmarks, &archive.Benchmark{
			ID: id, Version: 1, Title: fmt.Sprintf("Area %d, spike counts", k), Board: "vision", Parent: "mean", Dataset: id, Primary: true, Direction: "higher",
			Normalize: "explained_variance", Metric: archive.Metric{Name: "pls"}, Ceiling: archive.Ceiling{Name: "internal_consistency", Scale: "reliability"},
		})
	}
	h := &history.History{Head: "head"}
	for i := range models {
		m := &archive.Model{ID: fmt.Sprintf("model-%04d", i), Name: fmt.Sprintf("Model %d", i), Role: archive.RoleModel}
		a.Models = append(a.Models, m)
		for k, bench := range a.Benchmarks {
			raw := .2 + .5*float64((i*31+k*17)%97)/97
			score := raw * raw / .8
			r := &archive.Result{
				Key: fmt.Sprintf("%064d", i*benchmarks+k), Model: m.ID, Benchmark: bench.ID, Version: 1, Status: archive.Scored, Provenance: &archive.Provenance{Kind: "computed"},
				Raw: archive.Number(raw), Score: archive.Number(score), Unclipped: archive.Number(score), Rule: "explained_variance",
				Ceiling: archive.ResultCeiling{Value: .8, Scale: "reliability", Lower: nan, Upper: nan, Error: .01}, Error: archive.ResultError{Value: .007, Kind: "standard error over splits"},
				Interval: archive.ResultInterval{Level: .95, Low: archive.Number(score - .03), High: archive.Number(score + .03), Method: "bootstrap percentile", Resampled: "stimuli x neuroids, no refit"},
				Splits:   []archive.Number{.1, .2, .3, .4, .5, .6, .7, .8, .9, 1}, Units: archive.ResultUnits{Kind: "neuroid", N: 100},
				Details: archive.Details{{Name: "corrected_error", Value: .011}, {Name: "units_of_the_model", Value: 1960}}, Engine: &archive.Engine{Name: "bsgen pls", Version: "2"},
				Inputs:   archive.Inputs{Submission: fmt.Sprintf("%064d", i), Stimuli: fmt.Sprintf("%064d", k), Benchmark: fmt.Sprintf("%064d", k), Data: map[string]string{"images": fmt.Sprintf("%064d", k), "responses": fmt.Sprintf("%064d", k)}},
				Warnings: []string{"how large the subjects saw the images is not known"},
			}
			side := &archive.Sidecar{}
			for n := range 500 {
				side.Replicates = append(side.Replicates, float32(score+.03*math.Sin(float64(n))))
			}
			for n := range 100 {
				side.Units = append(side.Units, float32(raw+.1*math.Sin(float64(n))))
			}
			add(t, a, r, side)
			for n := range 2 {
				h.Changes = append(h.Changes, history.Change{
					Commit: history.Commit{Hash: fmt.Sprintf("%040d", n), Author: "recorder", Date: time.Date(2026, 3, 2-n, 0, 0, 0, 0, time.UTC), Subject: "results: score it again", PR: "12", Run: "3456"},
					Model:  m.ID, Benchmark: bench.ID, Version: 1, Status: archive.Scored, Key: r.Key, Raw: r.Raw, Score: r.Score, Unclipped: r.Score, Delta: .01,
				})
			}
		}
	}
	return a, h
}
