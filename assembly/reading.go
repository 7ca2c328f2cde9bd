package assembly

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ReadingTimes are mean reading times of the words of stories.
type ReadingTimes struct {
	Words     []Word // by story, then position
	Sentences []string
}

// Word is one word of a story and how long people took to read it.
type Word struct {
	Story, Index int // from 1
	Text         string
	Mean         float64 // ms, over readers
	SD           float64 // ms, over readers
	N            int     // readers
	Sentence     int     // index into ReadingTimes.Sentences
	First        bool    // first word of its sentence
	Log2Freq     float64 // of the word in a large corpus; NaN where it was never seen
}

// Length is the number of letters and digits.
func (w Word) Length() int {
	n := 0
	for _, r := range w.Text {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			n++
		}
	}
	return n
}

// StimulusNames implements [Assembly]; the name of a word is story.index.
func (t *ReadingTimes) StimulusNames() []string {
	names := make([]string, len(t.Words))
	for i, w := range t.Words {
		names[i] = WordName(w.Story, w.Index)
	}
	return names
}

// Surprisal is a model's surprisal of every word, in bits. NaN where the model
// has none (the first word of a text has no context).
type Surprisal struct {
	ByWord map[string]float64 // by WordName
	Notes  []string           // how the words were matched, where that was not plain
}

func (*Surprisal) response() {}

// Align returns the surprisals in the order of the words. A word that is not in
// the response at all and a row for a word that the text does not have are
// errors; NaN is a value.
func (t *ReadingTimes) Align(s *Surprisal) ([]float64, error) {
	out := make([]float64, len(t.Words))
	known := make(map[string]bool, len(t.Words))
	var missing []string
	for i, name := range t.StimulusNames() {
		known[name] = true
		v, ok := s.ByWord[name]
		if !ok {
			missing = append(missing, name)
		}
		out[i] = v
	}
	var unknown []string
	for _, n := range slices.Sorted(maps.Keys(s.ByWord)) {
		if !known[n] {
			unknown = append(unknown, n)
		}
	}
	if err := compare("word", missing, unknown, len(t.Words)); err != nil {
		return nil, err
	}
	return out, nil
}

// SplitSentences fills Sentence, First and Sentences from the words' texts. A
// sentence ends after a word that ends in . ? ! (also before a closing quote)
// or ;' unless the word is "Mr." or the next word starts in lower case: the
// rule of Brain-Score's Futrell2018, 481 sentences in Natural Stories.
func (t *ReadingTimes) SplitSentences() {
	t.Sentences = nil
	for i := range t.Words {
		w := &t.Words[i]
		w.First = i == 0 || t.Words[i-1].Story != w.Story || endsSentence(t.Words[i-1].Text, w.Text)
		if w.First {
			t.Sentences = append(t.Sentences, WordName(w.Story, w.Index))
		}
		w.Sentence = len(t.Sentences) - 1
	}
}

func endsSentence(word, next string) bool {
	if word == "Mr." {
		return false
	}
	ends := false
	for _, s := range []string{".", "?", "!", ".'", "?'", "!'", ";'"} {
		ends = ends || strings.HasSuffix(word, s)
	}
	first, _ := utf8.DecodeRuneInString(next)
	return ends && !unicode.IsLower(first)
}

// WordName returns the name of a word: story.index, both from 1.
func WordName(story, index int) string { return strconv.Itoa(story) + "." + strconv.Itoa(index) }
