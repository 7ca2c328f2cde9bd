package dataset

import (
	"math"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/assembly"
)

const readingHeader = "word\tzone\titem\tnItem\tmeanItemRT\tsdItemRT\n"

var readingColumns = map[string]string{"story": "item", "word_index": "zone", "mean": "meanItemRT", "sd": "sdItemRT", "n": "nItem"}

// twoStories has the words out of order and a quotation mark, which is text in
// a tab-separated file.
const twoStories = readingHeader +
	"dog.\t2\t1\t80\t350.5\t100\n" +
	"The\t1\t1\t80\t300\t100\n" +
	"\"Hi\t1\t2\t80\t320\t100\n" +
	"Mr.\t2\t2\t80\t320\t100\n" +
	"Fox,\t3\t2\t80\t320\t100\n" +
	"hi!'\t4\t2\t80\t320\t100\n" +
	"he\t5\t2\t80\t320\t100\n" +
	"said.\t6\t2\t80\t320\t100\n" +
	"End\t7\t2\t80\t320\t100\n"

const unigramCounts = "1.1.word\t1\tThe\t1024\tNA\n1.2.whole\t1\tdog .\t3\tNA\n1.2.word\t1\tdog\t64\tNA\n2.2.whole\t1\tMr.\t32\tNA\n2.4.word\t1\thi\t0\tNA\n"

