package evaluate

import (
	"slices"
	"testing"
)

// TestPixels: the image sets of all benchmarks that ship decode to the pixels
// that they pin. The files are the real ones, JPEGs among them.
func TestPixels(t *testing.T) {
	a, store := needNumbers(t)
	sets := 0
	for _, b := range slices.Concat(a.Benchmarks, a.Selections) {
		if b.Stimuli.Reader == "" {
			continue
		}
		sets++
		if b.Stimuli.Pixels == "" {
			t.Errorf("%s pins no pixels", b.ID)
		}
		if _, err := Images(t.Context(), store, a, b.StimulusSet()); err != nil {
			t.Error(err)
		}
	}
	if sets < 5 {
		t.Errorf("%d sets of images", sets)
	}
}
