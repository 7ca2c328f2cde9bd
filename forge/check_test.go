package forge

import (
	"io/fs"
	"strings"
	"testing"
)

func FuzzCheckPath(f *testing.F) {
	for _, p := range []string{"results/m/b@1.json", "a", "../a", ".git/x", "a//b", "a\\b", "a\x00b", `a "b"`, "é/ü", "GIT~1"} {
		f.Add(p)
	}
	f.Fuzz(func(t *testing.T, p string) {
		if checkPath(p) != nil {
			return
		}
		if !fs.ValidPath(p) || p == "." || strings.ContainsAny(p, "\\:\n\x00") || strings.Contains("/"+strings.ToLower(p), "/.git/") {
			t.Errorf("%q is taken", p)
		}
	})
}
