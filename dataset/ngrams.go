package dataset

import (
	"io"
	"math"
	"strings"

	"github.com/bsgen/bsgen/assembly"
)

// NGrams are how often each word of a text, together with the n-1 words before
// it, occurs in a large corpus, and how often those n-1 words do: the files
// freqs-N.tsv of the Natural Stories corpus, whose rows are
//
//	story.word.part  N  words  count  count of the context
//
// The part "word" is the word without its punctuation; where a word has none
// ("Mr.") the part "whole" stands for it.
type NGrams struct {
	Order   int
	counts  map[[2]int]float64
	context map[[2]int]float64
}

// ReadNGrams reads a file of n-gram counts.
func ReadNGrams(file string, data []byte) (*NGrams, error) {
	g := &NGrams{counts: map[[2]int]float64{}, context: map[[2]int]float64{}}
	t := &Table{File: file, columns: []int{0, 1, 3, 4}, next: tsv(file, data, 5)}
	whole := map[[2]int][2]float64{}
	for {
		row, line, err := t.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		part := strings.Split(row[0], ".")
		if len(part) != 3 {
			return nil, t.Errorf(line, "%.60q is not story.word.part", row[0])
		}
		if part[2] != "word" && part[2] != "whole" {
			continue
		}
		var at [2]int
		if at[0], err = t.Int(line, "the story", part[0]); err != nil {
			return nil, err
		}
		if at[1], err = t.Int(line, "the word", part[1]); err != nil {
			return nil, err
		}
		order, err := t.Int(line, "the order", row[1])
		if err != nil {
			return nil, err
		}
		if g.Order == 0 {
			g.Order = order
		}
		if order != g.Order || order < 1 {
			return nil, t.Errorf(line, "order %d in a file of order %d", order, g.Order)
		}
		count, err := t.Float(line, "the count", row[2])
		if err != nil {
			return nil, err
		}
		context := math.NaN()
		if row[3] != "NA" {
			if context, err = t.Float(line, "the count of the context", row[3]); err != nil {
				return nil, err
			}
		}
		if count < 0 || context < 0 || count > context {
			return nil, t.Errorf(line, "the count %g, that of the context %g: neither is below 0, nor the first above the second", count, context)
		}
		if len(g.counts) == maxWords {
			return nil, t.Errorf(line, "more than %d words", maxWords)
		}
		if part[2] == "whole" {
			whole[at] = [2]float64{count, context}
			continue
		}
		g.counts[at], g.context[at] = count, context
	}
	for at, c := range whole {
		if _, ok := g.counts[at]; !ok {
			g.counts[at], g.context[at] = c[0], c[1]
		}
	}
	return g, nil
}

// Count returns how often the n-gram that ends in a word was seen; 0 for words
// that the file does not have. A nil receiver has none.
func (g *NGrams) Count(story, index int) float64 {
	if g == nil {
		return 0
	}
	return g.counts[[2]int{story, index}]
}

// backoff is the factor by which a shorter context counts less (Brants et al.
// 2007, "Large language models in machine translation", section 4).
const backoff = .4

// NGramSurprisal returns -log2 of the relative frequency of each word after the
// n-1 words before it, n being the highest order given; where an n-gram was
// never seen, that of the shorter one times 0.4 ("stupid backoff"). total is
// the number of tokens in the corpus, for single words. A word that was never
// seen at all is NaN. grams are of order 1, 2, ... n.
func NGramSurprisal(grams []*NGrams, total float64) *assembly.Surprisal {
	out := &assembly.Surprisal{ByWord: map[string]float64{}}
	shorter, unseen := 0, 0
	for at := range grams[0].counts {
		p, steps := 0.0, 0
		for factor, k := 1.0, len(grams)-1; k >= 0; factor, k = factor*backoff, k-1 {
			context := total
			if k > 0 {
				context = grams[k].context[at]
			}
			if n := grams[k].counts[at]; n > 0 && context > 0 {
				p = factor * n / context
				break
			}
			steps++
		}
		switch {
		case p == 0:
			unseen++
			p = math.NaN()
		case steps > 0:
			shorter++
		}
		out.ByWord[assembly.WordName(at[0], at[1])] = -math.Log2(p)
	}
	if shorter > 0 {
		out.Notes = append(out.Notes, counted(shorter, "word backs", "words back")+" off to a shorter context")
	}
	if unseen > 0 {
		out.Notes = append(out.Notes, counted(unseen, "word was", "words were")+" never seen in the corpus: no surprisal")
	}
	return out
}
