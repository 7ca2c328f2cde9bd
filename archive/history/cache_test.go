package history

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// TestCache: whatever becomes of the cache file, the history is the same.
func TestCache(t *testing.T) {
	r := newRepository(t)
	r.score("a", .5)
	r.score("b", .2)
	r.commit("first")
	r.score("a", .75)
	r.commit("second <&> \u2029", "--author=Zoë <z@example.org>")
	want := encode(t, r.read())
	dir := filepath.Join(t.TempDir(), "cache")
	read := func() []byte {
		t.Helper()
		h, err := Read(t.Context(), r.root, Options{Cache: dir})
		if err != nil {
			t.Fatal(err)
		}
		return encode(t, h)
	}
	check := func(what string) {
		t.Helper()
		if got := read(); !bytes.Equal(got, want) {
			t.Errorf("%s:\n%s\nwant\n%s", what, got, want)
		}
	}
	check("without a cache file")
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) != 1 {
		t.Fatalf("cache files %v, %v", files, err)
	}
	sound, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	check("from the cache")
	for name, data := range map[string][]byte{
		"empty":                 nil,
		"cut":                   sound[:len(sound)-10],
		"one number":            bytes.Replace(sound, []byte("0.75"), []byte("0.76"), 1),
		"no header":             sound[bytes.IndexByte(sound, '\n')+1:],
		"other head":            bytes.Replace(sound, []byte(r.git("rev-parse", "HEAD")), []byte(r.git("rev-parse", "HEAD~1")), 1),
		"sound, but no history": append([]byte(header(r.git("rev-parse", "HEAD"), []byte("[]"))), "[]"...),
	} {
		if err := os.WriteFile(files[0], data, 0o644); err != nil {
			t.Fatal(err)
		}
		check(name)
		if after, err := os.ReadFile(files[0]); err != nil || !bytes.Equal(after, sound) {
			t.Errorf("%s: the cache file is not mended: %v", name, err)
		}
	}
	// It is read: numbers that only the cache has come out.
	data := bytes.Replace(sound[bytes.IndexByte(sound, '\n')+1:], []byte("0.75"), []byte("0.76"), 1)
	if err := os.WriteFile(files[0], append([]byte(header(r.git("rev-parse", "HEAD"), data)), data...), 0o644); err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(read(), want) {
		t.Error("the cache is not used")
	}
	// A folder that can not be made is no error.
	dir = filepath.Join(files[0], "below a file")
	check("without a folder for the cache")
}

func encode(t *testing.T, h *History) []byte {
	t.Helper()
	data, err := json.MarshalIndent(h, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return data
}
