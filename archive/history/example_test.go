package history_test

import (
	"fmt"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/archive/history"
)

func ExampleHistory_Of() {
	h := &history.History{Changes: []history.Change{
		{Commit: history.Commit{Author: "Recorder", Subject: "score again"}, Model: "alexnet", Benchmark: "Lab2026.IT-rdm", Version: 1, Status: archive.Scored, Score: .5, Delta: .125},
		{Commit: history.Commit{Author: "Recorder", Subject: "another"}, Model: "vgg16", Benchmark: "Lab2026.IT-rdm", Version: 1, Removed: true},
		{Commit: history.Commit{Author: "Ada", Subject: "score"}, Model: "alexnet", Benchmark: "Lab2026.IT-rdm", Version: 1, Status: archive.Scored, Score: .375},
	}}
	for _, c := range h.Of("alexnet", "Lab2026.IT-rdm", 1) {
		fmt.Printf("%s by %s: %.3f\n", c.Subject, c.Author, c.Score)
	}
	// Output:
	// score again by Recorder: 0.500
	// score by Ada: 0.375
}
