package audit

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/archive"
)

// repository is a git repository with an archive, in which a minute passes
// with every commit.
type repository struct {
	*testing.T
	root   string
	minute int
	name   map[string]string // of commits, by hash
}

const bot = "github-actions[bot] <41898282+github-actions[bot]@users.noreply.github.com>"

func newRepository(t *testing.T, args ...string) *repository {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	for key, value := range map[string]string{"GIT_CONFIG_GLOBAL": os.DevNull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CEILING_DIRECTORIES": os.TempDir()} {
		t.Setenv(key, value)
	}
	r := &repository{T: t, root: t.TempDir(), name: map[string]string{}}
	r.git(append([]string{"init", "-q", "-b", "main"}, args...)...)
	for _, id := range []string{"a", "b"} {
		r.write("submissions/"+id+"/model.yaml", "id: "+id)
	}
	r.write("benchmarks/x/benchmark.yaml", "id: x")
	r.write("benchmarks/y/benchmark.yaml", "id: y")
	r.write("results/README.md", "what is here")
	return r
}

func (r *repository) git(args ...string) string {
	r.Helper()
	out, err := exec.Command("git", append([]string{"-C", r.root, "-c", "user.name=Ada", "-c", "user.email=ada@example.org"}, args...)...).CombinedOutput()
	if err != nil {
		r.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

func (r *repository) write(name, text string) {
	r.Helper()
	full := filepath.Join(r.root, name)
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		r.Fatal(err)
	}
	if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
		r.Fatal(err)
	}
}

func (r *repository) remove(names ...string) {
	r.Helper()
	for _, n := range names {
		if err := os.RemoveAll(filepath.Join(r.root, n)); err != nil {
			r.Fatal(err)
		}
	}
}

// score writes the files of a result of a model on a benchmark.
func (r *repository) score(model, benchmark, score string) {
	r.Helper()
	r.write(archive.ResultPath(model, benchmark, 1), score)
	r.write(archive.SidecarPath(model, benchmark, 1), "replicates of "+score)
}

// commit commits all files as somebody and returns the hash.
func (r *repository) commit(author, subject string, args ...string) string {
	r.Helper()
	r.git("add", "-A")
	return r.committed(author, subject, append([]string{"commit", "-q", "--allow-empty"}, args...)...)
}

// committed calls git to make a commit.
func (r *repository) committed(author, subject string, args ...string) string {
	r.Helper()
	r.minute++
	name, email, _ := strings.Cut(strings.TrimSuffix(author, ">"), " <")
	at := fmt.Sprintf("%d +0000", 1_767_225_600+60*r.minute)
	for key, value := range map[string]string{
		"GIT_AUTHOR_NAME": name, "GIT_AUTHOR_EMAIL": email, "GIT_AUTHOR_DATE": at,
		"GIT_COMMITTER_NAME": name, "GIT_COMMITTER_EMAIL": email, "GIT_COMMITTER_DATE": at,
	} {
		r.Setenv(key, value)
	}
	r.git(append(args, "-m", subject)...)
	hash := r.git("rev-parse", "HEAD")
	r.name[hash] = subject
	return hash
}

func (r *repository) person(subject string) string {
	r.Helper()
	return r.commit("Ada <ada@example.org>", subject)
}
func (r *repository) bot(subject string) string { r.Helper(); return r.commit(bot, subject) }

// audit returns the findings, a line each: "rule: commit: path: what".
func (r *repository) audit(o Options) (*Report, string) {
	r.Helper()
	report, err := Run(r.Context(), &archive.Archive{Root: r.root}, nil, o)
	if err != nil {
		r.Fatal(err)
	}
	var lines []string
	for _, f := range report.Findings {
		line := f.Rule + ": "
		if f.Commit != "" {
			name, ok := r.name[f.Commit]
			if !ok {
				name = f.Commit
			}
			line += name + ": "
		}
		if f.Path != "" {
			line += f.Path + ": "
		}
		if f.Hint == "" {
			r.Errorf("%s has no hint", f)
		}
		lines = append(lines, line+f.What)
	}
	return report, strings.Join(lines, "\n")
}

// want audits and compares the findings.
func (r *repository) want(o Options, lines ...string) *Report {
	r.Helper()
	report, got := r.audit(o)
	if want := strings.Join(lines, "\n"); got != want {
		r.Errorf("findings\n%s\nwant\n%s", got, want)
	}
	return report
}
