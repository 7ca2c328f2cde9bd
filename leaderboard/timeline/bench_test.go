package timeline

import (
	"fmt"
	"testing"
	"time"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/archive/history"
)

// BenchmarkNew replays 120 days on which 5 models each are scored on 200
// benchmarks, to 600 models in the end; [DefaultStates] are kept.
//
//	go test -run - -bench New ./leaderboard/timeline
func BenchmarkNew(b *testing.B) {
	const days, models, benchmarks = 120, 5, 200
	h := &history.History{}
	for d := range days {
		s := on(1, "score")
		s.At = time.Date(2026, 1, 1+d, 0, 0, 0, 0, time.UTC)
		if d == 0 {
			s.Boards = []history.BoardEdit{{ID: "vision", Title: "Vision", Nodes: []archive.Node{{ID: "mean", Title: "Mean"}}}}
			for k := range 20 {
				s.Boards[0].Nodes = append(s.Boards[0].Nodes, archive.Node{ID: fmt.Sprint("n", k), Parent: "mean"})
			}
			for k := range benchmarks {
				e := benchmark(fmt.Sprintf("b%03d", k), 1)
				e.Parent = fmt.Sprint("n", k%20)
				s.Benchmarks = append(s.Benchmarks, e)
			}
		}
		for i := range models {
			id := fmt.Sprintf("m%03d", (d*models+i)*7%600)
			s.Models = append(s.Models, history.ModelEdit{ID: id, Name: id, Role: archive.RoleModel})
			for k := range benchmarks {
				s.Results = append(s.Results, scored(id, fmt.Sprintf("b%03d", k), 1, float64((d*31+i*17+k*7)%997)/997))
			}
		}
		h.Steps = append(h.Steps, s)
	}
	b.ReportAllocs()
	for b.Loop() {
		if t := New(h, "vision", Options{}); len(t.States) < DefaultStates*3/4 {
			b.Fatal(len(t.States))
		}
	}
}
