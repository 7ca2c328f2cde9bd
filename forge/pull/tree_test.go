package pull

import (
	"errors"
	"strings"
	"testing"
)

// FuzzParseTree: whatever a tree object holds, its entries together have no
// more bytes than it.
func FuzzParseTree(f *testing.F) {
	f.Add([]byte("100644 a\x00" + strings.Repeat("h", 20) + "40000 b\x00" + strings.Repeat("i", 20)))
	f.Add([]byte("100644 a\x00short"))
	f.Add([]byte("100644\x00" + strings.Repeat("h", 20)))
	f.Fuzz(func(t *testing.T, data []byte) {
		entries, err := parseTree(data, 20)
		n := 0
		for _, e := range entries {
			n += len(e.Mode) + 1 + len(e.Path) + 1 + len(e.Hash)/2
			if e.Mode == "" || strings.ContainsAny(e.Path, "\x00") || len(e.Hash) != 40 {
				t.Errorf("the entry %+q", e)
			}
		}
		if err == nil && n != len(data) {
			t.Errorf("%d of %d bytes parsed", n, len(data))
		}
	})
}

// TestTreeLimits: folders without files, and names without end, are counted too.
func TestTreeLimits(t *testing.T) {
	r := newRepository(t)
	empty := r.object("tree", "")
	wide := empty
	for range 6 { // 10^6 folders, no file
		var b strings.Builder
		for _, c := range "abcdefghij" {
			b.WriteString("40000 " + string(c) + "\x00" + string(wide))
		}
		wide = r.object("tree", b.String())
	}
	deep := r.object("tree", "100644 x\x00"+string(r.object("blob", "")))
	for range 20 {
		deep = r.object("tree", "40000 "+strings.Repeat("d", 60)+"\x00"+string(deep))
	}
	for _, tt := range []struct {
		name string
		tree []byte
		want error
	}{{"wide", wide, errTooMany}, {"deep", deep, errLongPath}} {
		err := r.trees(t.Context(), maxTrees, func(tr *trees) error {
			_, err := tr.list(entry{modeTree, hexOf(tt.tree), "submissions/net"}, MaxFiles)
			return err
		})
		if !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
}
