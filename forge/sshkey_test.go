package forge_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/forge"
)

const secretKey = "-----BEGIN OPENSSH PRIVATE KEY-----\r\nAAAA\r\n-----END OPENSSH PRIVATE KEY-----"

// TestSSHKey pushes with a key, through a program in the place of ssh that looks
// at what it is given and serves a folder.
func TestSSHKey(t *testing.T) {
	dir, w := bare(t)
	bin := t.TempDir()
	script := `#!/bin/sh
set -e
while [ $# -gt 2 ]; do
	case $1 in
	-i) cp "$2" "$SSH_SEEN/key"; stat -c %a "$2" >"$SSH_SEEN/mode"; shift ;;
	UserKnownHostsFile=*) cp "${1#*=}" "$SSH_SEEN/known_hosts" ;;
	esac
	shift
done
echo "$1" >"$SSH_SEEN/host"
exec sh -c "$(echo "$2" | sed "s#lab/board.git#$SSH_SERVES#")"
`
	if err := os.WriteFile(filepath.Join(bin, "ssh"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	seen := t.TempDir()
	t.Setenv("PATH", bin+string(filepath.ListSeparator)+os.Getenv("PATH"))
	t.Setenv("SSH_SEEN", seen)
	t.Setenv("SSH_SERVES", dir)
	k, err := forge.NewSSHKey(secretKey, []string{"git.example.org ssh-ed25519 AAAA"})
	if err != nil {
		t.Fatal(err)
	}
	over := &forge.GitWriter{Remote: "git@git.example.org:lab/board.git", SSHCommand: k.Command, Name: w.Name, Email: w.Email, TempDir: t.TempDir()}
	head := must(over.Head(t.Context(), "main"))(t)
	done, err := over.Commit(t.Context(), one(head, "results/m/b@1.json", "{}"))
	if err != nil {
		t.Fatal(err)
	}
	if now := git(t, dir, "rev-parse", "main"); now != done.SHA {
		t.Errorf("main is at %s, want %s", now, done.SHA)
	}
	for file, want := range map[string]string{
		"key":         "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n",
		"mode":        "600\n",
		"known_hosts": "git.example.org ssh-ed25519 AAAA\n",
		"host":        "git@git.example.org\n",
	} {
		if got, err := os.ReadFile(filepath.Join(seen, file)); string(got) != want {
			t.Errorf("%s: %q, %v; want %q", file, got, err, want)
		}
	}
	if err := k.Close(); err != nil {
		t.Error(err)
	}
	if private := strings.Fields(k.Command)[4]; !strings.HasSuffix(private, "/key") {
		t.Errorf("the key is at %s", private)
	} else if _, err := os.Stat(filepath.Dir(private)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the key is left behind: %v", err)
	}
}

func TestSSHKeyRefused(t *testing.T) {
	hosts := []string{"git.example.org ssh-ed25519 AAAA"}
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "$(touch x)"))
	if err := os.Mkdir(os.Getenv("TMPDIR"), 0o755); err != nil {
		t.Fatal(err)
	}
	for want, err := range map[string]error{
		"no private key": second(forge.NewSSHKey("ssh-ed25519 AAAA public", hosts)),
		"is known":       second(forge.NewSSHKey(secretKey, nil)),
		"set TMPDIR":     second(forge.NewSSHKey(secretKey, hosts)),
	} {
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "AAAA") {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if left, _ := os.ReadDir(os.Getenv("TMPDIR")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func second[T any](_ T, err error) error { return err }

func TestKnownHosts(t *testing.T) {
	answer := ""
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/v3/meta" {
			t.Errorf("%s", r.URL)
		}
		fmt.Fprint(w, answer)
	}))
	defer server.Close()
	g := must(forge.NewGitHub(forge.Options{Repository: "lab/board", APIURL: server.URL + "/api/v3"}))(t)
	answer = `{"ssh_keys": ["ssh-ed25519 AAAAC3+/", "ecdsa-sha2-nistp256 AAAAE2==", "ssh-rsa AAAA\nevil.example ssh-rsa BBBB", "@cert-authority * ssh-rsa AAAA"]}`
	got, err := g.KnownHosts(t.Context(), "github.com")
	if want := []string{"github.com ssh-ed25519 AAAAC3+/", "github.com ecdsa-sha2-nistp256 AAAAE2=="}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%q, %v, want %q", got, err, want)
	}
	answer = `{"verifiable_password_authentication": true}` // as GitHub Enterprise Server
	if got, err := g.KnownHosts(t.Context(), "git.example.org"); !errors.Is(err, forge.ErrNotFound) {
		t.Errorf("%q, %v", got, err)
	}
}
