package pull

import (
	"context"
	"errors"
	"fmt"

	"github.com/bsgen/bsgen/forge"
)

// ErrNone says that there is no pull request to report on.
var ErrNone = errors.New("no pull request to report on")

// Resolve returns the pull request whose push made the workflow run that an
// event tells of. The event names the fork and the branch; a number that a run
// might hand on is never asked for. The error is [ErrNone] where no open pull
// request to the main branch has that head, and [ErrMoved] where its head is
// another commit by now, which has a run of its own.
func Resolve(ctx context.Context, f forge.Reviewer, e *forge.Event) (*forge.PullRequest, error) {
	if e.Run == nil || e.Run.Event != "pull_request" {
		return nil, fmt.Errorf("%w: the event is no run for a pull request", ErrNone)
	}
	if e.Run.HeadOwner == "" {
		return nil, fmt.Errorf("%w: the fork is gone", ErrNone)
	}
	p, err := f.PullRequestOf(ctx, e.Run.HeadOwner, e.Run.HeadBranch)
	switch {
	case errors.Is(err, forge.ErrNotFound):
		return nil, fmt.Errorf("%w: %v", ErrNone, err)
	case err != nil:
		return nil, err
	case !p.Open:
		return nil, fmt.Errorf("%w: #%d is closed", ErrNone, p.Number)
	case e.DefaultBranch != "" && p.BaseRef != e.DefaultBranch:
		return nil, fmt.Errorf("%w: #%d is not for the branch %s", ErrNone, p.Number, e.DefaultBranch)
	case p.HeadSHA != e.Run.HeadSHA:
		return nil, fmt.Errorf("%w: #%d is at %.12s, the run was of %.12s", ErrMoved, p.Number, p.HeadSHA, e.Run.HeadSHA)
	}
	return p, nil
}
