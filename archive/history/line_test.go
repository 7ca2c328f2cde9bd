package history

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// stepLines writes the main line with one line for each step.
func stepLines(h *History) []string {
	var out []string
	for _, s := range h.Steps {
		line := s.Subject + ":"
		for _, b := range s.Boards {
			line += fmt.Sprintf(" board %s %d nodes", b.ID, len(b.Nodes))
		}
		for _, b := range s.Benchmarks {
			line += fmt.Sprintf(" %s v%d in %s/%s %v", b.ID, b.Version, b.Board, b.Parent, b.Primary)
			if b.Removed {
				line += " removed"
			}
		}
		for _, m := range s.Models {
			line += fmt.Sprintf(" %s %q", m.ID, m.Name)
			if m.Removed {
				line += " removed"
			}
		}
		for _, r := range s.Results {
			line += fmt.Sprintf(" %s@%d", r.Model, r.Version)
			if r.Removed {
				line += " removed"
			} else {
				line += fmt.Sprintf("=%.2f", float64(r.Score))
			}
		}
		out = append(out, line)
	}
	return out
}

func wantSteps(t *testing.T, h *History, want ...string) {
	t.Helper()
	if got := stepLines(h); !slices.Equal(got, want) {
		t.Errorf("steps\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

func tagLines(h *History) string {
	var out []string
	for _, tag := range h.Tags {
		out = append(out, fmt.Sprintf("%s@%d", tag.Name, tag.Step))
	}
	return strings.Join(out, " ")
}

// TestSteps: the main line has what the branch held, merges as one step, and
// nothing of files that define nothing.
func TestSteps(t *testing.T) {
	r := newRepository(t)
	r.write("README.md", []byte("no step"))
	r.commit("begin")
	r.git("tag", "before")
	r.write("boards/vision.yaml", []byte("title: Vision\nnodes: [{id: mean}, {id: IT, parent: mean}]\nviews: [{id: unknown-to-steps}]\n"))
	r.write("boards/README.md", []byte("no board"))
	r.write("benchmarks/Lab2026.IT-rdm/benchmark.yaml", []byte("version: 1\nboard: vision\nparent: IT\nprimary: true\nnew_field: [of, later]\n"))
	r.write("benchmarks/Lab2026.IT-rdm/README.md", []byte("text"))
	r.write("submissions/a/model.yaml", []byte("name: \"A\\e[31m\\u202e red\"\n"))
	r.commit("define")
	r.score("a", .5)
	r.write("results/a/notes.txt", []byte("no result"))
	r.commit("score a")
	r.git("checkout", "-q", "-b", "side")
	r.score("b", .25)
	r.commit("score b, on a branch")
	r.score("b", .75)
	r.commit("score b again, on a branch")
	r.git("tag", "aside")
	r.git("checkout", "-q", "main")
	r.write("benchmarks/Lab2026.IT-rdm/benchmark.yaml", []byte("version: 2\nboard: vision\nparent: IT\n"))
	r.commit("raise the version")
	r.git("tag", "-a", "-m", "a release", "v1")
	r.git("tag", "v1-again", "v1")
	r.git("merge", "-q", "--no-ff", "-m", "merge b", "side")
	r.write("docs.md", nil)
	r.commit("no step")
	r.git("tag", "last")
	r.write("benchmarks/Lab2026.IT-rdm/benchmark.yaml", []byte("version: [\n"))
	r.git("rm", "-q", "-r", "results/a")
	r.git("rm", "-q", "-r", "submissions/a")
	r.commit("break and remove")

	h := r.read()
	wantSteps(t, h,
		`define: board vision 2 nodes Lab2026.IT-rdm v1 in vision/IT true a "A red"`,
		"score a: a@1=0.50",
		"raise the version: Lab2026.IT-rdm v2 in vision/IT false",
		"merge b: b@1=0.75",
		`break and remove: Lab2026.IT-rdm v0 in / false removed a "" removed a@1 removed`,
	)
	if got, want := tagLines(h), "before@-1 v1@2 v1-again@2 last@3"; got != want {
		t.Errorf("tags %s, want %s: the one that is not on the main line is left out", got, want)
	}
	if h.Aside != 1 {
		t.Errorf("%d tags are left out, want 1", h.Aside)
	}
	if at := h.Steps[0].At; at.Unix() != int64(date(2)) || at.Location() != time.UTC {
		t.Errorf("the first step is of %v", at)
	}
	for i := range h.Steps[1:] {
		if h.Steps[i+1].At.Before(h.Steps[i].At) {
			t.Errorf("step %d is of before the one before it", i+1)
		}
	}

	// A cache gives the same, and tags that came later.
	opts := Options{Cache: filepath.Join(t.TempDir(), "cache")}
	for _, want := range []string{tagLines(h), tagLines(h) + " later@4"} {
		c, err := Read(t.Context(), r.root, opts)
		if err != nil {
			t.Fatal(err)
		}
		wantSteps(t, c, stepLines(h)...)
		if got := tagLines(c); got != want {
			t.Errorf("tags %s, want %s", got, want)
		}
		if want == tagLines(h) {
			r.git("tag", "later")
		}
	}
}

// TestStepClock: a step is never of before the one before it, and a commit
// without a sensible date has that of the one before.
func TestStepClock(t *testing.T) {
	r := newRepository(t)
	for i, clock := range []string{"2026-03-02", "2026-03-01", "1970-01-02", "2026-03-03"} {
		r.score("a", float64(i))
		r.git("add", "-A")
		r.Setenv("GIT_AUTHOR_DATE", "2020-01-01T00:00:00Z")
		r.Setenv("GIT_COMMITTER_DATE", clock+"T10:00:00Z")
		r.git("commit", "-q", "-m", "step")
	}
	var got []string
	for _, s := range r.read().Steps {
		got = append(got, s.At.Format("01-02"))
	}
	if want := []string{"03-02", "03-02", "03-02", "03-03"}; !slices.Equal(got, want) {
		t.Errorf("steps of %v, want %v", got, want)
	}
}

// TestShallowSteps: where a clone begins, the first step holds the whole board.
func TestShallowSteps(t *testing.T) {
	r := newRepository(t)
	r.score("a", .5)
	r.commit("score a")
	r.score("b", .25)
	r.commit("score b")
	r.score("c", .125)
	r.commit("score c")
	clone := filepath.Join(t.TempDir(), "clone")
	if out, err := exec.Command("git", "clone", "-q", "--depth", "2", "file://"+r.root, clone).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	h, err := Read(t.Context(), clone, Options{})
	if err != nil {
		t.Fatal(err)
	}
	wantSteps(t, h, "score b: a@1=0.50 b@1=0.25", "score c: c@1=0.12")
	if !h.Steps[0].Start || h.Steps[1].Start {
		t.Errorf("the clone begins at %v, %v", h.Steps[0].Start, h.Steps[1].Start)
	}
}