func readTwoStories(t *testing.T) *assembly.ReadingTimes {
	t.Helper()
	g, err := ReadNGrams("freqs-1.tsv", []byte(unigramCounts))
	if err != nil {
		t.Fatal(err)
	}
	text, err := ReadingTimes("rt.tsv", []byte(twoStories), readingColumns, g)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestReadingTimes(t *testing.T) {
	text := readTwoStories(t)
	var words, firsts []string
	for _, w := range text.Words {
		words = append(words, w.Text)
		if w.First {
			firsts = append(firsts, w.Text)
		}
	}
	if got := strings.Join(words, " "); got != `The dog. "Hi Mr. Fox, hi!' he said. End` {
		t.Errorf("words %s", got)
	}
	// Mr. ends no sentence, nor does hi!' before a lower-case word.
	if got := strings.Join(firsts, " "); got != `The "Hi End` || len(text.Sentences) != 3 {
		t.Errorf("sentences start with %s; there are %d", got, len(text.Sentences))
	}
	freq := func(i int) float64 { return text.Words[i].Log2Freq }
	if freq(0) != 10 || freq(1) != 6 || freq(3) != 5 || !math.IsNaN(freq(5)) || !math.IsNaN(freq(2)) {
		t.Errorf("log2 frequencies: word row, whole row where there is no word row, NaN for 0 and for none: %v %v %v %v %v", freq(0), freq(1), freq(3), freq(5), freq(2))
	}
	if text.Words[4].Length() != 3 {
		t.Errorf("length of %q is %d, want 3 letters", text.Words[4].Text, text.Words[4].Length())
	}
}

func TestReadingTimesErrors(t *testing.T) {
	for _, c := range []struct{ name, data, want string }{
		{"missing column", "word\tzone\n", `there is no column "item"`},
		{"no words", readingHeader, "there are no words"},
		{"NaN", readingHeader + "a\t1\t1\t80\tNaN\t1\n", `rt.tsv:2: the mean "NaN" is not a finite number`},
		{"fraction of a position", readingHeader + "a\t1.5\t1\t80\t3\t1\n", `rt.tsv:2: the position "1.5" is not a whole number`},
		{"short row", readingHeader + "a\t1\n", "rt.tsv:2: 2 fields instead of 6"},
		{"a gap", readingHeader + "a\t1\t1\t80\t3\t1\nb\t3\t1\t80\t3\t1\n", "story 1 goes from word 1 to word 3"},
		{"a word twice", readingHeader + "a\t1\t1\t80\t3\t1\nb\t1\t1\t80\t3\t1\n", "story 1 goes from word 1 to word 1"},
	} {
		_, err := ReadingTimes("rt.tsv", []byte(c.data), readingColumns, nil)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

func TestTokenSurprisal(t *testing.T) {
	text := readTwoStories(t)
	ln2 := "-0.6931471805599453" // one bit
	tokens := "token,logprob,story\nThe,,0\n do," + ln2 + ",0\ng.," + ln2 + ",0\n" +
		"\"\"\"Hi\"," + ln2 + ",1\n Mr," + ln2 + ",1\n. F," + ln2 + ",1\nox," + ln2 + ",1\n\",\"," + ln2 + ",1\n hi!'," + ln2 + ",1\n he said.\n," + ln2 + ",1\nEnD," + ln2 + ",1\n"
	tokens = strings.Replace(tokens, " he said.\n,", "\" he said.\n\",", 1) // a line break inside a token
	columns := map[string]string{}
	s, err := TokenSurprisal("t.csv", []byte(tokens), columns, 1, text)
	if err != nil {
		t.Fatal(err)
	}
	got, err := text.Align(s)
	if err != nil {
		t.Fatal(err)
	}
	// ". F" spans Mr. and Fox, and belongs to the first; " he said." to he.
	// That leaves none for said.
	want := []float64{math.NaN(), 2, 1, 2, 2, 1, 1, math.NaN(), 1}
	for i, w := range want {
		if math.IsNaN(w) != math.IsNaN(got[i]) || math.Abs(got[i]-w) > 1e-12 {
			t.Errorf("%s: %v bits, want %v", text.Words[i].Text, got[i], w)
		}
	}
	if len(s.Notes) != 2 || !strings.HasPrefix(s.Notes[0], "1 word has no token of its own") || !strings.HasPrefix(s.Notes[1], "1 character differs") {
		t.Errorf("notes %q, want the word without a token and the substitution of d by D", s.Notes)
	}
	for _, c := range []struct{ name, data, want string }{
		{"ends early", "token,logprob,story\nThe,,0\n", "the tokens of story 1 end after 3 of 7"},
		{"another text", "token,logprob,story\nZZZZZZZ,-1,0\n", "is not in the text"},
		{"beyond the end", "token,logprob,story\nThe dog. and more,-1,0\n", "beyond the end of story 1"},
		{"another story", "token,logprob,story\nThe,-1,7\n", "the text has no story 8"},
		{"a positive log probability", "token,logprob,story\nThe,.5,0\n", "above 0"},
		{"infinite", "token,logprob,story\nThe,-Inf,0\n", "not a finite number"},
		{"missing column", "token,story\nThe,0\n", `there is no column "logprob"`},
	} {
		_, err := TokenSurprisal("t.csv", []byte(c.data), columns, 1, text)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

func TestNGramSurprisal(t *testing.T) {
	read := func(s string) *NGrams {
		g, err := ReadNGrams("freqs.tsv", []byte(s))
		if err != nil {
			t.Fatal(err)
		}
		return g
	}
	uni := read("1.1.word\t1\ta\t8\tNA\n1.2.word\t1\tb\t4\tNA\n1.3.word\t1\tc\t0\tNA\n")
	bi := read("1.1.word\t2\ta\t2\t8\n1.2.word\t2\tb\t0\t8\n1.3.word\t2\tc\t0\t0\n")
	s := NGramSurprisal([]*NGrams{uni, bi}, 32)
	want := map[string]float64{
		"1.1": 2,                 // -log2(2/8)
		"1.2": 3 - math.Log2(.4), // unseen bigram: .4 * 4/32
		"1.3": math.NaN(),        // never seen
	}
	for k, w := range want {
		if g := s.ByWord[k]; math.IsNaN(w) != math.IsNaN(g) || math.Abs(g-w) > 1e-12 {
			t.Errorf("word %s: %v bits, want %v", k, g, w)
		}
	}
	if len(s.Notes) != 2 {
		t.Errorf("notes %q, want one on the shorter context and one on the unseen word", s.Notes)
	}
	for _, bad := range []string{"1.1\t1\ta\t1\tNA\n", "x.1.word\t1\ta\t1\tNA\n", "1.1.word\t1\ta\tmany\tNA\n", "1.1.word\t1\ta\t1\tNA\n1.2.word\t2\ta\t1\tNA\n", "1.1.word\t0\ta\t1\tNA\n", "1.1.word\t1\ta\t1\n",
		"1.1.word\t1\ta\t-1\tNA\n", "1.1.word\t2\ta\t0\t-1\n", "1.1.word\t2\ta\t3\t2\n"} {
		if _, err := ReadNGrams("freqs.tsv", []byte(bad)); err == nil {
			t.Errorf("%q: no error", bad)
		}
	}
}

func TestSurprisal(t *testing.T) {
	text := readTwoStories(t)
	for _, c := range []struct{ name, data, want string }{
		{"only some words", "story,word,surprisal\n1,1,NaN\n", "has no row for 8 of 9 stimuli: 1.2, 2.1, 2.2 and 5 more"},
		{"twice", "story,word,surprisal\n1,1,3\n1,1,3\n", "s.csv:3: a second row for word 1.1"},
		{"not a number", "story,word,surprisal\n1,1,high\n", `s.csv:2: the surprisal "high" is not a finite number`},
		{"missing column", "story,word\n1,1\n", `there is no column "surprisal"`},
	} {
		s, err := Surprisal("s.csv", []byte(c.data), nil)
		if err == nil {
			_, err = text.Align(s)
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

func FuzzReading(f *testing.F) {
	f.Add([]byte(twoStories), []byte(unigramCounts))
	f.Fuzz(func(t *testing.T, times, counts []byte) {
		g, err := ReadNGrams("c.tsv", counts)
		if err != nil {
			g = nil
		}
		text, err := ReadingTimes("t.tsv", times, readingColumns, g)
		if err != nil {
			return
		}
		if len(text.Sentences) == 0 || !text.Words[0].First {
			t.Error("the first word starts no sentence")
		}
	})
}

func FuzzTokenSurprisal(f *testing.F) {
	f.Add([]byte("token,logprob,story\nThe,,0\n dog.,-1,0\n"))
	g, _ := ReadNGrams("freqs-1.tsv", []byte(unigramCounts))
	text, err := ReadingTimes("rt.tsv", []byte(twoStories), readingColumns, g)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if s, err := TokenSurprisal("t.csv", data, nil, 1, text); err == nil && len(s.ByWord) != len(text.Words) {
			t.Errorf("%d of %d words", len(s.ByWord), len(text.Words))
		}
		_, _ = Surprisal("t.csv", data, nil)
	})
}
