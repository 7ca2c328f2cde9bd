package evaluate_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/dataset"
	"github.com/bsgen/bsgen/evaluate"
)

// TestDamagedResponse: a response whose bytes are not the pinned ones is an
// error of this run. It records nothing, so a result that was there stays.
func TestDamagedResponse(t *testing.T) {
	d := demoArchive(t)
	a := d.open(t)
	m := a.Models[0]
	file := ""
	for _, r := range m.Responses {
		if r.Kind == "activations" {
			file = r.File
		}
	}
	if err := os.WriteFile(filepath.Join(d.root, m.Dir, file), []byte("damaged"), 0o644); err != nil {
		t.Fatal(err)
	}
	pairs, err := evaluate.Pairs(a, evaluate.Filter{Model: m.ID})
	if err != nil {
		t.Fatal(err)
	}
	scored, failed := 0, 0
	evaluate.Run(t.Context(), a, &evaluate.Lab{Store: &dataset.Store{Offline: true}}, pairs, func(o evaluate.Outcome) {
		switch {
		case o.Err != nil && o.Result == nil:
			failed++
		case o.Result.Status == archive.Scored:
			scored++
		default:
			t.Errorf("recorded: %s: %s", o.Result.Status, o.Result.Reason)
		}
	})
	if scored == 0 || failed == 0 {
		t.Errorf("%d scored, %d failed: want the damaged response to fail and the others to score", scored, failed)
	}
}
