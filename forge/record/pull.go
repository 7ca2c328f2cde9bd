package record

import (
	"context"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"

	"github.com/bsgen/bsgen/archive/git"
)

// pulls returns the pull request that last changed the submission of each
// model, as far as there is one.
func (r *Recorder) pulls(ctx context.Context, head string, models map[string]bool) (map[string]int, error) {
	commits, err := r.brought(ctx, head, models)
	if err != nil {
		return nil, err
	}
	pulls, asked := map[string]int{}, map[string]int{}
	for model := range models {
		c, ok := commits[model]
		if !ok {
			continue
		}
		n, known := asked[c.hash]
		if !known {
			n = subjectPull(c.subject)
			if r.PullOf != nil {
				if said, err := r.PullOf(ctx, c.hash); err == nil {
					n = said
				} else if ctx.Err() != nil {
					return nil, ctx.Err()
				} else {
					r.note("the pull request of %.10s is taken from its subject: %v", c.hash, err)
				}
			}
			asked[c.hash] = n
		}
		pulls[model] = n
	}
	return pulls, nil
}

// change is a commit of the branch, not of what was merged into it.
type change struct{ hash, subject string }

// brought returns the newest commits that changed the models' submissions:
// where a branch was merged, the merge. In a shallow clone those older than it
// are not known.
func (r *Recorder) brought(ctx context.Context, head string, models map[string]bool) (map[string]change, error) {
	boundary, err := r.Clone.Boundary(ctx)
	if err != nil {
		return nil, err
	}
	found := map[string]change{}
	all := errors.New("all are found")
	err = r.Clone.Stream(ctx, nil, func(in io.Reader) error {
		f := git.NewFields(in)
		var c change
		for {
			field, err := f.Next()
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return err
			}
			field = strings.TrimPrefix(field, "\n") // git sets files off from their commit
			switch {
			case field == "":
			case field[0] != ':':
				c.hash = field
				if c.subject, err = f.Next(); err != nil {
					return git.Unexpected(err)
				}
			default:
				path, err := f.Next()
				if err != nil {
					return git.Unexpected(err)
				}
				rest, _ := strings.CutPrefix(path, "submissions/")
				model, _, _ := strings.Cut(rest, "/")
				if _, done := found[model]; !done && models[model] && !boundary[c.hash] {
					if found[model] = c; len(found) == len(models) {
						return all
					}
				}
			}
		}
	}, "log", "--first-parent", "-m", "--raw", "-z", "--no-abbrev", "--no-renames", "--relative",
		"--format=tformat:%H%x00%s", "--encoding=UTF-8", "--no-show-signature", "--no-notes", "--no-color",
		head, "--", "submissions")
	if err == all {
		err = nil
	}
	return found, err
}

// What GitHub writes into the subject of a merge, and at the end of that of a
// squashed pull request.
var (
	mergeSubject  = regexp.MustCompile(`^Merge pull request #([1-9][0-9]{0,8}) from `)
	squashSubject = regexp.MustCompile(` \(#([1-9][0-9]{0,8})\)$`)
)

// subjectPull returns the pull request that a subject names, or 0.
func subjectPull(subject string) int {
	for _, p := range []*regexp.Regexp{mergeSubject, squashSubject} {
		if m := p.FindStringSubmatch(subject); m != nil {
			n, _ := strconv.Atoi(m[1]) // digits alone
			return n
		}
	}
	return 0
}
