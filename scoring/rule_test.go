package scoring

import (
	"math"
	"slices"
	"strings"
	"testing"
)

var nan = math.NaN()

func same(a, b float64) bool {
	return math.IsNaN(a) && math.IsNaN(b) || a == b || math.Abs(a-b) < 1e-15
}

func TestRules(t *testing.T) {
	for _, c := range []struct {
		rule             string
		raw, ceiling     float64
		score, unclipped float64
	}{
		{"explained_variance", .5, .8, .3125, .3125}, // .25 / .8
		{"explained_variance", -.5, .8, -.3125, -.3125},
		{"explained_variance", .9, .5, 1.62, 1.62}, // not clipped
		{"squared_ratio", .5, .8, .390625, .390625},
		{"squared_ratio", -.5, .8, -.390625, -.390625},
		{"ratio", .5, .8, .625, .625},
		{"ratio", -.5, .8, -.625, -.625},
		{"ratio", .9, .6, 1.5, 1.5},
		{"ratio_sqrt", .5, .64, .625, .625},
		{"ratio_sqrt", -.5, .64, -.625, -.625},
		{"clipped_ratio", .5, .8, .625, .625},
		{"clipped_ratio", .9, .6, 1, 1.5},
		{"clipped_ratio", -.3, .6, 0, -.5},
		{"clipped_ratio", 0, .6, 0, 0},
	} {
		score, unclipped := Rules[c.rule].Apply(c.raw, c.ceiling)
		if !same(score, c.score) || !same(unclipped, c.unclipped) {
			t.Errorf("%s: %v of %v gives %v (%v), want %v (%v)", c.rule, c.raw, c.ceiling, score, unclipped, c.score, c.unclipped)
		}
	}
	for name, ru := range Rules {
		for _, ceiling := range []float64{0, -.5, nan, math.Copysign(0, -1)} {
			if s, u := ru.Apply(.5, ceiling); !math.IsNaN(s) || !math.IsNaN(u) {
				t.Errorf("%s: a ceiling of %v gives %v (%v), want NaN", name, ceiling, s, u)
			}
		}
		if s, u := ru.Apply(nan, .5); !math.IsNaN(s) || !math.IsNaN(u) {
			t.Errorf("%s: no raw value gives %v (%v), want NaN", name, s, u)
		}
		if ru.Formula == "" || len(ru.Scales) == 0 {
			t.Errorf("%s: it has no formula or fits no scale", name)
		}
	}
}

// TestRulesFitScales: a reliability is a share of variance, so only rules that
// square the raw value or take the ceiling's root may divide by it.
func TestRulesFitScales(t *testing.T) {
	want := map[Scale][]string{
		Reliability: {"explained_variance", "explained_variance_per_subject", "ratio_sqrt"},
		Correlation: {"clipped_ratio", "ratio", "ratio_per_subject", "squared_ratio"},
		Reference:   {"clipped_ratio", "ratio", "ratio_per_subject"},
		Band:        {"clipped_ratio", "ratio"},
	}
	got := map[Scale][]string{}
	for _, name := range RuleNames() { // sorted
		for _, s := range Rules[name].Scales {
			got[s] = append(got[s], name)
		}
	}
	if len(got) != len(want) {
		t.Errorf("scales %v, want %v", got, want)
	}
	for s, names := range want {
		if !slices.Equal(got[s], names) {
			t.Errorf("rules for the scale %s: %v, want %v", s, got[s], names)
		}
	}
	if len(RuleNames()) != len(Rules) {
		t.Errorf("%d names of %d rules", len(RuleNames()), len(Rules))
	}
}

// TestPerfectModelReachesOne: what each rule calls 1 is what its scale says that
// noise allows: a correlation c, or the root of a reliability c.
func TestPerfectModelReachesOne(t *testing.T) {
	for name, ru := range Rules {
		for _, scale := range ru.Scales {
			c := .64
			best := c
			if scale == Reliability {
				best = .8
			}
			if s, _ := ru.Apply(best, c); math.Abs(s-1) > 1e-15 {
				t.Errorf("%s with a ceiling of scale %s: the best possible raw value %v scores %v", name, scale, best, s)
			}
		}
	}
}

func TestNormalizeWarns(t *testing.T) {
	for _, c := range []struct {
		name         string
		rule         string
		raw, ceiling float64
		score        float64
		warning      string // part of the only warning; "" for none
	}{
		{"plain", "ratio", .4, .8, .5, ""},
		{"above one without clipping", "ratio", .9, .6, 1.5, ""},
		{"clipped above", "clipped_ratio", .9, .6, 1, "clipped from 1.5 to 1"},
		{"clipped below", "clipped_ratio", -.3, .6, 0, "clipped from -0.5 to 0"},
		{"negative", "explained_variance", -.5, .8, -.3125, "anti-correlated"},
		{"ceiling zero", "ratio", .4, 0, nan, "the ceiling is 0: the score is undefined"},
		{"ceiling negative", "ratio", .4, -.25, nan, "the ceiling is -0.25"},
		{"no ceiling", "ratio", .4, nan, nan, "the ceiling is none"},
		{"no raw value", "ratio", nan, .8, nan, ""}, // whoever computed it warns
		{"rule none", "none", -.4, nan, nan, ""},
	} {
		s := Score{Raw: c.raw, Ceiling: ConstantCeiling(c.ceiling, Correlation), Score: 7, Unclipped: 7}
		if err := s.Normalize(c.rule); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if s.Rule != c.rule || !same(s.Score, c.score) {
			t.Errorf("%s: score %v by rule %q, want %v", c.name, s.Score, s.Rule, c.score)
		}
		if math.IsNaN(s.Score) != math.IsNaN(s.Unclipped) {
			t.Errorf("%s: score %v, unclipped %v", c.name, s.Score, s.Unclipped)
		}
		switch {
		case c.warning == "" && len(s.Warnings) > 0:
			t.Errorf("%s: unexpected warnings %q", c.name, s.Warnings)
		case c.warning != "" && (len(s.Warnings) != 1 || !strings.Contains(s.Warnings[0], c.warning)):
			t.Errorf("%s: warnings %q, want one with %q", c.name, s.Warnings, c.warning)
		}
	}
	s := Score{Raw: .5, Ceiling: ConstantCeiling(.8, Correlation)}
	if err := s.Normalize("cubed"); err == nil || !strings.Contains(err.Error(), `"cubed"`) {
		t.Errorf("unknown rule: %v", err)
	}
	if !math.IsNaN(s.Score) {
		t.Errorf("an unknown rule left the score %v", s.Score)
	}
}

func TestFormatNumber(t *testing.T) {
	for x, want := range map[float64]string{.123456: "0.1235", 1: "1", -2.5: "-2.5", 1e-7: "1e-07"} {
		if got := FormatNumber(x); got != want {
			t.Errorf("%v: %q, want %q", x, got, want)
		}
	}
	if got := FormatNumber(nan); got != "none" {
		t.Errorf("NaN: %q", got)
	}
}
