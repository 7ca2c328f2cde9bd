package forge

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// SSHKey is a private key in files that only this user can read, for the time
// that git needs it. A deploy key may pass rules that the token of a workflow
// can not.
type SSHKey struct {
	// Command is what git calls in place of ssh (GIT_SSH_COMMAND): with this key
	// alone, to servers with the known keys alone, without questions.
	Command string
	dir     string
}

// NewSSHKey writes a private key, as a secret holds it, and the lines of
// known_hosts for the servers that it may be shown to. [SSHKey.Close] removes
// them.
func NewSSHKey(key string, knownHosts []string) (*SSHKey, error) {
	if !strings.HasPrefix(strings.TrimSpace(key), "-----BEGIN ") {
		return nil, errors.New("the deploy key is no private key: it begins with -----BEGIN")
	}
	if len(knownHosts) == 0 {
		return nil, errors.New("no key of the SSH server is known")
	}
	dir, err := os.MkdirTemp("", "bsgen-ssh-") // mode 0700
	if err != nil {
		return nil, err
	}
	k := &SSHKey{dir: dir}
	if strings.ContainsAny(dir, " \t\n'\"\\$") {
		return nil, errors.Join(fmt.Errorf("ssh can not take files in %q: set TMPDIR", dir), k.Close())
	}
	// ssh wants a newline at the end, which secrets lose, and no CR, which they gain.
	key = strings.TrimSpace(strings.ReplaceAll(key, "\r\n", "\n")) + "\n"
	private, known := filepath.Join(dir, "key"), filepath.Join(dir, "known_hosts")
	if err := cmp.Or(
		os.WriteFile(private, []byte(key), 0o600),
		os.WriteFile(known, []byte(strings.Join(knownHosts, "\n")+"\n"), 0o600),
	); err != nil {
		return nil, errors.Join(err, k.Close())
	}
	k.Command = "ssh -F none -i " + private + " -o IdentitiesOnly=yes -o IdentityAgent=none" +
		" -o UserKnownHostsFile=" + known + " -o GlobalKnownHostsFile=/dev/null -o StrictHostKeyChecking=yes -o BatchMode=yes"
	return k, nil
}

// Close removes the files.
func (k *SSHKey) Close() error { return os.RemoveAll(k.dir) }

// hostKey is a public key of a server: its type and the key in base64.
var hostKey = regexp.MustCompile(`^[a-z0-9@.-]+ [A-Za-z0-9+/]+=*$`)

// KnownHosts asks the service, by TLS, for the keys of its SSH server, as lines of
// known_hosts. The error is [ErrNotFound] where it does not tell, as GitHub
// Enterprise Server.
func (g *GitHub) KnownHosts(ctx context.Context, host string) ([]string, error) {
	var meta struct {
		Keys []string `json:"ssh_keys"`
	}
	if err := g.Get(ctx, "/meta", &meta); err != nil {
		return nil, err
	}
	var lines []string
	for _, k := range meta.Keys {
		if hostKey.MatchString(k) {
			lines = append(lines, host+" "+k)
		}
	}
	if len(lines) == 0 {
		return nil, fmt.Errorf("the keys of the SSH server: %w", ErrNotFound)
	}
	return lines, nil
}
