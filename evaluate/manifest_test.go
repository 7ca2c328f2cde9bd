package evaluate

import (
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"github.com/bsgen/bsgen/archive"
)

// A survey before any shard has begun.
func TestSurveyOfNothing(t *testing.T) {
	p := planOf(1, 2, 3)
	survey, err := NewSurvey(p, []string{t.TempDir()}, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := survey.Resubmit(); err == nil {
		t.Error("the number of shards came from nowhere")
	}
	if survey, err = NewSurvey(p, []string{t.TempDir()}, 2); err != nil {
		t.Fatal(err)
	}
	if again, err := survey.Resubmit(); err != nil || !slices.Equal(again, []int{0, 1}) {
		t.Errorf("%v, %v", again, err)
	}
	if _, err := NewSurvey(p, []string{filepath.Join(t.TempDir(), "nowhere")}, 2); err == nil {
		t.Error("no error for a folder that is not there")
	}
}

func FuzzManifest(f *testing.F) {
	p := planOf(3, 2, 1)
	p.Digest = archive.Digest(p.Pairs)
	s := Shard{0, 2}
	pairs := p.Select(s)
	f.Add(encodeManifest(p, s, pairs, map[pairID]outcome{pairs[0].id(): {sha256: "ab"}}))
	f.Add(encodeManifest(p, Shard{0, 1}, p.Pairs, map[pairID]outcome{p.Pairs[2].id(): {failure: "no network"}}))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, outcomes, err := parseManifest(data, p)
		if err != nil {
			return
		}
		// What is accepted speaks of the shard's pairs alone, and reads the same
		// when it is written again.
		pairs := p.Select(s)
		again, same, err := parseManifest(encodeManifest(p, s, pairs, outcomes), p)
		if err != nil || again != s || !reflect.DeepEqual(same, outcomes) || len(outcomes) > len(pairs) {
			t.Fatalf("%v, %v: %v", s, outcomes, err)
		}
	})
}

func FuzzDecodePlan(f *testing.F) {
	f.Add(planOf(1, 2, 3).Encode())
	f.Add([]byte(`{"schema":1,"digest":"4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945","pairs":[]}`)) // printf '[]' | sha256sum
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := DecodePlan(data)
		if err != nil {
			return
		}
		// What is accepted is written again as what reads the same.
		again, err := DecodePlan(p.Encode())
		if err != nil || !reflect.DeepEqual(again, p) {
			t.Fatalf("%v\n%s", err, p.Encode())
		}
	})
}
