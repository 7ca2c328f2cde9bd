package chart

import (
	"math"
	"strings"
	"testing"
	"time"
)

func TestFit(t *testing.T) {
	nan := math.NaN()
	for _, test := range []struct {
		from   [2]float64
		values []float64
		lo, hi float64
	}{
		{[2]float64{0, 1}, []float64{.3, .2, .4}, 0, 1},
		{[2]float64{0, 1}, []float64{.3, -.05, .4}, -.2, 1},
		{[2]float64{0, 1}, []float64{1.1, nan, nan}, 0, 1.2},
		{[2]float64{}, []float64{.008, .002, .014}, 0, .014},
		{[2]float64{}, []float64{0, nan, math.Inf(1)}, 0, 1},
		{[2]float64{}, nil, 0, 1},
		{around, nil, 0, 1},
		{around, []float64{.31, .47}, .3, .48},
		{around, []float64{-3}, 0, 1},
	} {
		a := fit(test.from, test.values...)
		if test.from == around && len(test.values) == 1 {
			// One value alone is no range; the axis must hold it all the same.
			if !(a.lo <= test.values[0] && test.values[0] <= a.hi) {
				t.Errorf("%v: axis %v to %v", test.values, a.lo, a.hi)
			}
			continue
		}
		if math.Abs(a.lo-test.lo) > 1e-9 || math.Abs(a.hi-test.hi) > 1e-9 {
			t.Errorf("%v: axis %v to %v, want %v to %v", test.values, a.lo, a.hi, test.lo, test.hi)
		}
		if n := (a.hi - a.lo) / a.step; n < 3 || n > 9.001 {
			t.Errorf("%v: %v ticks", test.values, n)
		}
	}
}

func TestDays(t *testing.T) {
	day := func(s string) time.Time {
		d, err := time.Parse(time.DateOnly, s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	for _, test := range []struct{ from, to, want string }{
		{"2012-01-01", "2026-01-01", "2012 2014 2016 2018 2020 2022 2024 2026"},
		{"2014-06-01", "2019-02-03", "2014 2015 2016 2017 2018 2019 2020"},
		{"2026-01-15", "2026-03-20", "Jan 2026 Feb 2026 Mar 2026 Apr 2026"},
		{"2026-01-15", "2026-01-15", "Jan 2026 Feb 2026"},
		{"2026-02-27", "2026-03-02", "27 Feb 2026 28 Feb 1 Mar 2 Mar"},
		{"2026-01-15", "2026-03-01", "15 Jan 2026 22 Jan 29 Jan 5 Feb 12 Feb 19 Feb 26 Feb 5 Mar"},
		{"1975-05-05", "2026-01-01", "1970 1980 1990 2000 2010 2020 2030"},
	} {
		a, ticks := days(day(test.from), day(test.to))
		var got []string
		for _, k := range ticks {
			got = append(got, k.text)
		}
		if s := strings.Join(got, " "); s != test.want {
			t.Errorf("%s to %s: %s, want %s", test.from, test.to, s, test.want)
		}
		if a.lo > float64(day(test.from).Unix())/86400 || a.hi < float64(day(test.to).Unix())/86400 {
			t.Errorf("%s to %s: axis from %v to %v", test.from, test.to, a.lo, a.hi)
		}
	}
}

// TestRanks: the first rank is on top, and ticks are whole.
func TestRanks(t *testing.T) {
	for _, test := range []struct {
		values []float64
		want   string
	}{
		{nil, "1 2"},
		{[]float64{1, 1}, "1 2"},
		{[]float64{3, math.NaN(), 1, 8}, "1 2 3 4 5 6 7 8"},
		{[]float64{25}, "1 6 11 16 21 26"},
		{[]float64{600}, "1 101 201 301 401 501 601"},
	} {
		a := ranks(test.values)
		var got []string
		for _, k := range a.ticks() {
			got = append(got, k.text)
		}
		if s := strings.Join(got, " "); s != test.want || a.share(1) != 1 || a.share(a.hi) != 0 {
			t.Errorf("%v: %s, want %s", test.values, s, test.want)
		}
	}
}

// TestLabelEvery checks which ticks keep their label on a narrow page.
func TestLabelEvery(t *testing.T) {
	for steps, want := range []int{1, 1, 2, 3, 2, 5, 2, 7, 2} {
		if got := labelEvery(steps); got != want {
			t.Errorf("%d steps: every %d, want %d", steps, got, want)
		}
		if steps > 0 && steps%labelEvery(steps) != 0 {
			t.Errorf("%d steps: the last tick has no label", steps)
		}
	}
}

func TestAppendFixed(t *testing.T) {
	for _, test := range []struct {
		x      float64
		places int
		want   string
	}{
		{0, 2, "0"}, {33.333, 2, "33.33"}, {50, 2, "50"}, {99.996, 2, "100"}, {12.5, 2, "12.5"}, {.05, 2, "0.05"}, {-3.04, 1, "-3"}, {-3.06, 1, "-3.1"}, {-.01, 1, "0"}, {1234.56, 1, "1234.6"},
	} {
		if got := string(appendFixed(nil, test.x, test.places)); got != test.want {
			t.Errorf("%v: %q, want %q", test.x, got, test.want)
		}
	}
}
