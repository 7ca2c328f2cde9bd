package record

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/bsgen/bsgen/archive/git"
)

// TestPulls: a merge, a squashed pull request, a push, and a change of a file
// that is no submission after each.
func TestPulls(t *testing.T) {
	l := newLab(t, 4)
	name := func(id string) { l.edit("submissions/"+id+"/model.yaml", "name: ", "name: x") }
	l.git("checkout", "-q", "-b", "fork")
	name("m01")
	l.git("commit", "-q", "-a", "-m", "name m01 (#999)") // by a stranger
	l.git("checkout", "-q", "main")
	l.git("merge", "-q", "--no-ff", "-m", "Merge pull request #7 from some-lab/fork", "fork")
	name("m02")
	l.git("commit", "-q", "-a", "-m", "Name m02 (#8)")
	name("m03")
	l.git("commit", "-q", "-a", "-m", "name m03 (see #9)")
	l.edit("site.yaml", "title:", "# moved\ntitle:")
	l.git("commit", "-q", "-a", "-m", "move (#10)")
	l.git("push", "-q", "origin", "main")
	models := map[string]bool{"m00": true, "m01": true, "m02": true, "m03": true, "nobody": true}
	pulls := func(r *Recorder) string {
		t.Helper()
		got, err := r.pulls(t.Context(), l.head(), models)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(got)
	}
	if got := pulls(l.recorder()); got != "map[m00:0 m01:7 m02:8 m03:0]" {
		t.Errorf("by subject: %s", got)
	}
	// What the service says goes before the subject.
	said := map[string]int{l.log("%H", "-1", "--skip=1"): 70, l.log("%H", "-1", "--skip=2"): 0}
	r := l.recorder()
	r.PullOf = func(_ context.Context, commit string) (int, error) {
		if n, ok := said[commit]; ok {
			return n, nil
		}
		return 0, errors.New("no network")
	}
	notes := 0
	r.Note = func(string, ...any) { notes++ }
	if got := pulls(r); got != "map[m00:0 m01:7 m02:0 m03:70]" || notes != 2 {
		t.Errorf("by the service: %s, %d notes", got, notes)
	}
	// Where a shallow clone begins, a commit seems to have brought everything.
	shallow := filepath.Join(t.TempDir(), "shallow")
	l.git("clone", "-q", "--depth=3", "file://"+l.bare, shallow)
	r = l.recorder()
	r.Clone = git.Repository{Dir: shallow}
	if got := pulls(r); got != "map[m03:0]" {
		t.Errorf("in a shallow clone: %s", got)
	}
}

func TestSubjectPull(t *testing.T) {
	for subject, want := range map[string]int{
		"Merge pull request #12 from some-lab/alexnet": 12,
		"Add AlexNet (#12)":                            12,
		"Add AlexNet (#1) (#12)":                       12,
		"Add AlexNet, see #12":                         0,
		"Add AlexNet (#12) again":                      0,
		"Add AlexNet (#0)":                             0,
		"Add AlexNet (#-1)":                            0,
		"Add AlexNet (#9999999999)":                    0,
		"Revert \"Merge pull request #12 from x\"":     0,
		"": 0,
	} {
		if got := subjectPull(subject); got != want {
			t.Errorf("%q: %d, want %d", subject, got, want)
		}
	}
}
