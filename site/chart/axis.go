package chart

import (
	"math"
	"strconv"
	"time"
)

// axis maps values to shares of a length. Its ends are ticks.
type axis struct {
	lo, hi, step float64
	digits       int  // decimals of the ticks
	down         bool // from lo on top down to hi
}

// fit returns the axis that holds the values, NaNs left out. Its ends are those
// of at, where these hold everything.
func fit(at [2]float64, values ...float64) axis {
	lo, hi := at[0], at[1]
	for _, x := range values {
		if !math.IsNaN(x) && !math.IsInf(x, 0) {
			lo, hi = math.Min(lo, x), math.Max(hi, x)
		}
	}
	switch {
	case lo == hi && lo != 0: // one value: as much around it as it is far from 0
		lo, hi = math.Min(0, 2*lo), math.Max(0, 2*hi)
	case !(hi > lo): // also where there are no values
		lo, hi = 0, 1
	}
	return axis{lo: lo, hi: hi}.divided(maxTicks)
}

const maxTicks = 8

// divided returns the axis with at most n steps, or one more at the end that was
// no tick before.
func (a axis) divided(n int) axis {
	step := tickStep(a.hi-a.lo, n)
	return axis{
		lo:     step * math.Floor(a.lo/step+1e-9),
		hi:     step * math.Ceil(a.hi/step-1e-9),
		step:   step,
		digits: max(0, int(math.Ceil(-math.Log10(step)-1e-9))),
	}
}

// ranks returns the axis of ranks: 1 is on top.
func ranks(values []float64) axis {
	last := 2.0
	for _, x := range values {
		if x > last { // not NaN
			last = x
		}
	}
	step := math.Max(1, math.Round(tickStep(last-1, maxTicks)))
	return axis{lo: 1, hi: 1 + step*math.Ceil((last-1)/step), step: step, down: true}
}

// around is a start for [fit] that is empty: the axis begins and ends where the values do.
var around = [2]float64{math.Inf(1), math.Inf(-1)}

// tickStep returns the smallest round distance that gives at most n steps. It is
// the number nearest to its decimal digits: ECharts writes ticks with all the
// digits of their distance, so .1 * .2 would give every tick seventeen.
func tickStep(width float64, n int) float64 {
	step := math.Pow10(int(math.Floor(math.Log10(width))))
	for _, f := range []float64{.1, .2, .5, 1, 2} {
		if width/(step*f) <= float64(n) {
			return plain(step * f)
		}
	}
	return plain(step * 5)
}

// plain returns the number nearest to the first twelve digits of x.
func plain(x float64) float64 {
	short, err := strconv.ParseFloat(strconv.FormatFloat(x, 'g', 12, 64), 64)
	if err != nil {
		return x
	}
	return short
}

// share returns the place of a value as a part of the length, within 0 and 1.
func (a axis) share(x float64) float64 {
	share := math.Min(math.Max((x-a.lo)/(a.hi-a.lo), 0), 1)
	if a.down {
		return 1 - share
	}
	return share
}

// x returns the place of a value in per cent.
func (a axis) x(v float64) string { return percent(a.share(v)) }

// percent writes a share with at most two decimals.
func percent(share float64) string {
	var b [12]byte
	return string(append(appendFixed(b[:0], 100*share, 2), '%'))
}

// appendFixed writes a number with at most that many decimals and without zeros at
// the end: places in a drawing, of which a site has millions.
func appendFixed(b []byte, x float64, places int) []byte {
	scale := [...]float64{1, 10, 100}[places]
	n := int64(math.Round(x * scale))
	if n < 0 {
		b, n = append(b, '-'), -n
	}
	unit := int64(scale)
	b = strconv.AppendInt(b, n/unit, 10)
	rest := n % unit
	if rest == 0 {
		return b
	}
	b = append(b, '.')
	for unit /= 10; rest > 0; unit /= 10 {
		b = append(b, byte('0'+rest/unit))
		rest %= unit
	}
	return b
}

// tick is a mark of an axis.
type tick struct {
	at   float64
	text string
	odd  bool // left out where it is narrow
	zero bool
}

func (a axis) ticks() []tick {
	n := int(math.Round((a.hi - a.lo) / a.step))
	every := labelEvery(n)
	out := make([]tick, 0, n+1)
	for i := range n + 1 {
		v := a.lo + a.step*float64(i)
		zero := math.Abs(v) < a.step/2 && !a.down
		if zero {
			v = 0
		}
		out = append(out, tick{at: v, text: Decimal(v, a.digits), odd: i%every != 0 && !zero, zero: zero})
	}
	return out
}

// labelEvery returns how many ticks apart labels stand where it is narrow, so that
// both ends of an axis of n steps have one: the smallest divisor of n over 1.
func labelEvery(n int) int {
	for d := 2; d < n; d++ {
		if n%d == 0 {
			return d
		}
	}
	return max(n, 1)
}

// fewest is how many days an axis has whose ticks are days.
const fewest = 56

// days is the axis of dates: days since 1970, with ticks at the start of years or
// months, of eight weeks or less at days, at most eight.
func days(from, to time.Time) (axis, []tick) {
	from, to = from.UTC(), to.UTC()
	if to.Sub(from) <= fewest*24*time.Hour && !from.Equal(to) {
		return fewDays(from, to)
	}
	months := (to.Year()-from.Year())*12 + int(to.Month()) - int(from.Month()) + 1
	step := 1
	for _, s := range []int{1, 2, 3, 6, 12, 24, 60, 120} {
		if step = s; months/s <= 8 {
			break
		}
	}
	first := from.Year()*12 + int(from.Month()) - 1
	first -= first % step
	day := func(month int) float64 {
		return float64(time.Date(month/12, time.Month(month%12+1), 1, 0, 0, 0, 0, time.UTC).Unix()) / 86400
	}
	a := axis{lo: day(first)}
	var ticks []tick
	for m := first; ; m += step {
		t := time.Date(m/12, time.Month(m%12+1), 1, 0, 0, 0, 0, time.UTC)
		layout := "2006"
		if step < 12 {
			layout = "Jan 2006"
		}
		ticks = append(ticks, tick{at: day(m), text: t.Format(layout), odd: len(ticks)%2 == 1})
		if !t.Before(to) {
			a.hi = day(m)
			break
		}
	}
	if a.hi == a.lo {
		a.hi++
	}
	return a, ticks
}

// fewDays is the axis of eight weeks or less.
func fewDays(from, to time.Time) (axis, []tick) {
	first, last := math.Floor(day(from)), math.Ceil(day(to))
	step := 1.0
	for _, s := range []float64{1, 2, 4, 7} {
		if step = s; (last-first)/s <= 8 {
			break
		}
	}
	a := axis{lo: first, hi: first + step*math.Ceil((last-first)/step)}
	var ticks []tick
	for at := a.lo; at <= a.hi; at += step {
		layout := "2 Jan"
		if len(ticks) == 0 {
			layout = "2 Jan 2006"
		}
		text := time.Unix(int64(at)*86400, 0).UTC().Format(layout)
		ticks = append(ticks, tick{at: at, text: text, odd: len(ticks)%2 == 1})
	}
	return a, ticks
}
