package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/evanw/esbuild/pkg/api"
)

// TestScripts runs the tests of the scripts, templates/*/*_test.js, by Node's
// own runner. Each is bundled first, as the scripts are: Node would take what
// they import for another kind of module.
func TestScripts(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not installed")
	}
	names, err := filepath.Glob(filepath.Join(root, "templates", "*", "*_test.js"))
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	dir := t.TempDir()
	for _, name := range names {
		abs, err := filepath.Abs(name)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(strings.TrimSuffix(filepath.Base(name), "_test.js"), func(t *testing.T) {
			built := api.Build(api.BuildOptions{EntryPoints: []string{abs}, Bundle: true, Format: api.FormatCommonJS, Platform: api.PlatformNode})
			if len(built.Errors) > 0 {
				t.Fatal(built.Errors)
			}
			at := filepath.Join(dir, filepath.Base(filepath.Dir(name))+"-"+strings.TrimSuffix(filepath.Base(name), ".js")+".cjs")
			if err := os.WriteFile(at, built.OutputFiles[0].Contents, 0o644); err != nil {
				t.Fatal(err)
			}
			if out, err := exec.Command(node, "--test", at).CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}
