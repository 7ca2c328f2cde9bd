package dataset

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
	"unicode"

	"github.com/bsgen/bsgen/assembly"
)

// Surprisal reads a CSV file with a row per word and the columns story, word
// (its position in the story, from 1) and surprisal in bits. NaN is allowed.
func Surprisal(file string, data []byte, columns map[string]string) (*assembly.Surprisal, error) {
	name := func(key string) string { return cmp.Or(columns[key], key) }
	t, err := NewTable(file, data, CSV, name("story"), name("word"), name("surprisal"))
	if err != nil {
		return nil, err
	}
	out := &assembly.Surprisal{ByWord: map[string]float64{}}
	for {
		row, line, err := t.Next()
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		story, err := t.Int(line, "the story", row[0])
		if err != nil {
			return nil, err
		}
		index, err := t.Int(line, "the word's position", row[1])
		if err != nil {
			return nil, err
		}
		bits := math.NaN()
		if !strings.EqualFold(row[2], "nan") && row[2] != "" {
			if bits, err = t.Float(line, "the surprisal", row[2]); err != nil {
				return nil, err
			}
		}
		key := assembly.WordName(story, index)
		if _, dup := out.ByWord[key]; dup {
			return nil, t.Errorf(line, "a second row for word %s", key)
		}
		if len(out.ByWord) == maxWords {
			return nil, t.Errorf(line, "more than %d words", maxWords)
		}
		out.ByWord[key] = bits
	}
}

// maxSubstitutions is how many characters of a story may differ between the
// tokens and the text before the file counts as another text.
const maxSubstitutions = 5

// TokenSurprisal reads a CSV file with a row per token of a language model
// (columns story, token, logprob; natural logarithms) and sums the tokens'
// surprisal over each word of the text, in bits. Tokens and words are aligned
// on the characters that are not white space; both must have the same number
// of them in every story, and a few may differ, which is noted. A token that
// spans two words belongs to the first. A word in which no token starts, and
// one with a token of unknown probability (the first of a text), is NaN; the
// former are counted in the notes. offset is added to the file's story numbers.
func TokenSurprisal(file string, data []byte, columns map[string]string, offset int, text *assembly.ReadingTimes) (*assembly.Surprisal, error) {
	name := func(key string) string { return cmp.Or(columns[key], key) }
	t, err := NewTable(file, data, CSV, name("story"), name("token"), name("logprob"))
	if err != nil {
		return nil, err
	}
	out := &assembly.Surprisal{ByWord: map[string]float64{}}
	a := newAligner(text)
	for {
		row, line, err := t.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		story, err := t.Int(line, "the story", row[0])
		if err != nil {
			return nil, err
		}
		bits := math.NaN()
		if !strings.EqualFold(row[2], "nan") && row[2] != "" {
			logprob, err := t.Float(line, "the log probability", row[2])
			if err != nil {
				return nil, err
			}
			if logprob > 0 {
				return nil, t.Errorf(line, "the log probability %s is above 0", row[2])
			}
			bits = -logprob / math.Ln2
		}
		if err := a.token(story+offset, row[1], bits); err != nil {
			return nil, t.Errorf(line, "%v", err)
		}
	}
	for _, story := range slices.Sorted(maps.Keys(a.letters)) {
		if letters := a.letters[story]; a.at[story] != len(letters) {
			return nil, fmt.Errorf("%s: the tokens of story %d end after %d of %d characters", file, story, a.at[story], len(letters))
		}
	}
	without := 0
	for i, name := range text.StimulusNames() {
		out.ByWord[name] = a.sum[i]
		if !a.own[i] {
			out.ByWord[name] = math.NaN()
			without++
		}
	}
	if without > 0 {
		out.Notes = append(out.Notes, counted(without, "word has no token of its own", "words have no token of their own")+": no surprisal")
	}
	if a.substituted > 0 {
		out.Notes = append(out.Notes, counted(a.substituted, "character differs", "characters differ")+" between the tokens and the text")
	}
	return out, nil
}

// counted writes a number and the words that go with it.
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// aligner walks through the stories' characters as the tokens come.
type aligner struct {
	letters     map[int][]letter // story -> characters that are not white space
	at          map[int]int      // story -> characters consumed
	sum         []float64        // per word
	own         []bool           // per word: a token starts in it
	substituted int
}

type letter struct {
	r    rune
	word int
}

func newAligner(text *assembly.ReadingTimes) *aligner {
	a := &aligner{letters: map[int][]letter{}, at: map[int]int{}, sum: make([]float64, len(text.Words)), own: make([]bool, len(text.Words))}
	for i, w := range text.Words {
		for _, r := range w.Text {
			if !unicode.IsSpace(r) {
				a.letters[w.Story] = append(a.letters[w.Story], letter{r, i})
			}
		}
	}
	return a
}

func (a *aligner) token(story int, token string, bits float64) error {
	letters := a.letters[story]
	if letters == nil {
		return fmt.Errorf("the text has no story %d", story)
	}
	first := true
	for _, r := range token {
		if unicode.IsSpace(r) {
			continue
		}
		at := a.at[story]
		if at == len(letters) {
			return fmt.Errorf("the token %.60q goes beyond the end of story %d", token, story)
		}
		if letters[at].r != r {
			if a.substituted++; a.substituted > maxSubstitutions {
				return fmt.Errorf("the token %.60q is not in the text, nor are %d characters before", token, maxSubstitutions)
			}
		}
		if first {
			a.sum[letters[at].word] += bits
			a.own[letters[at].word] = true
			first = false
		}
		a.at[story]++
	}
	return nil
}

// WordLength returns each word's number of letters and digits, in the place of
// a surprisal: the simplest predictor of reading time.
func WordLength(text *assembly.ReadingTimes) *assembly.Surprisal {
	out := &assembly.Surprisal{ByWord: map[string]float64{}}
	for _, w := range text.Words {
		out.ByWord[assembly.WordName(w.Story, w.Index)] = float64(w.Length())
	}
	return out
}
