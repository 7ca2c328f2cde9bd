package site

import (
	"math"
	"testing"
)

func TestDecimal(t *testing.T) {
	for _, test := range []struct {
		x      float64
		places int
		want   string
	}{
		{.4375, 3, "0.438"},
		{-.0231, 3, "−0.023"},
		{-.0001, 3, "0.000"}, // no sign on what rounds to zero
		{math.Copysign(0, -1), 3, "0.000"},
		{1.2, 3, "1.200"},
		{math.NaN(), 3, "none"},
		{math.Inf(-1), 3, "none"},
	} {
		if got := decimal(test.x, test.places); got != test.want {
			t.Errorf("decimal(%v, %d) = %q, want %q", test.x, test.places, got, test.want)
		}
	}
}

func TestSpan(t *testing.T) {
	nan := math.NaN()
	for _, test := range []struct {
		low, high float64
		want      string
	}{
		{.414, .468, "0.41 to 0.47"}, {-.5, .5, "−0.50 to 0.50"}, {nan, nan, ""}, {nan, .5, "none to 0.50"},
	} {
		if got := span(test.low, test.high, 2); got != test.want {
			t.Errorf("span(%v, %v) = %q, want %q", test.low, test.high, got, test.want)
		}
	}
}

func TestPlaces(t *testing.T) {
	for _, test := range []struct {
		values []float64
		want   int
	}{
		{nil, 3}, {[]float64{.4, .001}, 3}, {[]float64{.008, math.NaN()}, 4}, {[]float64{-.0004}, 6}, {[]float64{0}, 3},
	} {
		if got := places(test.values); got != test.want {
			t.Errorf("places(%v) = %d, want %d", test.values, got, test.want)
		}
	}
}

func TestWords(t *testing.T) {
	for _, test := range [][2]string{
		{fraction(1. / 12), "1/12"}, {fraction(1), "1"}, {fraction(0), "0"}, {fraction(math.NaN()), "0"},
		{grouped("25557032"), "25\u202f557\u202f032"}, {grouped("1997"), "1997"}, {grouped("about 60000"), "about 60000"},
		{count(1, "page"), "1 page"}, {count(2, "page"), "2 pages"},
		{clip("abcdef", 4), "abc…"}, {clip("abcd", 4), "abcd"},
	} {
		if test[0] != test[1] {
			t.Errorf("%q, want %q", test[0], test[1])
		}
	}
}
