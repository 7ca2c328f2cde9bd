package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/forge/pull"
)

// Marker begins the one comment that bsgen keeps on a pull request. Whoever
// writes it into a comment of their own gains nothing: the author counts too.
const Marker = "<!-- bsgen:report -->"

// MaxComment is how many bytes of Markdown are written. GitHub takes 65,536
// characters of a comment and 65,535 of a check run's summary.
const MaxComment = 60_000

// Markdown writes the report for people, at most [MaxComment] bytes: lists that
// are too long end with how many more there are.
func (r *Report) Markdown() string {
	for limit := 500; ; limit /= 2 {
		w := &writer{limit: limit}
		w.report(r)
		if w.Len() <= MaxComment || limit == 0 {
			return w.String()
		}
	}
}

// writer writes Markdown, of each list at most limit items.
type writer struct {
	strings.Builder
	limit int
}

func (w *writer) printf(format string, args ...any) { fmt.Fprintf(w, format, args...) }

// some calls f with the first items of a list and returns how many more there are.
func some[T any](w *writer, items []T, f func(T)) (more int) {
	n := min(len(items), w.limit)
	for _, it := range items[:n] {
		f(it)
	}
	return len(items) - n
}

func (w *writer) report(r *Report) {
	w.printf("### %s\n\n", r.headline())
	if r.Verdict() != Unrelated {
		w.printf("%s\n\n", r.standing())
	}
	w.problems(r)
	w.standings(r)
	w.scores(r)
	w.unscored(r)
	w.warnings(r)
	w.changes(r)
	w.footer(r)
}

// Headline is the report in one line of plain text.
func (r *Report) Headline() string {
	same := func(s string) string { return s }
	return r.line(words{same, same, same})
}

// headline is the report in one line of Markdown.
func (r *Report) headline() string {
	return r.line(words{code, prose, func(s string) string { return "**" + s + "**" }})
}

// words are how a line writes ids, titles and what matters most.
type words struct{ id, title, strong func(string) string }

// line writes the report in one line.
func (r *Report) line(w words) string {
	model := "The submission"
	if r.Model != "" {
		model = w.id(r.Model)
	}
	switch r.Verdict() {
	case Unrelated:
		return "Not a submission"
	case Removed:
		return "Removes " + model + " from the board"
	case Invalid:
		if r.Kind == pull.Other {
			return "This pull request changes what it can not: " + count(len(r.Problems)+r.Omitted, "problem")
		}
		return fmt.Sprintf("%s can not be scored yet: %s", model, count(len(r.Problems)+r.Omitted, "problem"))
	case Failed:
		return fmt.Sprintf("%s: %d of %s can not be scored", model, r.count(archive.Failed), count(len(r.Scores), "response"))
	case Incomplete:
		return fmt.Sprintf("%s: %d of %s could not be computed here", model, r.count(Absent), count(len(r.Scores), "score"))
	}
	if len(r.Scores) == 0 {
		return "No score of " + model + " changes"
	}
	for i := range r.Standings { // the widest means come first
		if s := &r.Standings[i]; s.Rank.Rank > 0 {
			return fmt.Sprintf("%s would rank %s on %s", model, s.Rank.words(w), w.title(s.Title))
		}
	}
	for i := range r.Scores {
		if s := &r.Scores[i]; s.Rank.Rank > 0 {
			return fmt.Sprintf("%s would rank %s on %s", model, s.Rank.words(w), w.id(s.Benchmark))
		}
	}
	if len(r.Standings) > 0 {
		s := r.widest()
		return fmt.Sprintf("%s is scored on %d of the %d benchmarks of %s", model, s.Have, s.Of, w.title(s.Title))
	}
	return fmt.Sprintf("%s is scored on %s", model, count(r.count(archive.Scored), "benchmark"))
}

// words writes a rank with its number strong.
func (r Rank) words(w words) string {
	rank, rest, _ := strings.Cut(r.String(), " ")
	return w.strong(rank) + " " + rest
}

// widest returns the standing with the most benchmarks.
func (r *Report) widest() *Standing {
	best := &r.Standings[0]
	for i := range r.Standings {
		s := &r.Standings[i]
		if s.Have > best.Have || s.Have == best.Have && s.Of < best.Of {
			best = s
		}
	}
	return best
}

