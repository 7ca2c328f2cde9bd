package neural

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/scoring/regress"
	"github.com/bsgen/bsgen/scoring/split"
	"github.com/bsgen/bsgen/simdblas"
)

func TestMain(m *testing.M) {
	simdblas.Use()
	os.Exit(m.Run())
}

// tolerance is the largest difference from the reference that passes.
const tolerance = 1e-9

func near(a, b float64) bool {
	return math.Abs(a-b) <= tolerance || math.IsNaN(a) && math.IsNaN(b)
}

// responsesPath is where a mirror keeps the V4 responses of session 210325,
// 50 neurons x 640 images x up to 10 repetitions (Cowley et al. 2026).
const responsesPath = "cowleygroup/V4_compact_models/f4552ad9d34a466ebc66658f72a08a8e5038f1cf/data_V4_responses/responses_raw/responses_210325.npy"

type want struct {
	Raw      float64
	Error    float64
	PerSplit []float64 `json:"per_split"`
	Score    float64   `json:"score_r2_over_c"`
	Alphas   []float64
}

// pixelsLinear replaces the reference for least squares on the pixels. These
// have rank 173 of 196, and LinearRegression() counts one or two singular
// values of 3e-16 relative as signal: its score is 0.1566, 0.1574, 0.1562 or
// 0.1556 depending on OPENBLAS_CORETYPE and the number of threads. Here is
// scipy.linalg.lstsq(x - mean, y - mean, cond=1e-12), which does not depend on
// them to 2e-12.
var pixelsLinear = want{
	Raw: 0.15841585932861402, Error: 0.0070443507224595275, Score: 0.033043930526791845,
	PerSplit: []float64{0.12633366205921398, 0.1555822848532686, 0.15317744158851682, 0.1301316593806795, 0.15614462472974502,
		0.1405781405892057, 0.16056449959899713, 0.1951686882546954, 0.19289457184974657, 0.1735830203820715},
}

// TestCowley scores recorded activations of three models against V4. The
// reference, in testdata/cowley2026-v4.json with its protocol, was computed by
// scikit-learn 1.2.1, SciPy 1.10.1 and NumPy 1.24.2.
func TestCowley(t *testing.T) {
	mirror, recorded := os.Getenv("BSGEN_DATA_MIRROR"), os.Getenv("BSGEN_RECORDED")
	if mirror == "" || recorded == "" {
		t.Skip("BSGEN_DATA_MIRROR and BSGEN_RECORDED are not both set")
	}
	var golden struct {
		Ceiling struct {
			Value, Error float64
			PerSplit     []float64 `json:"per_split"`
		}
		Models map[string]struct {
			PLS     want `json:"pls25"`
			Ridge   want `json:"ridge1"`
			Linear  want
			RidgeCV want    `json:"ridgecv99"`
			RDM     float64 `json:"rdm_spearman"`
			CKA     float64 `json:"cka_unbiased"`
		}
	}
	b, err := os.ReadFile("testdata/cowley2026-v4.json")
	if err == nil {
		err = json.Unmarshal(b, &golden)
	}
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	shape, values := readNPY(t, filepath.Join(mirror, filepath.FromSlash(responsesPath)))
	repeats := &Repeats{Neuroids: shape[0], Stimuli: shape[1], Repetitions: shape[2], Values: values}
	halves, err := halfSplits(repeats.Repetitions)
	if err != nil {
		t.Fatal(err)
	}
	ceiling, err := InternalConsistency(ctx, repeats, halves)
	if err != nil {
		t.Fatal(err)
	}
	checkScore(t, "ceiling", ceiling, golden.Ceiling.Value, golden.Ceiling.Error, golden.Ceiling.PerSplit)
	splits, err := split.Default.Split(repeats.Stimuli)
	if err != nil {
		t.Fatal(err)
	}
	brain := repeats.Mean()
	if len(golden.Models) == 0 {
		t.Fatal("no models in the reference")
	}
	for model, g := range golden.Models {
		shape, values := readNPY(t, filepath.Join(recorded, "cowley2026-v4", model+".npy"))
		x := regress.Float64(shape[0], shape[1], values)
		for name, w := range map[string]want{"pls": g.PLS, "ridge": g.Ridge, "linear_predictivity": g.Linear, "ridgecv": g.RidgeCV} {
			if model == "pixels" && name == "linear_predictivity" {
				w = pixelsLinear
			}
			s := score(t, name, x, brain, splits)
			checkScore(t, model+" "+name, s, w.Raw, w.Error, w.PerSplit)
			if got := s.Value * s.Value / ceiling.Value; !near(got, w.Score) {
				t.Errorf("%s %s: r²/c = %v, want %v", model, name, got, w.Score)
			}
			for i, a := range w.Alphas {
				if s.Alphas[i] != a {
					t.Errorf("%s %s: alpha of split %d is %v, want %v", model, name, i, s.Alphas[i], a)
				}
			}
		}
		if s := score(t, "rdm", x, brain, nil); !near(s.Value, g.RDM) {
			t.Errorf("%s: rdm %v, want %v", model, s.Value, g.RDM)
		}
		if s := score(t, "cka", x, brain, nil); !near(s.Value, g.CKA) {
			t.Errorf("%s: cka %v, want %v", model, s.Value, g.CKA)
		}
	}
}

func score(t *testing.T, metric string, model, brain regress.Matrix, splits []split.Split) *Score {
	t.Helper()
	m, err := Lookup(metric)
	if err != nil {
		t.Fatal(err)
	}
	s, err := m.Score(context.Background(), model, brain, splits)
	if err != nil {
		t.Fatalf("%s: %v", metric, err)
	}
	return s
}

func checkScore(t *testing.T, what string, s *Score, value, splitError float64, splits []float64) {
	t.Helper()
	if !near(s.Value, value) || !near(s.SplitError, splitError) {
		t.Errorf("%s = %v ± %v, want %v ± %v", what, s.Value, s.SplitError, value, splitError)
	}
	if len(s.Splits) != len(splits) {
		t.Fatalf("%s: %d splits, want %d", what, len(s.Splits), len(splits))
	}
	for i, w := range splits {
		if !near(s.Splits[i], w) {
			t.Errorf("%s: split %d = %v, want %v", what, i, s.Splits[i], w)
		}
	}
}

var npyHeader = regexp.MustCompile(`'descr': '<f([48])', 'fortran_order': False, 'shape': \(([0-9, ]+)\)`)

// readNPY reads the arrays of this test: version 1, C order, little-endian.
func readNPY(t *testing.T, path string) (shape []int, values []float64) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	body := 10 + int(binary.LittleEndian.Uint16(b[8:]))
	m := npyHeader.FindSubmatch(b[:body])
	if m == nil {
		t.Fatalf("%s: unexpected header %q", path, b[:body])
	}
	for f := range strings.SplitSeq(string(m[2]), ",") {
		n, err := strconv.Atoi(strings.TrimSpace(f))
		if err != nil {
			t.Fatalf("%s: shape %q", path, m[2])
		}
		shape = append(shape, n)
	}
	data := b[body:]
	if m[1][0] == '4' {
		for ; len(data) > 0; data = data[4:] {
			values = append(values, float64(math.Float32frombits(binary.LittleEndian.Uint32(data))))
		}
		return shape, values
	}
	for ; len(data) > 0; data = data[8:] {
		values = append(values, math.Float64frombits(binary.LittleEndian.Uint64(data)))
	}
	return shape, values
}
