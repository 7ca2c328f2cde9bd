package git

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// newRepository returns a repository with one commit of the files.
func newRepository(t *testing.T, files map[string]string) Repository {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	for key, value := range map[string]string{
		"GIT_CONFIG_GLOBAL": os.DevNull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CEILING_DIRECTORIES": os.TempDir(),
		"GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.org", "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.org",
	} {
		t.Setenv(key, value)
	}
	dir := t.TempDir()
	for name, text := range files {
		full := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{{"init", "-q", "-b", "main"}, {"add", "-A"}, {"commit", "-q", "-m", "files"}} {
		if out, err := exec.Command("git", append([]string{"-C", dir}, args...)...).CombinedOutput(); err != nil {
			t.Fatalf("git %s: %v\n%s", args[0], err, out)
		}
	}
	return Repository{Dir: dir}
}

func TestTree(t *testing.T) {
	r := newRepository(t, map[string]string{"a/one": "1", "a/two words": "2", "b/three": "3", "b/ünï\tline\nbreak": "4"})
	for _, test := range []struct {
		paths []string
		want  string
	}{
		{nil, "[a/one a/two words b/three b/ünï\tline\nbreak]"},
		{[]string{"a/"}, "[a/one a/two words]"},
		{[]string{"b/three", "nowhere"}, "[b/three]"},
	} {
		entries, err := r.Tree(t.Context(), "HEAD", test.paths...)
		var got []string
		for _, e := range entries {
			if e.Mode != "100644" || !IsHash(e.Hash) {
				t.Errorf("%+v", e)
			}
			got = append(got, e.Path)
		}
		if fmt.Sprint(got) != test.want || err != nil {
			t.Errorf("%q: %q, %v", test.paths, got, err)
		}
	}
	if _, err := r.Tree(t.Context(), "--help"); err == nil {
		t.Error("a revision was taken for an option")
	}
}

func TestObjects(t *testing.T) {
	r := newRepository(t, map[string]string{"empty": "", "small": "text\n", "large": strings.Repeat("x", 100)})
	names := []string{"HEAD:small", "HEAD:nowhere", "HEAD:empty", "HEAD", "HEAD:large", "HEAD:no where", "HEAD:small"}
	want := []string{`blob 5 "text\n"`, `missing`, `blob 0 ""`, `commit`, `blob 100`, `missing`, `blob 5 "text\n"`}
	hashes, err := r.Hashes(t.Context(), names)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	if err := r.Objects(t.Context(), names, 99, func(i int, o Object) error {
		got := o.Type
		switch {
		case o.Type == "":
			got = "missing"
		case o.Data != nil:
			got = fmt.Sprintf("%s %d %q", o.Type, o.Size, o.Data)
		case o.Type == "blob":
			got = fmt.Sprintf("%s %d", o.Type, o.Size)
		}
		if got != want[i] || i != n || o.Hash != hashes[i] {
			t.Errorf("%s: %s, want %s; hash %q, then %q", names[i], got, want[i], o.Hash, hashes[i])
		}
		n++
		return nil
	}); err != nil || n != len(names) {
		t.Errorf("%d objects, %v", n, err)
	}
	stop := errors.New("stop")
	if err := r.Objects(t.Context(), names, 99, func(int, Object) error { return stop }); err != stop {
		t.Errorf("stopped: %v", err)
	}
	if _, err := r.Hashes(t.Context(), []string{"HEAD:a\nHEAD:b"}); err == nil {
		t.Error("one name was taken for two")
	}
}

// FuzzObject: no answer of git makes the reader panic or claim what is not there.
func FuzzObject(f *testing.F) {
	const hash = "587be6b4c3f93f93c489c0111bba5596147a26cb"
	f.Add([]byte(hash + " blob 5\ntext\n\n"))
	f.Add([]byte(hash + " blob 9223372036854775807\n"))
	f.Add([]byte(hash + " blob -1\n"))
	f.Add([]byte(hash + " missing\n"))
	f.Add([]byte(hash + " tree 0\n\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		o, err := readObject(bufio.NewReader(bytes.NewReader(data)), 1000)
		if err == nil && (o.Data != nil && int64(len(o.Data)) != o.Size || (o.Hash == "") != (o.Type == "")) {
			t.Errorf("%+v", o)
		}
	})
}

func TestFields(t *testing.T) {
	f := NewFields(strings.NewReader("one\x00\x00" + strings.Repeat("x", 3*MaxField) + "\x00cut"))
	for _, want := range []string{"one", "", strings.Repeat("x", MaxField)} {
		if got, err := f.Next(); got != want || err != nil {
			t.Errorf("%.20q, %v", got, err)
		}
	}
	if _, err := f.Next(); err != io.ErrUnexpectedEOF {
		t.Errorf("in the middle of a field: %v", err)
	}
	if _, err := f.Next(); err != io.EOF {
		t.Errorf("at the end: %v", err)
	}
}
