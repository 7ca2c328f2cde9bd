package history

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/archive/git"
)

// entry is one file that one commit changed.
type entry struct {
	commit           *Commit
	model, benchmark string
	version          int
	regular          bool   // now a regular file
	blob, before     string // now and in the parent; "" where there is none
}

// logFormat prints a commit as six fields, each ended by a NUL: the last by -z.
const logFormat = "tformat:%H%x00%an%x00%at%x00%s" +
	"%x00%(trailers:key=Bsgen-PR,valueonly,unfold,separator=%x2C )" +
	"%x00%(trailers:key=Bsgen-Run,valueonly,unfold,separator=%x2C )"

// log returns what each commit did to each result file, newest first. The
// boundary's commits are left out: to git they look as if they had added all
// that older commits did.
func (g reader) log(ctx context.Context, head string, boundary map[string]bool) ([]entry, error) {
	var entries []entry
	err := g.Stream(ctx, nil, func(r io.Reader) (err error) {
		entries, err = parseLog(r, boundary)
		return err
	}, "log",
		// Every commit; parents after their children; merges that differ from all parents.
		"--full-history", "--date-order", "-c", "--root",
		// Paths from the archive's root, whatever the user's configuration says.
		"--raw", "-z", "--no-abbrev", "--no-renames", "--relative",
		"--format="+logFormat, "--encoding=UTF-8", "--no-show-signature", "--no-notes", "--no-color",
		head, "--", "results")
	return entries, err
}

// parseLog reads `git log --raw -z` in logFormat. The fields of a commit are
// followed by its files: a field that starts with one colon for each parent,
// then the path.
//
//	:100644 100644 <before> <now> M NUL results/m/b@1.json NUL
//	::100644 100644 100644 <before> <before> <now> MM NUL results/m/b@1.json NUL
func parseLog(r io.Reader, boundary map[string]bool) ([]entry, error) {
	f := git.NewFields(r)
	var entries []entry
	var commit *Commit
	for {
		field, err := f.Next()
		if err != nil {
			return entries, atEnd(err)
		}
		field = strings.TrimPrefix(field, "\n") // git sets files off from their commit
		switch {
		case field == "":
		case field[0] != ':':
			if commit, err = parseCommit(f, field); err != nil {
				return nil, err
			}
		case commit == nil:
			return nil, errors.New("git log names a file before any commit")
		default:
			e, err := parseEntry(field)
			if err != nil {
				return nil, err
			}
			path, err := f.Next()
			if err != nil {
				return nil, git.Unexpected(err)
			}
			var ok bool
			if e.model, e.benchmark, e.version, ok = archive.ParseResultPath(path); ok && !boundary[commit.Hash] {
				e.commit = commit
				entries = append(entries, e)
			}
		}
	}
}

// parseEntry reads modes and blobs. Of a merge it takes as the version before
// that of the first parent that has one.
func parseEntry(field string) (entry, error) {
	rest := strings.TrimLeft(field, ":")
	parents := len(field) - len(rest)
	parts := strings.Fields(rest) // modes of the parents and now, their blobs, the letters
	if len(parts) != 2*(parents+1)+1 {
		return entry{}, fmt.Errorf("git log describes a file as %q", git.Clean(field, 200))
	}
	modes, blobs := parts[:parents+1], parts[parents+1:2*(parents+1)]
	e := entry{regular: strings.HasPrefix(modes[parents], "100"), blob: object(blobs[parents])}
	for i := 0; i < parents && e.before == ""; i++ {
		if strings.HasPrefix(modes[i], "100") {
			e.before = object(blobs[i])
		}
	}
	return e, nil
}

// object returns a hash, or "" for the one of zeros that stands for nothing.
func object(hash string) string {
	if strings.Trim(hash, "0") == "" {
		return ""
	}
	return hash
}

// parseCommit reads the fields of a commit after its hash.
func parseCommit(f git.Fields, hash string) (*Commit, error) {
	c := &Commit{Hash: git.Clean(hash, 64)}
	var date string
	for _, to := range []*string{&c.Author, &date, &c.Subject, &c.PR, &c.Run} {
		s, err := f.Next()
		if err != nil {
			return nil, git.Unexpected(err)
		}
		*to = git.Clean(s, 300)
	}
	c.Date = parseDate(date)
	return c, nil
}

// parseDate reads seconds since 1970. A date that no clock showed while git
// existed, from a broken or joking commit, is none: before 2000 or after 2200.
func parseDate(s string) time.Time {
	seconds, err := strconv.ParseInt(s, 10, 64)
	if t := time.Unix(seconds, 0).UTC(); err == nil && t.Year() >= 2000 && t.Year() <= 2200 {
		return t
	}
	return time.Time{}
}

// atEnd makes the end of a stream no error.
func atEnd(err error) error {
	if err == io.EOF {
		return nil
	}
	return err
}
