package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/bsgen/bsgen/systemmodel/engine"
	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain makes bsgen a command of the scripts: the test's own executable.
func TestMain(m *testing.M) {
	engine.ServeIfChild()
	testscript.Main(suite{m}, map[string]func(){"bsgen": main})
}

// suite is all tests, and what they share.
type suite struct{ *testing.M }

func (s suite) Run() int {
	dir, err := os.MkdirTemp("", "bsgen-test-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	madeDemo = sync.OnceValues(func() (string, error) {
		var out bytes.Buffer
		lab := filepath.Join(dir, "lab")
		if code := run(context.Background(), []string{"demo", "--out", lab, "--no-serve"}, strings.NewReader(""), &out, &out); code != exitOK {
			return "", fmt.Errorf("bsgen demo: exit code %d\n%s", code, &out)
		}
		return lab, nil
	})
	return s.M.Run()
}

// madeDemo returns the folder of the demo's archive, scored and built, which is
// made once for all tests because that takes seconds under the race detector.
var madeDemo func() (string, error)

// copyDemo makes a copy of the demo's archive, with results and site.
func copyDemo(dir string) error {
	made, err := madeDemo()
	if err != nil {
		return err
	}
	return os.CopyFS(dir, os.DirFS(made))
}

// demoArchive returns the folder of a copy of the demo's archive.
func demoArchive(t *testing.T) string {
	t.Helper()
	root := filepath.Join(t.TempDir(), "archive")
	if err := copyDemo(root); err != nil {
		t.Fatal(err)
	}
	return root
}
