package dataset

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/bsgen/bsgen/assembly"
)

// maxWords bounds the number of words of a text.
const maxWords = 10_000_000

// ReadingTimes reads mean reading times from a TSV file with a row per word,
// and how often each word occurs in a large corpus from n-gram counts of order
// one. columns maps story, word_index, word, mean, sd, n to the file's names.
func ReadingTimes(file string, data []byte, columns map[string]string, unigrams *NGrams) (*assembly.ReadingTimes, error) {
	name := func(key string) string { return cmp.Or(columns[key], key) }
	t, err := NewTable(file, data, TSV, name("story"), name("word_index"), name("word"), name("mean"), name("sd"), name("n"))
	if err != nil {
		return nil, err
	}
	out := &assembly.ReadingTimes{}
	for {
		row, line, err := t.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		w := assembly.Word{Text: row[2], Log2Freq: math.NaN()}
		if w.Story, err = t.Int(line, "the story", row[0]); err != nil {
			return nil, err
		}
		if w.Index, err = t.Int(line, "the position", row[1]); err != nil {
			return nil, err
		}
		if w.Mean, err = t.Float(line, "the mean", row[3]); err != nil {
			return nil, err
		}
		if w.SD, err = t.Float(line, "the standard deviation", row[4]); err != nil {
			return nil, err
		}
		if w.N, err = t.Int(line, "the number of readers", row[5]); err != nil {
			return nil, err
		}
		if w.Text == "" || len(out.Words) == maxWords {
			return nil, t.Errorf(line, "an empty word, or more than %d words", maxWords)
		}
		if n := unigrams.Count(w.Story, w.Index); n > 0 {
			w.Log2Freq = math.Log2(n)
		}
		out.Words = append(out.Words, w)
	}
	slices.SortFunc(out.Words, func(a, b assembly.Word) int {
		return cmp.Or(cmp.Compare(a.Story, b.Story), cmp.Compare(a.Index, b.Index))
	})
	for i := 1; i < len(out.Words); i++ {
		a, b := out.Words[i-1], out.Words[i]
		if a.Story == b.Story && b.Index != a.Index+1 {
			return nil, fmt.Errorf("%s: story %d goes from word %d to word %d", file, a.Story, a.Index, b.Index)
		}
	}
	if len(out.Words) == 0 {
		return nil, fmt.Errorf("%s: there are no words", file)
	}
	out.SplitSentences()
	return out, nil
}
