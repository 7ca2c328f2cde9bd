package engine

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestUnavailable wants the reason and what to do, where there is no library.
func TestUnavailable(t *testing.T) {
	root := t.TempDir()
	file := filepath.Join(root, "lib.so")
	if err := os.WriteFile(file, []byte("not a library"), 0o644); err != nil {
		t.Fatal(err)
	}
	pin := pinned[runtime.GOOS+"/"+runtime.GOARCH]
	bad := t.TempDir()
	if pin.path != "" {
		in := filepath.Join(bad, Folder, "node_modules", "onnxruntime-node", "bin", "napi-v6", pin.path)
		if err := os.MkdirAll(filepath.Dir(in), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(in, []byte("another library"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ name, env, root, want string }{
		{"nothing", "", root, "is not installed"},
		{"a file that is not there", filepath.Join(root, "no.so"), root, "which is not there"},
		{"a folder", root, root, "is not a file"},
		{"no library", file, root, "the library can not be loaded"},
		{"other bytes than were pinned", "", bad, "is not the file that was pinned"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if pin.path == "" && c.env == "" {
				t.Skip("skipped: no library is pinned for this machine")
			}
			t.Setenv(LibraryEnv, c.env)
			_, err := New(t.Context(), c.root)
			var u *Unavailable
			if !errors.Is(err, ErrUnavailable) || !errors.As(err, &u) {
				t.Fatalf("got %v", err)
			}
			if !built {
				if !strings.Contains(u.Why, "without cgo") || !strings.Contains(u.Hint, "CGO_ENABLED=1") {
					t.Errorf("%+v", u)
				}
				return
			}
			if !strings.Contains(u.Why, c.want) || !strings.Contains(u.Hint, "npm ci --ignore-scripts") || !strings.Contains(u.Hint, LibraryEnv) {
				t.Errorf("%+v", u)
			}
		})
	}
}

// TestPin: package and lock name the version whose digests are pinned, so that
// raising one means to raise the others; the lock has no addresses.
func TestPin(t *testing.T) {
	var manifest struct{ Dependencies map[string]string }
	var lock struct {
		Packages map[string]struct{ Version, Resolved, Integrity string }
	}
	for name, v := range map[string]any{"package.json": &manifest, "package-lock.json": &lock} {
		text, err := os.ReadFile(filepath.Join("onnxruntime", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, v); err != nil {
			t.Fatal(err)
		}
	}
	if got := manifest.Dependencies["onnxruntime-node"]; got != pinnedVersion {
		t.Errorf("package.json wants %s, the digests are those of %s", got, pinnedVersion)
	}
	if got := lock.Packages["node_modules/onnxruntime-node"].Version; got != pinnedVersion {
		t.Errorf("the lock has %s, the digests are those of %s", got, pinnedVersion)
	}
	for name, p := range lock.Packages {
		if name != "" && (p.Resolved != "" || p.Integrity == "") {
			t.Errorf("%s: address %q, digest %q", name, p.Resolved, p.Integrity)
		}
	}
	if e := runtimeOrSkip(t); e.Library().Pinned && e.Version() != pinnedVersion {
		t.Errorf("the pinned library says that it is %s, not %s", e.Version(), pinnedVersion)
	}
}
