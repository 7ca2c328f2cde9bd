package site

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/leaderboard"
	"github.com/bsgen/bsgen/scoring/stat"
)

// metricName names a metric on an axis.
func metricName(id string) string {
	id = strings.TrimSuffix(id, "_split")
	return cmp.Or(metricNames[id], strings.ReplaceAll(id, "_", " "))
}

// observed is what the results say of the benchmark: its ceiling, how it was
// resampled, its stimuli.
type observed struct {
	value, top   float64 // the same for all models, or a range
	lower, upper float64
	err          float64 // standard error over the divisions that it is from; NaN where it is not
	resampled    string
	stimuli      string // digest of their list
}

func observe(r *leaderboard.Ranking) observed {
	nan := math.NaN()
	c := observed{value: nan, top: nan, lower: nan, upper: nan, err: nan}
	for _, rows := range [][]leaderboard.Row{r.Ranked, r.Partial, r.References} {
		for _, row := range rows {
			res := row.Cell.Result
			if res == nil {
				continue
			}
			c.resampled = cmp.Or(c.resampled, res.Interval.Resampled)
			c.stimuli = cmp.Or(c.stimuli, res.Inputs.Stimuli)
			if !res.Ceiling.Value.OK() {
				continue
			}
			v := float64(res.Ceiling.Value)
			if math.IsNaN(c.value) {
				c.value, c.top = v, v
				c.lower, c.upper, c.err = float64(res.Ceiling.Lower), float64(res.Ceiling.Upper), float64(res.Ceiling.Error)
			}
			c.value, c.top = math.Min(c.value, v), math.Max(c.top, v)
		}
	}
	return c
}

// text writes the ceiling's value, or its range where models differ.
func (c observed) text() string {
	switch {
	case math.IsNaN(c.value):
		return "none"
	case !math.IsNaN(c.lower) && !math.IsNaN(c.upper):
		return decimal(c.lower, scorePlaces) + " to " + decimal(c.upper, scorePlaces)
	case score(c.value) != score(c.top):
		return score(c.value) + " to " + score(c.top)
	}
	return score(c.value)
}

// distribution describes the models' values.
func distribution(values []float64, digits int, direction string) []Fact {
	if len(values) < 2 {
		return nil
	}
	v := slices.Clone(values)
	slices.Sort(v)
	best, worst := v[len(v)-1], v[0]
	if direction == "lower" {
		best, worst = worst, best
	}
	return []Fact{
		{Before: "best", Value: decimal(best, digits)},
		{Before: "median", Value: decimal(stat.Quantile(v, .5), digits)},
		{Before: "lowest rank", Value: decimal(worst, digits)},
	}
}

// entries are the facts beside the figure.
func entries(b *archive.Benchmark, r *leaderboard.Ranking, c observed, digits int, at string) []Entry {
	var out []Entry
	add := func(term, text string) {
		if text != "" {
			out = append(out, Entry{term, []Link{{Text: text}}})
		}
	}
	if b.Ceiling.Name != "none" {
		text, note := c.text(), b.Ceiling.Scale
		if !math.IsNaN(c.err) {
			text += " ± " + decimal(c.err, scorePlaces)
			note += ", ± standard error over divisions"
		}
		if text == "none" && b.Ceiling.Name == "constant" {
			text = score(b.Ceiling.Value)
		}
		if text == "none" {
			text = "computed with the first score"
		}
		out = append(out, Entry{"Ceiling", []Link{{Text: text, Note: note}}})
	} else {
		add("Ceiling", "none")
	}
	if rows := scored(r); len(rows) > 0 {
		best := rows[0]
		out = append(out, Entry{"Best model", []Link{{Text: best.Model.Name, Href: rel(at, modelPlace(best.Model.ID)), Note: decimal(best.Cell.Value, digits)}}})
	}
	if n := len(r.Ranked); n > 1 && !r.Tested() {
		add("Differences", "not tested")
	} else if n > 1 {
		add("May be the best", fmt.Sprintf("%d of %s", leaders(r), count(n, "model")))
	}
	add("Region", b.Assembly.Region)
	add("Species", b.Assembly.Species)
	add("Method", b.Assembly.Method)
	if b.Stimuli.VisualDegrees > 0 {
		add("Image width", strconv.FormatFloat(b.Stimuli.VisualDegrees, 'f', -1, 64)+"° of visual angle")
	}
	add("Data set", b.Dataset)
	if b.Stimuli.URL != "" {
		out = append(out, Entry{"Stimuli", []Link{link(b.StimulusSet(), b.Stimuli.URL)}})
	}
	add("Better is", b.Direction)
	add("Licence", b.License)
	out = append(out, Entry{"Paper", []Link{cite(b.Reference)}})
	add("Since the version before", b.Replaces)
	return out
}

func subjectNoun(b *archive.Benchmark) string {
	noun := "subject"
	switch b.Assembly.Species {
	case "human":
		if b.Assembly.Subjects == 1 {
			return "person"
		}
		return "people"
	case "macaque", "monkey":
		noun = "monkey"
	}
	return plural(b.Assembly.Subjects, noun)
}

func stimulusNoun(b *archive.Benchmark) string {
	switch b.Stimuli.Kind {
	case "images":
		return plural(b.Stimuli.Count, "image")
	case "text":
		return plural(b.Stimuli.Count, "word")
	case "":
		return "stimuli"
	}
	return b.Stimuli.Kind
}
