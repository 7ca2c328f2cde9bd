package demo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/dataset"
	"github.com/bsgen/bsgen/evaluate"
)

// TestArchive writes one archive and looks at it from all sides.
func TestArchive(t *testing.T) {
	a := write(t)
	f, err := simulate()
	if err != nil {
		t.Fatal(err)
	}
	t.Run("sound and small", func(t *testing.T) { soundAndSmall(t, a) })
	t.Run("says that it is simulated", func(t *testing.T) { saysSimulated(t, a) })
	t.Run("same bytes again", func(t *testing.T) { sameBytes(t, a, f) })
	t.Run("known truth", func(t *testing.T) { knownTruth(t, a, f) })
}

// write makes the archive in a new folder and opens it.
func write(t *testing.T) *archive.Archive {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "demo")
	if err := Write(dir); err != nil {
		t.Fatal(err)
	}
	a, problems, err := archive.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%v (hint: %s)", p, p.Hint)
	}
	return a
}

// score scores every pair; no cache, no network.
func score(t *testing.T, a *archive.Archive) map[string]map[string]*archive.Result {
	t.Helper()
	pairs, err := evaluate.Pairs(a, evaluate.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	if want := len(a.Models) * len(a.Benchmarks); len(pairs) != want {
		t.Errorf("%d pairs of model and benchmark, want %d", len(pairs), want)
	}
	results := map[string]map[string]*archive.Result{}
	evaluate.Run(context.Background(), a, &evaluate.Lab{Store: &dataset.Store{Offline: true}}, pairs, func(o evaluate.Outcome) {
		if o.Err != nil || o.Result.Status != archive.Scored {
			t.Fatalf("%s on %s: %v %+v", o.Pair.Model.ID, o.Pair.Benchmark.ID, o.Err, o.Result)
		}
		if results[o.Result.Benchmark] == nil {
			results[o.Result.Benchmark] = map[string]*archive.Result{}
		}
		results[o.Result.Benchmark][o.Result.Model] = o.Result
	})
	return results
}

func soundAndSmall(t *testing.T, a *archive.Archive) {
	if len(a.Boards) != 1 || len(a.Benchmarks) != 2 || len(a.Models) != len(models) {
		t.Errorf("%d boards, %d benchmarks, %d models", len(a.Boards), len(a.Benchmarks), len(a.Models))
	}
	var total int64
	err := filepath.WalkDir(a.Root, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		total += info.Size()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if total > 1_000_000 {
		t.Errorf("%d bytes", total)
	}
}

// Nobody must take the demo's numbers for measurements, wherever they look.
func saysSimulated(t *testing.T, a *archive.Archive) {
	says := func(what, text string) {
		if !strings.Contains(strings.ToLower(text), "simulated") {
			t.Errorf("%s does not say that it is simulated: %q", what, text)
		}
	}
	says("the site's title", a.Site.Title)
	says("the About page", string(a.Content["about"]))
	for _, b := range a.Benchmarks {
		says(b.ID, b.ID)
		says(b.ID+" title", b.Title)
		says(b.ID+" heading", b.Heading())
		says(b.ID+" summary", b.Summary)
		says(b.ID+" notes", strings.Join(b.Notes, " "))
		says(b.ID+" reference", b.Reference.Short)
		says(b.ID+" species", b.Assembly.Species)
		first, _, _ := bytes.Cut(b.Readme, []byte("\n##"))
		says(b.ID+" README", string(first))
	}
	for _, board := range a.Boards {
		says(board.ID, board.Summary)
		for _, n := range board.Nodes {
			says(n.ID, n.Title+n.Summary)
		}
	}
}

// The truth is known, so a scorer that finds another one is wrong.
func knownTruth(t *testing.T, a *archive.Archive, f *files) {
	all := score(t, a)
	for benchmark, results := range all {
		for i := 1; i < len(models); i++ {
			better, worse := results[models[i-1].id], results[models[i].id]
			if better.Interval.Low <= worse.Interval.High {
				t.Errorf("%s: %s [%.3f, %.3f] is not clearly above %s [%.3f, %.3f]", benchmark,
					better.Model, better.Interval.Low, better.Interval.High, worse.Model, worse.Interval.Low, worse.Interval.High)
			}
		}
		if chance := results["chance"]; chance.Interval.Low > 0 || chance.Interval.High < 0 {
			t.Errorf("%s: the interval of chance [%.3f, %.3f] does not hold 0", benchmark, chance.Interval.Low, chance.Interval.High)
		}
	}

	// The ceiling that is estimated from noisy responses must hold what the
	// population without noise reaches.
	c := all["Simulated.V1-rdm"]["gabor-energy"].Ceiling
	if lower, upper := float64(c.Lower), float64(c.Upper); !(lower < f.TrueCeiling && f.TrueCeiling < upper) || upper-lower > .2 {
		t.Errorf("the band %.3f to %.3f should be narrow and hold the true ceiling %.3f", lower, upper, f.TrueCeiling)
	}
	stated := fmt.Sprintf("%.3f", f.TrueCeiling)
	if b, ok := a.Benchmark("Simulated.V1-rdm"); !ok || !bytes.Contains(b.Readme, []byte("**"+stated+"**")) {
		t.Errorf("the README does not state the true ceiling %s", stated)
	}
}

// sameBytes compares the data files with those of another simulation.
func sameBytes(t *testing.T, a *archive.Archive, again *files) {
	if len(again.data) == 0 {
		t.Error("the simulation made no files")
	}
	for name, data := range again.data {
		written, err := os.ReadFile(filepath.Join(a.Root, filepath.FromSlash(name)))
		if err != nil || !bytes.Equal(written, data) {
			t.Errorf("%s differs, or is not there: %v", name, err)
		}
	}
}

func TestWriteLeavesOtherFoldersAlone(t *testing.T) {
	dir := t.TempDir()
	mine := filepath.Join(dir, "site.yaml")
	if err := os.WriteFile(mine, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Write(dir); !errors.Is(err, ErrNotEmpty) {
		t.Errorf("into a folder with a file: %v", err)
	}
	if err := Write(mine); err == nil || errors.Is(err, ErrNotEmpty) {
		t.Errorf("into a file: %v", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("%v, %v", entries, err)
	}
	if data, _ := os.ReadFile(mine); string(data) != "mine" {
		t.Errorf("the file now holds %q", data)
	}
}