// standing says what the numbers are worth.
func (r *Report) standing() string {
	if len(r.Scores)+len(r.Standings) == 0 {
		return fmt.Sprintf("Checked at %s. A push to this branch is checked again.", code(short(r.Head)))
	}
	who := "the main branch's scorer computed it from the files of this pull request"
	if r.Preview {
		who = "the pull request's own code computed it"
	}
	return fmt.Sprintf("**Unofficial preview** of %s: %s. The official scores are recorded after the merge.", code(short(r.Head)), who)
}

// short is the beginning of a commit's hash.
func short(hash string) string { return hash[:min(len(hash), 10)] }

// problems lists what is wrong, as the command line does, and an example.
func (w *writer) problems(r *Report) {
	if len(r.Problems) == 0 {
		return
	}
	var lines []string
	more := some(w, r.Problems, func(p archive.Problem) {
		lines = append(lines, p.String())
		if p.Hint != "" {
			lines = append(lines, "  hint: "+p.Hint)
		}
	})
	if more += r.Omitted; more > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", more))
	}
	w.printf("%s\n", block("text", lines))
	if r.Example.Text != "" && w.limit > 0 {
		language, title := "text", "A sound submission holds only files such as"
		if r.Example.File != "" {
			language, title = "yaml", "A sound one, "+code(r.Example.File)+", begins"
		}
		w.printf("%s\n\n%s\n", title, block(language, strings.Split(r.Example.Text, "\n")))
	}
	w.printf("`bsgen pr check` finds the same on your machine.\n\n")
}

// standings is the table of means.
func (w *writer) standings(r *Report) {
	if len(r.Standings) == 0 {
		return
	}
	changed := slices.ContainsFunc(r.Standings, func(s Standing) bool { return s.Before != nil })
	w.printf("| Board | Score | 95 %% interval | Rank | Benchmarks |%s\n|---|---:|---|---|---:|%s\n", column(changed, " Before |"), column(changed, "---|"))
	more := some(w, r.Standings, func(s Standing) {
		n := places(s.Value)
		w.printf("| %s | %s | %s | %s | %d of %d |", prose(s.Title), decimal(s.Value, n), span(s.Low, s.High, n, decimal), r.rank(s.Rank), s.Have, s.Of)
		if changed {
			w.printf(" %s |", s.Before.words(n))
		}
		w.printf("\n")
	})
	w.more(more, "mean")
	w.printf("\n")
}

// rank writes a rank, or why there is none.
func (r *Report) rank(rank Rank) string {
	switch {
	case rank.Rank > 0:
		return rank.String()
	case r.Role == string(archive.RoleReference):
		return "reference"
	}
	return "not ranked"
}

// words says what the main branch has.
func (b *Before) words(places int) string {
	switch {
	case b == nil:
		return none
	case b.Status != archive.Scored:
		return strings.ReplaceAll(string(b.Status), "_", " ")
	case b.Rank.Rank > 0:
		return decimal(b.Value, places) + ", rank " + b.Rank.String()
	}
	return decimal(b.Value, places)
}

func column(there bool, text string) string {
	if there {
		return text
	}
	return ""
}

// more ends a list.
func (w *writer) more(n int, noun string) {
	if n > 0 {
		w.printf("\nand %s more\n", count(n, noun))
	}
}

// scores is the table of what was scored.
func (w *writer) scores(r *Report) {
	var scored []*Score
	changed, lower := false, false
	for i := range r.Scores {
		if s := &r.Scores[i]; s.Status == archive.Scored {
			scored = append(scored, s)
			changed, lower = changed || s.Before != nil, lower || s.Lower
		}
	}
	if len(scored) == 0 {
		return
	}
	w.printf("<details%s><summary>%s</summary>\n\n", column(len(scored) <= 20, " open"), count(len(scored), "new score"))
	w.printf("| Benchmark | Score | 95 %% interval | Rank | Best of the others | Difference |%s\n|---|---:|---|---|---|---|%s\n", column(changed, " Before | Change |"), column(changed, "---|---:|"))
	more := some(w, scored, func(s *Score) {
		n := places(s.Value)
		name := "`" + s.Benchmark + "`"
		if s.Lower {
			name += " ↓"
		}
		w.printf("| %s | %s | %s | %s | %s |", name, decimal(s.Value, n), span(s.Low, s.High, n, decimal), r.rank(s.Rank), s.Best.words())
		if changed {
			change := archive.Number(nan)
			if s.Before != nil {
				change = s.Value - s.Before.Value
			}
			w.printf(" %s | %s |", s.Before.words(n), signed(change, n))
		}
		w.printf("\n")
	})
	w.more(more, "score")
	if lower {
		w.printf("\n↓ lower is better\n")
	}
	w.printf("\n</details>\n\n")
}

