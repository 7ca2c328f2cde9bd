package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/bsgen/bsgen/archive"
)

// none stands for a number that does not exist.
const none = "–"

// decimal writes a number with a real minus sign; what rounds to zero has none.
func decimal(n archive.Number, places int) string {
	if !n.OK() {
		return none
	}
	s := strconv.FormatFloat(float64(n), 'f', places, 64)
	if digits, negative := strings.CutPrefix(s, "-"); negative {
		if strings.Trim(digits, "0.") == "" {
			return digits
		}
		return "−" + digits
	}
	return s
}

// signed is decimal with a plus before what is more than zero.
func signed(n archive.Number, places int) string {
	s := decimal(n, places)
	if n.OK() && n > 0 && strings.Trim(s, "0.") != "" {
		return "+" + s
	}
	return s
}

// places is how many decimals tell values apart: three, or more where all are
// tiny, as gains in log-likelihood per word are. The site writes them so too.
func places(values ...archive.Number) int {
	top := 0.0
	for _, v := range values {
		if v.OK() {
			top = math.Max(top, math.Abs(float64(v)))
		}
	}
	n := 3
	for top > 0 && top < .05 && n < 6 {
		top *= 10
		n++
	}
	return n
}

// span writes an interval, "" where there is none.
func span(low, high archive.Number, places int, write func(archive.Number, int) string) string {
	if !low.OK() || !high.OK() {
		return ""
	}
	return write(low, places) + " to " + write(high, places)
}

// String writes "7 [4–11] of 31".
func (r Rank) String() string {
	switch {
	case r.Rank == 0:
		return none
	case r.Best == 0:
		return fmt.Sprintf("%d of %d", r.Rank, r.Of)
	}
	return fmt.Sprintf("%d [%d–%d] of %d", r.Rank, r.Best, r.Worst, r.Of)
}

// count writes a number with its noun: 1 problem, 2 problems.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
