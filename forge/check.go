package forge

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

var hashPattern = regexp.MustCompile(`^([0-9a-f]{40}|[0-9a-f]{64})$`)

// isHash tells whether s is the full hash of an object, of SHA-1 or SHA-256.
func isHash(s string) bool { return hashPattern.MatchString(s) }

var branchPattern = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.+/-]*$`)

// checkBranch accepts the names that git does, of plain characters alone. Such a
// name can not be read as an option, a refspec or a part of a URL.
func checkBranch(s string) error {
	if !branchPattern.MatchString(s) || len(s) > 200 || strings.Contains(s, "..") || strings.Contains(s, "//") || strings.Contains(s, "/.") ||
		strings.HasSuffix(s, "/") || strings.HasSuffix(s, ".") || strings.Contains(s+"/", ".lock/") {
		return fmt.Errorf("the branch %q has a name that bsgen does not use", s)
	}
	return nil
}

// check refuses what no Committer may write.
func (c *Commit) check() error {
	if err := checkBranch(c.Branch); err != nil {
		return err
	}
	switch {
	case !isHash(c.Expected):
		return fmt.Errorf("%q is no hash of a commit", c.Expected)
	case strings.TrimSpace(c.Headline) == "" || strings.ContainsAny(c.Headline, "\r\n\x00"):
		return fmt.Errorf("the headline %q is not one line", c.Headline)
	case strings.Contains(c.Body, "\x00") || !utf8.ValidString(c.Headline) || !utf8.ValidString(c.Body):
		return errors.New("the message is not text")
	case len(c.Files) == 0:
		return errors.New("no files are changed")
	}
	paths := make([]string, len(c.Files))
	for i, f := range c.Files {
		if err := checkPath(f.Path); err != nil {
			return err
		}
		paths[i] = f.Path + "/"
	}
	slices.Sort(paths) // with the slash, what is below a path follows it
	for i := 1; i < len(paths); i++ {
		if strings.HasPrefix(paths[i], paths[i-1]) {
			return fmt.Errorf("the path %q is given twice, or as a file and a folder", strings.TrimSuffix(paths[i-1], "/"))
		}
	}
	return nil
}

// checkPath refuses paths that are no plain file's, or that git, Windows or
// macOS would take for its own folder .git.
func checkPath(p string) error {
	bad := func(why string) error { return fmt.Errorf("the path %q %s", p, why) }
	if p == "" || len(p) > 1000 || !utf8.ValidString(p) {
		return bad("is empty, too long or not UTF-8")
	}
	for _, r := range p {
		if r == '\\' || r == ':' || !unicode.IsPrint(r) {
			return bad(fmt.Sprintf("has the character %q", r))
		}
	}
	for part := range strings.SplitSeq(p, "/") {
		switch {
		case part == "", part == ".", part == "..":
			return bad("is not in its simplest form, below the root")
		case len(part) > 255:
			return bad("has a name of more than 255 bytes")
		case strings.HasSuffix(part, ".") || strings.HasSuffix(part, " "):
			return bad("has a name that ends in a dot or space")
		}
		if l := strings.ToLower(part); l == ".git" || strings.HasPrefix(l, "git~") || l == ".gitmodules" || l == ".gitattributes" {
			return bad("steers git")
		}
	}
	return nil
}
