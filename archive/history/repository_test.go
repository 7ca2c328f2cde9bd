package history

import (
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/archive"
)

// needGit skips a test where there is no git, and keeps the configuration of
// whoever runs it out of the test.
func needGit(t testing.TB) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	t.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
	t.Setenv("GIT_CONFIG_NOSYSTEM", "1")
	t.Setenv("GIT_CEILING_DIRECTORIES", os.TempDir())
}

// repository is a git repository in which a minute passes with every commit.
type repository struct {
	*testing.T
	root   string
	minute int
}

func newRepository(t *testing.T, args ...string) *repository {
	t.Helper()
	needGit(t)
	r := &repository{T: t, root: filepath.Join(t.TempDir(), "repo")}
	if err := os.Mkdir(r.root, 0o755); err != nil {
		t.Fatal(err)
	}
	r.git(append([]string{"init", "-q", "-b", "main"}, args...)...)
	return r
}

// runGit calls git and returns what it prints.
func runGit(t testing.TB, root string, args ...string) string {
	t.Helper()
	out, err := exec.Command("git", append([]string{"-C", root, "-c", "user.name=Ada", "-c", "user.email=ada@example.org"}, args...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

func (r *repository) git(args ...string) string { r.Helper(); return runGit(r.T, r.root, args...) }

// date is when the n-th commit is made: 2026-01-01 00:00 UTC and n minutes.
func date(n int) int { return 1_767_225_600 + 60*n }

// commit commits all files and returns the hash.
func (r *repository) commit(message string, args ...string) string {
	r.Helper()
	r.minute++
	at := strconv.Itoa(date(r.minute)) + " +0000"
	r.Setenv("GIT_AUTHOR_DATE", at)
	r.Setenv("GIT_COMMITTER_DATE", at)
	r.git("add", "-A")
	r.git(append([]string{"commit", "-q", "--allow-empty", "--allow-empty-message", "--cleanup=verbatim", "-m", message}, args...)...)
	return r.git("rev-parse", "HEAD")
}

func (r *repository) write(name string, data []byte) {
	r.Helper()
	full := filepath.Join(r.root, name)
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		r.Fatal(err)
	}
	if err := os.WriteFile(full, data, 0o644); err != nil {
		r.Fatal(err)
	}
}

// score writes the result of the model on Lab2026.IT-rdm, version 1.
func (r *repository) score(model string, score float64) {
	r.Helper()
	data, err := result(model, "Lab2026.IT-rdm", 1, score).Encode()
	if err != nil {
		r.Fatal(err)
	}
	r.write(archive.ResultPath(model, "Lab2026.IT-rdm", 1), data)
}

// read reads the history without a cache.
func (r *repository) read() *History {
	r.Helper()
	h, err := Read(r.Context(), r.root, Options{})
	if err != nil {
		r.Fatal(err)
	}
	return h
}

// result is a scored result; its raw value is half the score.
func result(model, benchmark string, version int, score float64) *archive.Result {
	nan := archive.Number(math.NaN())
	return &archive.Result{
		Key: strings.Repeat("0123456789abcdef", 4), Model: model, Benchmark: benchmark, Version: version,
		Status: archive.Scored, Provenance: &archive.Provenance{Kind: "computed"}, Rule: "ratio",
		Raw: archive.Number(score / 2), Score: archive.Number(score), Unclipped: archive.Number(score),
		Ceiling:  archive.ResultCeiling{Value: .5, Scale: "reference", Lower: nan, Upper: nan, Error: nan},
		Error:    archive.ResultError{Value: nan},
		Interval: archive.ResultInterval{Level: .95, Low: archive.Number(score - .05), High: archive.Number(score + .05), Method: "bootstrap percentile", Resampled: "stimuli"},
		Units:    archive.ResultUnits{Kind: "subject", N: 12},
		Details:  archive.Details{{Name: "trials", Value: 1280}},
		Engine:   &archive.Engine{Name: "bsgen rdm_spearman", Version: "1"},
	}
}
