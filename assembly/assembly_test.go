package assembly

import (
	"errors"
	"strings"
	"testing"
)

func TestName(t *testing.T) {
	for _, c := range []struct{ name, want string }{
		{"img7.png", "img7.png"},
		{"Straße 7", "Straße 7"},
		{"", `""`},
		{"two\nlines", `"two\nlines"`},
		{"\x1b[31mred", `"\x1b[31mred"`},
		{"a\u202eb", `"a\u202eb"`}, // right-to-left override
		{"a\xff", `"a\xff"`},
		{strings.Repeat("ö", 60), strings.Repeat("ö", 60)},
		{strings.Repeat("ö", 61), `"` + strings.Repeat("ö", 60) + `"...`},
	} {
		if got := Name(c.name); got != c.want {
			t.Errorf("%q is shown as %s, want %s", c.name, got, c.want)
		}
	}
	if got := NameList([]string{"a", "b\t", "c", "d"}, 2); got != `a, "b\t" and 2 more` {
		t.Errorf("the list is %s", got)
	}
}

// What a stranger wrote does not make a message long.
func TestMismatchIsShort(t *testing.T) {
	long := strings.Repeat("x", 1<<20)
	e := &MismatchError{What: "what", Names: []string{long, long, long, long}, Answers: []string{long, long, long, long}}
	if n := len(e.Error()); n > 500 {
		t.Errorf("%d bytes", n)
	}
}

func TestReadingAlign(t *testing.T) {
	text := &ReadingTimes{Words: []Word{{Story: 1, Index: 1}, {Story: 1, Index: 2}}}
	for _, c := range []struct {
		names []string
		want  string
	}{
		{[]string{"1.1", "1.2"}, ""},
		{[]string{"1.1"}, "the response has no row for 1 of 2 stimuli: 1.2"},
		{[]string{"1.1", "1.2", "9.2", "9.1"}, "the response has rows for 2 stimuli that the set does not have: 9.1, 9.2"},
		{[]string{"1.1", "9.1"}, "the response has no row for 1 of 2 stimuli: 1.2"},
		{[]string{"0.2", "0.1"}, `no word name matches: the file has "0.1", the set "1.1"`},
		{nil, "the response has no row for 2 of 2 stimuli: 1.1, 1.2"},
	} {
		s := &Surprisal{ByWord: map[string]float64{}}
		for _, n := range c.names {
			s.ByWord[n] = 1
		}
		_, err := text.Align(s)
		if c.want == "" {
			if err != nil {
				t.Errorf("%q: %v", c.names, err)
			}
			continue
		}
		var mismatch *MismatchError
		if !errors.As(err, &mismatch) || err.Error() != c.want {
			t.Errorf("%q: %v, want %s", c.names, err, c.want)
		}
	}
}
