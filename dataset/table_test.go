package dataset

import (
	"strings"
	"testing"
)

func TestTableCaps(t *testing.T) {
	wide := strings.Repeat("x", maxRow)
	for _, c := range []struct {
		name, data string
		comma      Comma
	}{
		{"a long CSV row", "a,b\n1," + wide + "\n", CSV},
		{"a long field of many lines", "a,b\n1,\"" + strings.Repeat("x\n", maxRow/2) + "\"\n", CSV},
		{"a long CSV header", "a," + wide + "\n", CSV},
		{"a long TSV row", "a\tb\n1\t" + wide + "\n", TSV},
	} {
		table, err := NewTable("t", []byte(c.data), c.comma, "a")
		if err == nil {
			_, _, err = table.Next()
		}
		if err == nil || !strings.Contains(err.Error(), "the row has more than 65536 bytes") {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// What a stranger wrote into a file does not make a message long or bend it.
func TestTableMessages(t *testing.T) {
	header := strings.TrimSuffix(strings.Repeat(strings.Repeat("y", 100)+"\u202e,", 500), ",")
	_, err := NewTable("t", []byte(header+"\n"), CSV, "a")
	if err == nil || len(err.Error()) > 2000 || strings.Contains(err.Error(), "\u202e") || !strings.Contains(err.Error(), "and 480 more") {
		t.Errorf("%v", err)
	}
	_, err = Surprisal("s", []byte("story,word,surprisal\n1,1,"+strings.Repeat("z", 1000)+"\n"), nil)
	if err == nil || len(err.Error()) > 200 {
		t.Errorf("%v", err)
	}
}
