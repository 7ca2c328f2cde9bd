package doctor

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/archive/audit"
	"github.com/bsgen/bsgen/forge"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "accept what the checks say now")

// hostedAt is a repository of the tests: the files of its archive, and what
// GitHub answers. See testdata/safe.txtar for the form.
type hostedAt struct {
	root    string
	token   string
	all     answer            // to what is not listed
	answers map[string]answer // by path below the repository
}

type answer struct {
	status int
	body   string
}

// load writes the files of a repository and those of its base.
func load(t *testing.T, name string) *hostedAt {
	t.Helper()
	h := &hostedAt{root: t.TempDir(), token: "secret", all: answer{404, `{"message": "Not Found"}`}, answers: map[string]answer{}}
	h.read(t, name)
	return h
}

func (h *hostedAt) read(t *testing.T, name string) {
	a, err := txtar.ParseFile(filepath.Join("testdata", name+".txtar"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(a.Comment)) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch key {
		case "base":
			h.read(t, value)
		case "token":
			h.token = ""
		case "all":
			status, body, _ := strings.Cut(value, " ")
			h.all.status, _ = strconv.Atoi(status)
			h.all.body = body
			h.answers = map[string]answer{}
		}
	}
	for _, f := range a.Files {
		fields := strings.Fields(f.Name)
		switch {
		case fields[0] == "GET":
			path, status := "", 200
			for _, s := range fields[1:] {
				if n, err := strconv.Atoi(s); err == nil {
					status = n
				} else {
					path = s
				}
			}
			h.answers[path] = answer{status, string(f.Data)}
		case f.Name != "want":
			full := filepath.Join(h.root, filepath.FromSlash(f.Name))
			if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(full, f.Data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// serve answers as GitHub would, and fails the test where anything but a GET of
// the repository comes, or a token goes astray.
func (h *hostedAt) serve(t *testing.T) *httptest.Server {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path, ok := strings.CutPrefix(r.URL.Path, "/repos/some-lab/board")
		if r.Method != http.MethodGet || !ok {
			t.Errorf("%s %s", r.Method, r.URL)
		}
		if got := r.Header.Get("Authorization"); (got != "") != (h.token != "") {
			t.Errorf("authorization %q", got)
		}
		a, listed := h.answers[strings.TrimPrefix(path, "/")]
		if !listed {
			a = h.all
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(a.status)
		if a.status != http.StatusNoContent {
			fmt.Fprint(w, a.body)
		}
	}))
	t.Cleanup(server.Close)
	return server
}

// input reads settings and archive as bsgen doctor does.
func (h *hostedAt) input(t *testing.T) *Input {
	t.Helper()
	gh, err := forge.NewGitHub(forge.Options{
		Repository: "some-lab/board", Token: h.token, APIURL: h.serve(t).URL, Attempts: 2,
		Sleep: func(context.Context, time.Duration) error { return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	a, problems, err := archive.Open(h.root)
	if err != nil {
		t.Fatal(err)
	}
	return &Input{
		Archive: a, Problems: problems, Git: Git{Version: "2.39.5", Commits: 152}, Audit: &audit.Report{Writers: []string{audit.DefaultWriter}},
		Engine:     "onnxruntime 1.30.0, as pinned",
		Repository: "some-lab/board", Token: h.token != "", Settings: forge.ReadSettings(t.Context(), gh),
	}
}

// TestRepositories compares the checks of each repository in testdata with what
// stands at its end.
func TestRepositories(t *testing.T) {
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(names) < 8 {
		t.Fatalf("%d repositories: %v", len(names), err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			h := load(t, strings.TrimSuffix(filepath.Base(name), ".txtar"))
			var got bytes.Buffer
			for _, c := range Run(h.input(t)) {
				fmt.Fprintf(&got, "%s %s: %s\n", c.State, c.Name, c.What)
				if c.Hint != "" {
					fmt.Fprintf(&got, "  %s\n", c.Hint)
				}
			}
			a, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			i := slices.IndexFunc(a.Files, func(f txtar.File) bool { return f.Name == "want" })
			if i < 0 {
				t.Fatal("nothing is wanted")
			}
			if bytes.Equal(a.Files[i].Data, got.Bytes()) {
				return
			}
			a.Files[i].Data = got.Bytes()
			if !*update {
				name += ".got"
				t.Errorf("not as wanted, see %s; -update accepts it", name)
			}
			if err := os.WriteFile(name, txtar.Format(a), 0o644); err != nil {
				t.Fatal(err)
			}
		})
	}
}
