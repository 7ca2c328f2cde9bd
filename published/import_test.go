package published

import (
	"os"
	"testing"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/dataset"
)

// TestArchive imports this repository's tables again: nothing changes, nothing
// is gone and nobody is undeclared. Some numbers are those that a person reads in the tables.
func TestArchive(t *testing.T) {
	if os.Getenv(dataset.MirrorEnv) == "" {
		t.Skip("needs the public data: " + dataset.MirrorEnv)
	}
	a, _, err := archive.Open("..")
	if err != nil {
		t.Fatal(err)
	}
	store := dataset.NewStore(a.Site.Hosts)
	store.Offline = true
	im, err := Read(t.Context(), a, store, func(string, string) bool { return true })
	if err != nil {
		t.Fatal(err)
	}
	if len(im.Problems)+len(im.Unread)+len(im.Gone)+len(im.Undeclared) > 0 {
		t.Errorf("%v %v %v %v", im.Problems, im.Unread, im.Gone, im.Undeclared)
	}
	models := map[string]int{}
	for _, r := range im.Results {
		models[r.Benchmark]++
		if differs, err := Differs(a, r); err != nil || differs {
			t.Errorf("%s on %s is not what the archive holds: %v", r.Model, r.Benchmark, err)
		}
	}
	for benchmark, want := range map[string]int{
		"BrainScore2020.V1": 69, "BrainScore2020.ITTemp": 1, "BrainScore2020.ImageNet-top1": 68,
		"Schrimpf2021.Pereira2018": 43, "Schrimpf2021.Blank2014": 44, "Schrimpf2021.Futrell2018": 44,
	} {
		if models[benchmark] != want {
			t.Errorf("%d models on %s, want %d", models[benchmark], benchmark, want)
		}
	}
	for _, tc := range []struct {
		model, benchmark string
		score            archive.Number
		row, layers      int
	}{
		{"brainscore-2020-cornet-s", "BrainScore2020.ITTemp", .316, 45, 0},
		{"schrimpf-2021-gpt2-xl", "Schrimpf2021.Pereira2018", 1.044402629, 1400, 49},
		{"schrimpf-2021-xlnet-base-cased", "Schrimpf2021.Pereira2018", .563875548, 510, 12}, // 13 rows, one without a value
		{"schrimpf-2021-glove", "Schrimpf2021.Pereira2018", .128972632, 2, 1},
	} {
		r, ok := a.Result(tc.model, tc.benchmark, 1)
		if !ok || r.Score != tc.score || r.Provenance.Row != tc.row || len(r.Layers) != tc.layers || (tc.layers > 1) != (len(r.Warnings) == 1) {
			t.Errorf("%s on %s: %+v", tc.model, tc.benchmark, r)
		}
	}
}

func TestModelID(t *testing.T) {
	for name, want := range map[string]string{
		"CORnet-S": "lab-cornet-s", "mobilenet_v1_0.25_128": "lab-mobilenet_v1_0.25_128", "a/b (c)": "lab-a-b--c-", "Ünet": "lab--net",
	} {
		if got := ModelID(archive.Row{Board: "lab", Name: name}); got != want {
			t.Errorf("%q becomes %q, want %q", name, got, want)
		}
	}
}
