package main

import "testing"

func TestBar(t *testing.T) {
	for _, c := range []struct {
		done, total int64
		want        string
	}{
		{0, 100, "[                        ]"},
		{50, 100, "[============            ]"},
		{100, 100, "[========================]"},
		{-1, 100, "[                        ]"},  // a resumed download that starts anew
		{101, 100, "[========================]"}, // a server that sends more than announced
		{1, 0, "[                        ]"},
		{1 << 31, 1 << 31, "[========================]"},
	} {
		if got := bar(c.done, c.total); got != c.want {
			t.Errorf("%d of %d: %s, want %s", c.done, c.total, got, c.want)
		}
	}
}
