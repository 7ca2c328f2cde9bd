package language

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"strings"
	"testing"
)

// arithmetic is the model of testdata/surprisal.py: its logits, around 700, are a
// function of all ids that it sees.
type arithmetic struct{ context int }

const vocabulary = 50

func (arithmetic) Vocabulary() int { return vocabulary }
func (m arithmetic) Context() int  { return m.context }

func (m arithmetic) Logits(_ context.Context, ids []int64) ([]float32, error) {
	if len(ids) > m.context {
		return nil, errors.New("more than the context")
	}
	var out []float32
	seed := uint64(17)
	for _, id := range ids {
		seed = seed*31 + uint64(id)
		for s, k := seed, 0; k < vocabulary; k++ {
			s = s*6364136223846793005 + 1442695040888963407
			out = append(out, float32(int64(s>>53)-1024)/64+700)
		}
	}
	return out, nil
}

// TestSurprisalGolden compares with SciPy, windows and regions included.
func TestSurprisalGolden(t *testing.T) {
	data, err := os.ReadFile("testdata/surprisal.json") // testdata/surprisal.py
	if err != nil {
		t.Fatal(err)
	}
	var golden struct {
		IDs   []int64
		Cases []struct {
			Context, Stride int
			Begin           *int64
			Nats, Bits      []*float64
		}
	}
	if err := json.Unmarshal(data, &golden); err != nil {
		t.Fatal(err)
	}
	if len(golden.Cases) != 8 || len(golden.IDs) != 23 {
		t.Fatalf("%d cases", len(golden.Cases))
	}
	region := make([]int, len(golden.IDs))
	for i := range region {
		region[i] = i / 3
	}
	same := func(got float64, want *float64) bool {
		return want == nil && math.IsNaN(got) || want != nil && math.Abs(got-*want) < 1e-11
	}
	for _, c := range golden.Cases {
		nats, err := Surprisal(t.Context(), arithmetic{c.Context}, golden.IDs, Options{Begin: c.Begin, Stride: c.Stride})
		if err != nil {
			t.Errorf("context %d: %v", c.Context, err)
			continue
		}
		for i, want := range c.Nats {
			if !same(nats[i], want) {
				t.Errorf("context %d, stride %d, token %d: %v nats", c.Context, c.Stride, i, nats[i])
			}
		}
		sums, err := Regions(nats, region, 8)
		if err != nil {
			t.Fatal(err)
		}
		for r, want := range c.Bits {
			if !same(Bits(sums[r]), want) {
				t.Errorf("context %d, stride %d, region %d: %v bits", c.Context, c.Stride, r, Bits(sums[r]))
			}
		}
	}
	if nats, err := Surprisal(t.Context(), arithmetic{8}, nil, Options{}); err != nil || len(nats) != 0 {
		t.Errorf("an empty text: %v, %v", nats, err)
	}
}

// row is a model that always gives the same logits.
type row []float32

func (r row) Vocabulary() int { return len(r) }
func (row) Context() int      { return 4 }
func (r row) Logits(_ context.Context, ids []int64) ([]float32, error) {
	var out []float32
	for range ids {
		out = append(out, r...)
	}
	return out, nil
}

// short gives too few logits.
type short struct{ row }

func (s short) Logits(context.Context, []int64) ([]float32, error) { return s.row, nil }

func TestSurprisal(t *testing.T) {
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	for name, c := range map[string]struct {
		model Model
		ids   []int64
		opts  Options
		want  float64 // of the last token
		err   string
	}{
		"even odds":            {row{3, 3}, []int64{0, 1}, Options{}, math.Ln2, ""},
		"huge logits":          {row{3e38, -3e38}, []int64{0, 0}, Options{}, 0, ""},
		"all but impossible":   {row{1000, 0}, []int64{0, 1}, Options{}, 1000, ""},
		"impossible":           {row{0, -inf}, []int64{0, 1}, Options{}, math.Inf(1), ""},
		"everything is":        {row{-inf, -inf}, []int64{0, 1}, Options{}, 0, "token 1: no token is possible"},
		"NaN":                  {row{0, nan}, []int64{0, 1}, Options{}, 0, "token 1: the logit of token id 1 is NaN"},
		"infinite":             {row{0, inf}, []int64{0, 0}, Options{}, 0, "the logit of token id 1 is +Inf"},
		"id":                   {row{0, 0}, []int64{0, 2}, Options{}, 0, "token 1 has the id 2: the vocabulary has 2"},
		"negative id":          {row{0, 0}, []int64{-1}, Options{}, 0, "token 0 has the id -1"},
		"beginning":            {row{0, 0}, []int64{0}, Options{Begin: new(int64)}, math.Ln2, ""},
		"stride":               {row{0, 0}, []int64{0}, Options{Stride: 4}, 0, "from 1 to 3"},
		"negative stride":      {row{0, 0}, []int64{0}, Options{Stride: -1}, 0, "from 1 to 3"},
		"too few logits":       {short{row{0, 0}}, []int64{0, 1, 1}, Options{}, 0, "tokens 0 to 2: 2 logits, not 3 x 2"},
		"context of one token": {arithmetic{1}, []int64{0, 1}, Options{}, 0, "predicts nothing"},
	} {
		nats, err := Surprisal(t.Context(), c.model, c.ids, c.opts)
		if c.err != "" {
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%s: %v, want %q", name, err, c.err)
			}
			continue
		}
		if err != nil || len(nats) != len(c.ids) {
			t.Errorf("%s: %v, %v", name, nats, err)
			continue
		}
		if got := nats[len(nats)-1]; got != c.want && !(math.Abs(got-c.want) < 1e-15) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestRegions(t *testing.T) {
	got, err := Regions([]float64{math.NaN(), 1, 2, 3, 4}, []int{0, 0, 1, -1, 1}, 3)
	if err != nil || !math.IsNaN(got[0]) || got[1] != 6 || !math.IsNaN(got[2]) {
		t.Errorf("%v, %v", got, err)
	}
	for _, region := range [][]int{{0}, {0, 2}} {
		if _, err := Regions([]float64{1, 2}, region, 2); err == nil {
			t.Errorf("%v has no error", region)
		}
	}
}
