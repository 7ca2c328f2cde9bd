package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestScripts runs testdata/script/*.txtar, each in an empty folder of its own
// that holds the files at its end. Scripts share no cache and reach no network.
// Beside the commands of testscript they have
//
//	exits CODE COMMAND [ARGUMENT...]
//
// which is exec for one exit code,
//
//	demo FOLDER
//
// which makes a copy of what `bsgen demo --out FOLDER --no-serve` makes, and the
// condition [tmpfs]: small disks can be made, in a mount namespace of their own.
//
// The race detector watches this process, not the several hundred that the scripts
// start: they would be ten times slower and each end a second late. What they do at
// once, other tests do in this process.
func TestScripts(t *testing.T) {
	path := os.Getenv("PATH")
	if underRace {
		path = buildPlain(t) + string(filepath.ListSeparator) + path
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			tmp := filepath.Join(env.WorkDir, ".tmp")
			for key, value := range map[string]string{
				"HOME":              filepath.Join(env.WorkDir, ".home"),
				"XDG_CACHE_HOME":    filepath.Join(env.WorkDir, ".cache"),
				"TMPDIR":            tmp,
				"BSGEN_DATA_MIRROR": "",
				"HTTPS_PROXY":       "http://127.0.0.1:1", // nothing listens there
				"PATH":              path,
			} {
				env.Setenv(key, value)
			}
			return os.MkdirAll(tmp, 0o755)
		},
		Condition: func(cond string) (bool, error) {
			if cond != "tmpfs" {
				return false, fmt.Errorf("unknown condition %q", cond)
			}
			return exec.Command("unshare", "-rm", "mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", "/mnt").Run() == nil, nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "demo": copiedDemo},
	})
}

// buildPlain builds bsgen without the race detector and returns its folder.
func buildPlain(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	out, err := exec.Command("go", "build", "-buildvcs=false", "-o", dir, ".").CombinedOutput()
	if err != nil {
		t.Fatalf("build bsgen: %v\n%s", err, out)
	}
	return dir
}

func copiedDemo(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: demo FOLDER")
	}
	ts.Check(copyDemo(ts.MkAbs(args[0])))
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND [ARGUMENT...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	code := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		code = exit.ExitCode()
	}
	if code != want {
		ts.Fatalf("exit code %d, want %d", code, want)
	}
}
