package site

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/bsgen/bsgen/site/chart"
)

const minus = chart.Minus

// decimal writes a number as the charts do: see [chart.Decimal].
func decimal(x float64, places int) string { return chart.Decimal(x, places) }

// score writes a score: three decimals.
func score(x float64) string { return decimal(x, scorePlaces) }

// scorePlaces is the number of decimals of a score. The interval of a score has
// one less, because its ends are known less well.
const scorePlaces = 3

// span writes an interval, "0.41 to 0.47"; an end that does not exist is
// "none", and an interval without both ends is "".
func span(low, high float64, places int) string {
	if math.IsNaN(low) && math.IsNaN(high) {
		return ""
	}
	return decimal(low, places) + " to " + decimal(high, places)
}

// places returns the decimals in which values are told apart: three, or more
// where all of them are tiny, as gains in log-likelihood per word are.
func places(values []float64) int {
	top := 0.0
	for _, v := range values {
		if !math.IsNaN(v) {
			top = math.Max(top, math.Abs(v))
		}
	}
	n := scorePlaces
	for top > 0 && top < .05 && n < 6 {
		top *= 10
		n++
	}
	return n
}

// fraction writes a weight, which is 1/n for a whole n, as "1/n".
func fraction(w float64) string {
	if !(w > 0) {
		return "0"
	}
	n := math.Round(1 / w)
	if n == 1 {
		return "1"
	}
	return fmt.Sprintf("1/%.0f", n)
}

// grouped writes a whole number with thin spaces between thousands, and
// anything else as it is.
func grouped(s string) string {
	if len(s) < 5 || strings.Trim(s, "0123456789") != "" {
		return s
	}
	var b strings.Builder
	for i, r := range s {
		if i > 0 && (len(s)-i)%3 == 0 {
			b.WriteRune('\u202f')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// count writes a number with its noun: 1 model, 2 models.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return grouped(strconv.Itoa(n)) + " " + noun + "s"
}

// percent returns x in 0..1 as a whole number of hundredths, limited to 0..100.
func percent(x float64) int {
	return int(math.Round(100 * math.Min(math.Max(x, 0), 1)))
}

// clip shortens a text to n runes, the last of them an ellipsis.
func clip(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return strings.TrimRight(string(r[:n-1]), " ") + "…"
}