// words writes the best of the others, and the difference to it, as two cells.
func (b *Rival) words() string {
	if b == nil {
		return none + " | " + none
	}
	n := places(b.Value)
	text := fmt.Sprintf("`%s` %s | %s", b.Model, decimal(b.Value, n), signed(b.Difference, n))
	if s := span(b.Low, b.High, n, signed); s != "" {
		text += " (" + s + ")"
	}
	return text
}

// unscored lists the benchmarks without a score, by reason.
func (w *writer) unscored(r *Report) {
	for _, kind := range []struct {
		status archive.Status
		title  string
	}{
		{archive.Failed, "Responses that can not be scored"},
		{Absent, "Not computed here: data could not be had, or the time ran out"},
		{archive.NotApplicable, "Not applicable"},
	} {
		by := map[string][]string{}
		var reasons []string
		for i := range r.Scores {
			s := &r.Scores[i]
			if s.Status != kind.status {
				continue
			}
			key := s.Reason
			if s.Status == archive.Failed {
				key = fmt.Sprintf("submissions/%s/model.yaml:%d: %s", r.Model, s.Line, s.Reason)
			}
			if by[key] == nil {
				reasons = append(reasons, key)
			}
			by[key] = append(by[key], s.Benchmark)
		}
		w.reasons(kind.title, reasons, by)
	}
}

// warnings lists the warnings, each with the benchmarks that have it.
func (w *writer) warnings(r *Report) {
	by := map[string][]string{}
	var texts []string
	for i := range r.Scores {
		for _, text := range r.Scores[i].Warnings {
			if by[text] == nil {
				texts = append(texts, text)
			}
			by[text] = append(by[text], r.Scores[i].Benchmark)
		}
	}
	w.reasons("Warnings", texts, by)
}

// reasons lists texts with the benchmarks that they are about.
func (w *writer) reasons(title string, texts []string, by map[string][]string) {
	if len(texts) == 0 {
		return
	}
	w.printf("**%s**\n\n", title)
	more := some(w, texts, func(text string) { w.printf("- %s: %s\n", ids(by[text], 3), code(text)) })
	if more > 0 {
		w.printf("- and %d more\n", more)
	}
	w.printf("\n")
}

// ids writes the first ids of a list.
func ids(list []string, most int) string {
	var out []string
	for _, id := range list[:min(len(list), most)] {
		out = append(out, "`"+id+"`")
	}
	text := strings.Join(out, ", ")
	if n := len(list) - most; n > 0 {
		text += fmt.Sprintf(" and %d more", n)
	}
	return text
}

// changes says what else the pull request does to the board.
func (w *writer) changes(r *Report) {
	var sentences []string
	if r.Unchanged > 0 {
		sentences = append(sentences, fmt.Sprintf("Unchanged: %s of this model.", count(r.Unchanged, "result")))
	}
	if len(r.Dropped) > 0 {
		sentences = append(sentences, fmt.Sprintf("Without a response from now on, so that the result would go: %s.", ids(r.Dropped, 5)))
	}
	if n := len(r.Unanswered); n > 0 {
		sentences = append(sentences, fmt.Sprintf("There is no response to %s that count on the same boards: %s.", count(n, "benchmark"), ids(r.Unanswered, 5)))
	}
	if len(sentences) > 0 {
		w.printf("%s\n\n", strings.Join(sentences, " "))
	}
}

// footer says how the report came about and how to make it again.
func (w *writer) footer(r *Report) {
	if r.Verdict() == Unrelated {
		w.printf("No file below `submissions/` is changed, so there is nothing to score.\n")
		return
	}
	made := "Against " + code(short(r.Base)) + " of the main branch"
	if len(r.Scores) > 0 {
		made = fmt.Sprintf("Scored in %.1f s against %s of the main branch", r.Elapsed, code(short(r.Base)))
	}
	if r.Scorer != "" {
		made += ", by bsgen " + code(r.Scorer)
	}
	w.printf("<sub>%s.</sub>\n", made)
	if len(r.Reproduce) > 0 && len(r.Scores) > 0 {
		w.printf("\n<details><summary>Make this report on your machine</summary>\n\n%s\n`bsgen score --model %s` in your own clone gives the same scores.\n</details>\n", block("sh", r.Reproduce), r.Model)
	}
}
