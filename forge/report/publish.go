package report

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/bsgen/bsgen/forge"
)

// DefaultBot is the login of the workflow token.
const DefaultBot = "github-actions[bot]"

// ErrOutdated says that a report is not of the pull request as it is now.
var ErrOutdated = errors.New("the report is not of the pull request's newest commit")

// Publish answers a pull request with a report: it makes or updates the one
// comment that begins with [Marker] and is the bot's, adds a check run to the
// commit, and sets the labels. Details is the address of the workflow run, and
// may be empty.
//
// Where the head is not the report's, also if it moves meanwhile, nothing is
// written and the error is [ErrOutdated]: the newer commit has a run of its own.
// A pull request without a submission is not commented on, unless there is a
// comment from a time when it had one.
func Publish(ctx context.Context, f forge.Reviewer, r *Report, bot, details string) error {
	if err := r.Validate(); err != nil {
		return fmt.Errorf("publish the report: %w", err)
	}
	if r.Preview || r.Number == 0 {
		return errors.New("publish the report: it is a preview by the pull request's own code, or of no pull request")
	}
	if _, err := current(ctx, f, r); err != nil {
		return err
	}
	comments, err := f.Comments(ctx, r.Number)
	if err != nil {
		return err
	}
	p, err := current(ctx, f, r) // reading the comments of a long discussion takes time
	if err != nil {
		return err
	}
	if err := f.CreateCheck(ctx, r.Check(details)); err != nil {
		return err
	}
	body := Marker + "\n" + r.Markdown()
	switch id, old := sticky(comments, bot); {
	case id != 0 && strings.TrimSpace(old) == strings.TrimSpace(body):
	case id != 0:
		err = f.UpdateComment(ctx, id, body)
	case r.Verdict() != Unrelated:
		err = f.CreateComment(ctx, r.Number, body)
	}
	if err != nil {
		return err
	}
	add, remove := r.relabel(p.Labels)
	if len(add) > 0 {
		if err := f.AddLabels(ctx, r.Number, add...); err != nil {
			return err
		}
	}
	for _, l := range remove {
		if err := f.RemoveLabel(ctx, r.Number, l); err != nil {
			return err
		}
	}
	return nil
}

// current returns the pull request, if its head is the report's.
func current(ctx context.Context, f forge.Reviewer, r *Report) (*forge.PullRequest, error) {
	p, err := f.PullRequest(ctx, r.Number)
	if err != nil {
		return nil, err
	}
	if p.Number != r.Number || p.HeadSHA != r.Head {
		return nil, fmt.Errorf("%w: its head is %.12s, the report's %.12s", ErrOutdated, p.HeadSHA, r.Head)
	}
	return p, nil
}

// sticky finds the comment that is the bot's and begins with the marker.
func sticky(comments []forge.Comment, bot string) (id int64, body string) {
	for _, c := range comments {
		if strings.EqualFold(c.Author, bot) && strings.HasPrefix(c.Body, Marker) {
			return c.ID, c.Body
		}
	}
	return 0, ""
}
