package doctor

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Placeholder is the owner that CODEOWNERS ships with; a fork replaces it.
const Placeholder = "@your-org/your-team"

// guarded are the folders whose change a code owner has to approve: the numbers,
// what they are measured by, and what computes and publishes them.
var guarded = []string{"results", "benchmarks", ".github", "archive", "evaluate", "forge", "scoring", "systemmodel", "cmd"}

// maxCodeOwners is the size above which GitHub does not read the file (3 MB).
const maxCodeOwners = 3 << 20

// codeOwners looks at the file and at what GitHub says about it. Where reviews by
// code owners are required, a file that does not work is unsafe.
func codeOwners(in *Input) Check {
	bad := note
	if in.ownersRequired() {
		bad = unsafe
	}
	const file = ".github/CODEOWNERS"
	name := filepath.Join(in.Archive.Root, filepath.FromSlash(file))
	info, err := os.Lstat(name)
	var data []byte
	if err == nil && info.Mode().IsRegular() && info.Size() <= maxCodeOwners {
		data, err = os.ReadFile(name)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return bad(file+" is not there: nobody in particular has to approve a change of the results", "copy it from "+Original)
	case err != nil:
		return Check{State: Unknown, What: err.Error()}
	case data == nil:
		return Check{State: Unknown, What: file + " is not a regular file of at most 3 MB"}
	}
	owners := parseOwners(string(data))
	if !strings.EqualFold(in.Repository, Original) && slices.ContainsFunc(guarded, func(dir string) bool { return slices.Contains(owners[dir], Placeholder) }) {
		return bad(file+" names "+Placeholder+", who does not exist: nobody has to approve anything", "replace it by a team or users with write access")
	}
	var free []string
	for _, dir := range guarded {
		if len(owners[dir]) == 0 {
			free = append(free, dir+"/")
		}
	}
	if len(free) > 0 {
		return bad("no owner has to approve changes of "+strings.Join(free, ", "), "give them owners in "+file)
	}
	if in.Settings == nil || !in.Settings.CodeOwnersErrors.Known() {
		return ok("every guarded folder has an owner; whether GitHub knows them was not asked")
	}
	if errs := in.Settings.CodeOwnersErrors.Value; len(errs) > 0 {
		e := errs[0]
		return bad(fmt.Sprintf("GitHub passes over %s of %s, such as line %d: %s", count(len(errs), "line"), file, e.Line, e.Kind), "an owner needs write access, and a team has to be visible")
	}
	return ok("every guarded folder has an owner whom GitHub knows")
}

// parseOwners returns the owners of each guarded folder: those of the last
// pattern that takes in the whole folder. Patterns for parts of a folder are
// passed over.
func parseOwners(text string) map[string][]string {
	owners := map[string][]string{}
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		pattern := strings.TrimSuffix(strings.TrimSuffix(strings.TrimPrefix(fields[0], "/"), "**"), "/")
		for _, dir := range guarded {
			if pattern == "" || pattern == "*" && fields[0] == "*" || pattern == dir {
				owners[dir] = fields[1:]
			}
		}
	}
	return owners
}
