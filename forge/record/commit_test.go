package record

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/archive/git"
)

// TestMessage: a commit for each pull request, with what it recorded and its
// trailers, and no other file.
func TestMessage(t *testing.T) {
	l := newLab(t, 3)
	for _, id := range []string{"m01", "m02"} {
		l.edit("submissions/"+id+"/model.yaml", "name: Pixels", "name: "+id)
	}
	l.push("submit two models (#12)")
	base := l.head()
	r := l.recorder()
	r.Run = "345"
	var made []Made
	r.Made = func(m Made) { made = append(made, m) }
	if _, err := r.Record(t.Context(), l.survey("*", "*")); err != nil {
		t.Fatal(err)
	}
	if got := l.log("%B---", base+"..main"); got != `results: score 2 models on 2 benchmarks

m01 on Simulated.orientation-accuracy, version 1: scored
m01 on Simulated.orientation-error_consistency, version 1: scored
m02 on Simulated.orientation-accuracy, version 1: scored
m02 on Simulated.orientation-error_consistency, version 1: scored

Bsgen-PR: 12
Bsgen-Run: 345
---
results: score m00 on 2 benchmarks

m00 on Simulated.orientation-accuracy, version 1: scored
m00 on Simulated.orientation-error_consistency, version 1: scored

Bsgen-Run: 345
---` {
		t.Errorf("the messages are\n%s", got)
	}
	if got := l.log("%(trailers:key=Bsgen-PR,valueonly,separator=%x2C)/%(trailers:key=Bsgen-Run,valueonly,separator=%x2C)", base+"..main"); got != "12/345\n/345" {
		t.Errorf("git finds the trailers %q", got)
	}
	if len(made) != 2 || made[0].Pull != 0 || made[0].Results != 2 || made[1].Pull != 12 || made[1].Results != 4 || made[1].SHA != l.head() {
		t.Errorf("made %+v", made)
	}
	if got := l.git("--git-dir", l.bare, "diff", "--name-status", base, "main"); strings.Count(got, "\n") != 11 || strings.Contains(got, "M\t") {
		t.Errorf("changed\n%s", got)
	}
}

// TestAgainMessage: a result that is replaced by one without a sidecar takes
// the sidecar along.
func TestAgainMessage(t *testing.T) {
	l := newLab(t, 1)
	if _, err := l.recorder().Record(t.Context(), l.survey("*", consistency)); err != nil {
		t.Fatal(err)
	}
	l.git("pull", "-q", "origin", "main")
	l.edit("submissions/m00/model.yaml", "id: m00", "id: m00\nneural_training: [{dataset: Simulated.orientation}]")
	l.push("fitted to it")
	if _, err := l.recorder().Record(t.Context(), l.survey("*", consistency)); err != nil {
		t.Fatal(err)
	}
	if got := l.log("%b", "-1"); got != "m00 on Simulated.orientation-error_consistency, version 1: not applicable again" {
		t.Errorf("the message is %q", got)
	}
	const name = "results/m00/Simulated.orientation-error_consistency@1"
	if got := l.git("--git-dir", l.bare, "diff", "--name-status", "main~1", "main"); got != "D\t"+name+".bin\nM\t"+name+".json" {
		t.Errorf("changed\n%s", got)
	}
}

// TestSplit: what is too large for one commit goes into several, in order.
func TestSplit(t *testing.T) {
	l := newLab(t, 1)
	r := l.recorder()
	var results []*archive.ResultFiles
	for i, mb := range []int{4, 4, 4, 11, 1, 1} {
		results = append(results, &archive.ResultFiles{
			Result: &archive.Result{Model: "m00", Benchmark: fmt.Sprintf("b%d", i), Version: 1},
			Data:   make([]byte, mb<<19), Sidecar: make([]byte, mb<<19),
		})
	}
	commits, err := r.commits(t.Context(), l.head(), &archive.Archive{}, results)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range commits {
		var names []string
		for _, f := range c.commit.Files {
			names = append(names, strings.TrimPrefix(f.Path, "results/m00/"))
		}
		got = append(got, fmt.Sprint(c.results, names))
	}
	if strings.Join(got, "\n") != "2 [b0@1.json b0@1.bin b1@1.json b1@1.bin]\n1 [b2@1.json b2@1.bin]\n1 [b3@1.json b3@1.bin]\n2 [b4@1.json b4@1.bin b5@1.json b5@1.bin]" {
		t.Errorf("%q", got)
	}
}

func TestBody(t *testing.T) {
	var results []*archive.ResultFiles
	for i := range maxBody + 3 {
		results = append(results, &archive.ResultFiles{Result: &archive.Result{Model: "m", Benchmark: fmt.Sprint("b", i), Version: 2, Status: archive.Failed}})
	}
	got := body(&archive.Archive{}, results)
	if !strings.HasPrefix(got, "m on b0, version 2: failed\n") || !strings.HasSuffix(got, "m on b49, version 2: failed\nand 3 more\n") {
		t.Error(got)
	}
}

// TestFolder: the archive may be a folder of the repository.
func TestFolder(t *testing.T) {
	l := newLab(t, 1)
	s := l.survey("*", consistency)
	board := filepath.Join(l.work, "board")
	if err := os.Mkdir(board, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"submissions", "benchmarks", "boards", "site.yaml", "results"} {
		if err := os.Rename(filepath.Join(l.work, name), filepath.Join(board, name)); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
	l.push("move (#3)")
	r := l.recorder()
	r.Clone = git.Repository{Dir: board}
	if _, err := r.Record(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if got := l.git("--git-dir", l.bare, "diff", "--name-only", "main~1", "main"); got != "board/results/m00/Simulated.orientation-error_consistency@1.bin\nboard/results/m00/Simulated.orientation-error_consistency@1.json" {
		t.Errorf("changed\n%s", got)
	}
	if got := l.log("%(trailers:key=Bsgen-PR,valueonly)", "-1"); strings.TrimSpace(got) != "3" {
		t.Errorf("pull request %q", got)
	}
}
