package record

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/archive/git"
	"github.com/bsgen/bsgen/dataset"
	"github.com/bsgen/bsgen/demo"
	"github.com/bsgen/bsgen/evaluate"
	"github.com/bsgen/bsgen/forge"
)

var demoStore = &dataset.Store{Offline: true} // the data of the demo lie beside it

// small makes, once for all tests, a part of the demo's archive that is quick to
// score: the model pixels, with two benchmarks on its choices.
var small func() (string, error)

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "record-test-")
	if err != nil {
		panic(err)
	}
	small = sync.OnceValues(func() (string, error) { return filepath.Join(dir, "lab"), makeSmall(filepath.Join(dir, "lab")) })
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

func makeSmall(dir string) error {
	if err := demo.Write(dir); err != nil {
		return err
	}
	const one = "benchmarks/Simulated.orientation-error_consistency"
	for _, name := range []string{"content", "benchmarks/Simulated.V1-rdm", one + "/stimuli", "submissions/gabor-energy", "submissions/chance", "submissions/pixels/V1.npy"} {
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	const other = "benchmarks/Simulated.orientation-accuracy"
	if err := os.CopyFS(filepath.Join(dir, other), os.DirFS(filepath.Join(dir, one))); err != nil {
		return err
	}
	for _, e := range []struct{ name, pattern, text string }{
		{other + "/benchmark.yaml", `(?m)^id: .*`, "id: Simulated.orientation-accuracy"},
		{other + "/benchmark.yaml", `(?m)^metric: .*`, "metric: {name: accuracy}"},
		{other + "/benchmark.yaml", `(?m)^ceiling: .*`, "ceiling: {name: constant, value: 1, scale: reference, source: an accuracy is at most 1}"},
		{other + "/benchmark.yaml", `(?m)^primary: .*`, "primary: false"},
		{"submissions/pixels/model.yaml", `(?s)  - stimuli: Simulated\.V1.*?(  - stimuli: )`, "$1"},
	} {
		name := filepath.Join(dir, e.name)
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		changed := regexp.MustCompile(e.pattern).ReplaceAll(data, []byte(e.text))
		if bytes.Equal(changed, data) {
			return fmt.Errorf("%s has no %s", e.name, e.pattern)
		}
		if err := os.WriteFile(name, changed, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// lab is a bare repository with an archive of simulated data, without results,
// and a work tree of it.
type lab struct {
	*testing.T
	bare string // what recorders write to
	work string // a clone, for commits of people
}

// newLab makes a lab with the models m00, m01 and so on.
func newLab(t *testing.T, models int) *lab {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	for key, value := range map[string]string{
		"GIT_CONFIG_GLOBAL": os.DevNull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CEILING_DIRECTORIES": os.TempDir(),
		"GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.org", "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.org",
		"GIT_AUTHOR_DATE": "2026-01-02T12:00:00Z", "GIT_COMMITTER_DATE": "2026-01-02T12:00:00Z",
	} {
		t.Setenv(key, value)
	}
	dir := t.TempDir()
	l := &lab{t, filepath.Join(dir, "bare"), filepath.Join(dir, "work")}
	made, err := small()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(l.work, os.DirFS(made)); err != nil {
		t.Fatal(err)
	}
	for i := range models {
		l.submit(fmt.Sprintf("m%02d", i))
	}
	if err := os.RemoveAll(filepath.Join(l.work, "submissions", "pixels")); err != nil {
		t.Fatal(err)
	}
	l.git("init", "-q", "-b", "main")
	l.git("add", "-A")
	l.git("commit", "-q", "-m", "the lab")
	l.git("clone", "-q", "--bare", ".", l.bare)
	l.git("remote", "add", "origin", l.bare)
	return l
}

// submit copies the submission of a model of the demo.
func (l *lab) submit(id string) {
	l.Helper()
	from, to := filepath.Join(l.work, "submissions", "pixels"), filepath.Join(l.work, "submissions", id)
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		l.Fatal(err)
	}
	l.edit("submissions/"+id+"/model.yaml", "id: pixels", "id: "+id)
}

// edit replaces text in a file of the work tree.
func (l *lab) edit(name, old, new string) {
	l.Helper()
	full := filepath.Join(l.work, name)
	data, err := os.ReadFile(full)
	if err != nil || !bytes.Contains(data, []byte(old)) {
		l.Fatalf("%s has no %q, %v", name, old, err)
	}
	if err := os.WriteFile(full, bytes.Replace(data, []byte(old), []byte(new), 1), 0o644); err != nil {
		l.Fatal(err)
	}
}

// git calls git in the work tree and returns what it prints.
func (l *lab) git(args ...string) string {
	l.Helper()
	out, err := exec.Command("git", append([]string{"-C", l.work}, args...)...).CombinedOutput()
	if err != nil {
		l.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

// push commits the work tree and pushes it.
func (l *lab) push(message string) {
	l.Helper()
	l.git("pull", "-q", "--rebase", "--autostash", "origin", "main")
	l.git("add", "-A")
	l.git("commit", "-q", "-m", message)
	l.git("push", "-q", "origin", "main")
}

// survey scores the pairs that the globs select, as they are in the work tree.
func (l *lab) survey(model, benchmark string) *evaluate.Survey {
	l.Helper()
	a, problems, err := archive.Open(l.work)
	if err != nil || len(problems) > 0 {
		l.Fatal(err, problems)
	}
	pairs, err := evaluate.Pairs(a, evaluate.Filter{Model: model, Benchmark: benchmark})
	if err != nil || len(pairs) == 0 {
		l.Fatal(err, len(pairs))
	}
	plan, dir := evaluate.NewPlan(a, pairs), l.TempDir()
	w, err := evaluate.NewWork(a, plan, evaluate.Shard{Index: 0, Count: 1}, dir)
	if err != nil {
		l.Fatal(err)
	}
	if err := w.Run(l.Context(), &evaluate.Lab{Store: demoStore}, func(evaluate.Outcome) {}); err != nil {
		l.Fatal(err)
	}
	return l.look(plan, dir)
}

func (l *lab) look(plan *evaluate.Plan, dir string) *evaluate.Survey {
	l.Helper()
	s, err := evaluate.NewSurvey(plan, []string{dir}, 0)
	if err != nil {
		l.Fatal(err)
	}
	return s
}

// recorder returns a recorder of the bare repository.
func (l *lab) recorder() *Recorder {
	return &Recorder{Committer: plumbing{l.bare}, Clone: git.Repository{Dir: l.bare}, Branch: "main"}
}

// head returns the newest commit, and tree the results' files.
func (l *lab) head() string { l.Helper(); return l.git("--git-dir", l.bare, "rev-parse", "main") }
func (l *lab) tree() string {
	l.Helper()
	return l.git("--git-dir", l.bare, "ls-tree", "-r", "main", "results/")
}

// log returns what commits say, newest first.
func (l *lab) log(format string, args ...string) string {
	l.Helper()
	return l.git(append([]string{"--git-dir", l.bare, "log", "--format=" + format}, args...)...)
}

// plumbing commits to a bare repository by `git fast-import`, which moves no
// branch away from a commit that the new one does not descend from.
type plumbing struct{ dir string }

func (p plumbing) Head(ctx context.Context, branch string) (string, error) {
	out, err := exec.CommandContext(ctx, "git", "-C", p.dir, "rev-parse", "--verify", "refs/heads/"+branch).Output()
	return strings.TrimSpace(string(out)), err
}

func (p plumbing) Commit(ctx context.Context, c forge.Commit) (*forge.Committed, error) {
	var in bytes.Buffer
	data := func(d []byte) { fmt.Fprintf(&in, "data %d\n%s\n", len(d), d) }
	fmt.Fprintf(&in, "commit refs/heads/%s\nmark :1\ncommitter Recorder <recorder@example.org> 1767355200 +0000\n", c.Branch)
	data([]byte(c.Headline + "\n\n" + c.Body))
	fmt.Fprintf(&in, "from %s\n", c.Expected)
	for _, f := range c.Files {
		if f.Remove {
			fmt.Fprintf(&in, "D %s\n", f.Path)
			continue
		}
		fmt.Fprintf(&in, "M 100644 inline %s\n", f.Path)
		data(f.Content)
	}
	in.WriteString("get-mark :1\n")
	git := exec.CommandContext(ctx, "git", "-C", p.dir, "fast-import", "--quiet")
	git.Stdin = &in
	var said bytes.Buffer
	git.Stderr = &said
	out, err := git.Output()
	switch now, e := p.Head(ctx, c.Branch); {
	case err == nil:
	case e == nil && now != c.Expected, strings.Contains(said.String(), "cannot lock ref"): // another one is at it
		return nil, forge.ErrStaleHead
	default:
		return nil, fmt.Errorf("git fast-import: %w\n%s", err, &said)
	}
	return &forge.Committed{SHA: strings.TrimSpace(string(out))}, nil
}
