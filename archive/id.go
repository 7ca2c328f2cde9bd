package archive

import (
	"fmt"
	"path"
	"regexp"
	"strings"
)

// maxID bounds an id so that "<benchmark>@<version>.json" stays a legal file
// name everywhere.
const maxID = 120

var idPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._+-]*$`)

// CheckID reports why s can not be the id of a model, benchmark, node or board.
// An id becomes a folder's name and a part of URLs, so it holds ASCII letters,
// digits and . _ + - only, starts with a letter or digit, has no "..", does
// not end in a dot and is no device name of Windows.
func CheckID(s string) error {
	base, _, _ := strings.Cut(strings.ToLower(s), ".")
	switch {
	case s == "":
		return fmt.Errorf("the id is empty")
	case len(s) > maxID:
		return fmt.Errorf("the id has %d characters, more than the %d allowed", len(s), maxID)
	case !idPattern.MatchString(s):
		return fmt.Errorf("the id %q has characters other than letters, digits and . _ + -", s)
	case strings.Contains(s, ".."), strings.HasSuffix(s, "."):
		return fmt.Errorf("the id %q has dots where a path would misread them", s)
	}
	switch base {
	case "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "lpt1", "lpt2", "lpt3":
		return fmt.Errorf("the id %q is a device name on Windows", s)
	}
	return nil
}

// checkFile reports why name can not be a data file beside the YAML that names
// it: it must stay inside that folder.
func checkFile(name string) error {
	clean := path.Clean(name)
	if name == "" || strings.ContainsAny(name, "\\:\x00") || path.IsAbs(name) || clean == ".." || strings.HasPrefix(clean, "../") {
		return fmt.Errorf("the path %q leaves the submission's folder", name)
	}
	return nil
}
