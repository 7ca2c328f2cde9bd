package pull

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/bsgen/bsgen/archive"
)

var namePattern = regexp.MustCompile(`^[A-Za-z0-9_+][A-Za-z0-9._+-]*$`)

// badName says what is wrong with the name of a file or folder of a submission;
// "" where nothing is. Names become paths on other people's machines, parts of
// URLs and text on pages, so they are as plain as ids.
func badName(name string) (what, hint string) {
	const rename = "rename it: ASCII letters, digits and . _ + - only"
	lower := strings.ToLower(name)
	switch {
	case name == "" || name == "." || name == "..":
		return fmt.Sprintf("the name %q leads out of the folder", name), "a file of the submission stays in its folder"
	case lower == ".gitattributes":
		return ".gitattributes changes how git reads files", "remove it; nothing in a submission needs it"
	case lower == ".gitmodules":
		return ".gitmodules brings in other repositories", "remove it, and commit the files themselves"
	case strings.HasPrefix(lower, ".git"):
		return fmt.Sprintf("the name %s is one that git uses", quote(name)), "remove it"
	case !utf8.ValidString(name):
		return fmt.Sprintf("the name %s is not UTF-8", quote(name)), rename
	}
	for _, r := range name {
		switch {
		case unicode.Is(unicode.Bidi_Control, r):
			return fmt.Sprintf("the name %s holds %U, which turns the direction of text around", quote(name), r), rename
		case unicode.IsControl(r):
			return fmt.Sprintf("the name %s holds the control character %U", quote(name), r), rename
		case r > unicode.MaxASCII:
			return fmt.Sprintf("the name %s holds %U, which may look like another character", quote(name), r), rename
		}
	}
	switch {
	case len(name) > MaxName:
		return fmt.Sprintf("the name %.20s… has %d bytes, more than the %d allowed", name, len(name), MaxName), "shorten it"
	case strings.HasPrefix(name, "."):
		return fmt.Sprintf("%s is a hidden file", quote(name)), "remove it: `git rm --cached` and a line in your .gitignore keep such files out"
	case strings.HasPrefix(name, "-"):
		return fmt.Sprintf("the name %s would be an option of a command", quote(name)), rename
	}
	switch {
	case !namePattern.MatchString(name), strings.Contains(name, ".."), strings.HasSuffix(name, "."):
		return fmt.Sprintf("the name %s has other characters than file names here", quote(name)), rename
	case name[0] != '_' && name[0] != '+' && archive.CheckID(name) != nil: // the rule of ids has one point more
		return fmt.Sprintf("the name %s is a device on Windows", quote(name)), "rename it"
	}
	return "", ""
}

// quote shows a name in ASCII, with escapes for whatever is not plain.
func quote(name string) string {
	q := fmt.Sprintf("%+q", name)
	if q == `"`+name+`"` {
		return name
	}
	if len(q) > 200 {
		q = q[:200] + `…"`
	}
	return q
}

// badPath says what is wrong with a path below a submission's folder.
func badPath(rel string) (what, hint string) {
	parts := strings.Split(rel, "/")
	for _, name := range parts {
		if what, hint := badName(name); what != "" {
			return what, hint
		}
	}
	if n := len(parts) - 1; n > MaxDepth {
		return fmt.Sprintf("the file lies %d folders deep, more than the %d allowed", n, MaxDepth), "a flat folder is easiest to read"
	}
	return "", ""
}
