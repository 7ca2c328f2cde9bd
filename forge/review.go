package forge

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/google/go-github/v62/github"
)

// PullRequest implements [Reviewer].
func (g *GitHub) PullRequest(ctx context.Context, number int) (*PullRequest, error) {
	p, _, err := g.client.PullRequests.Get(ctx, g.owner, g.name, number)
	if err != nil {
		return nil, explain(fmt.Sprintf("read pull request #%d", number), err)
	}
	return pullRequest(p), nil
}

// PullRequestOf implements [Reviewer]. Of several pull requests from one
// branch, which differ in their base, it returns the oldest.
func (g *GitHub) PullRequestOf(ctx context.Context, owner, branch string) (*PullRequest, error) {
	doing := fmt.Sprintf("find the pull request of %s:%s", owner, branch)
	if _, _, err := splitRepository(owner + "/x"); err != nil || branch == "" {
		return nil, fmt.Errorf("%s: that names no branch", doing)
	}
	found, err := pages(doing, func(opts github.ListOptions) ([]*github.PullRequest, *github.Response, error) {
		return g.client.PullRequests.List(ctx, g.owner, g.name, &github.PullRequestListOptions{
			State: "open", Head: owner + ":" + branch, Sort: "created", Direction: "asc", ListOptions: opts,
		})
	})
	if err != nil {
		return nil, err
	}
	for _, p := range found { // GitHub ignores a filter that it does not understand
		if p.GetState() == "open" && p.GetHead().GetRef() == branch && strings.EqualFold(p.GetHead().GetUser().GetLogin(), owner) {
			return pullRequest(p), nil
		}
	}
	return nil, fmt.Errorf("%s: %w", doing, ErrNotFound)
}

// PullRequestBehind returns the merged pull request that brought a commit to
// its branch: the one with that merge commit, else the oldest merged one with
// the commit in it. The error is [ErrNotFound] where there is none.
func (g *GitHub) PullRequestBehind(ctx context.Context, sha string) (*PullRequest, error) {
	doing := fmt.Sprintf("find the pull request behind commit %.12s", sha)
	if !isHash(sha) {
		return nil, fmt.Errorf("%s: %q is no hash of a commit", doing, sha)
	}
	found, err := pages(doing, func(opts github.ListOptions) ([]*github.PullRequest, *github.Response, error) {
		return g.client.PullRequests.ListPullRequestsWithCommit(ctx, g.owner, g.name, sha, &opts)
	})
	if err != nil {
		return nil, err
	}
	var best *github.PullRequest
	for _, p := range found {
		switch {
		case p.MergedAt == nil:
		case p.GetMergeCommitSHA() == sha:
			return pullRequest(p), nil
		case best == nil || p.GetNumber() < best.GetNumber():
			best = p
		}
	}
	if best == nil {
		return nil, fmt.Errorf("%s: %w", doing, ErrNotFound)
	}
	return pullRequest(best), nil
}

// pullRequest takes what bsgen uses. Lists have no field merged, so the time of
// the merge decides.
func pullRequest(p *github.PullRequest) *PullRequest {
	out := &PullRequest{
		Number:   p.GetNumber(),
		Open:     p.GetState() == "open",
		Merged:   p.GetMerged() || p.MergedAt != nil,
		Title:    p.GetTitle(),
		Author:   p.GetUser().GetLogin(),
		HeadSHA:  p.GetHead().GetSHA(),
		HeadRef:  p.GetHead().GetRef(),
		HeadRepo: p.GetHead().GetRepo().GetFullName(),
		BaseSHA:  p.GetBase().GetSHA(),
		BaseRef:  p.GetBase().GetRef(),
	}
	for _, l := range p.Labels {
		out.Labels = append(out.Labels, l.GetName())
	}
	return out
}

// Comments implements [Reviewer].
func (g *GitHub) Comments(ctx context.Context, number int) ([]Comment, error) {
	found, err := pages(fmt.Sprintf("read the comments of #%d", number), func(opts github.ListOptions) ([]*github.IssueComment, *github.Response, error) {
		return g.client.Issues.ListComments(ctx, g.owner, g.name, number, &github.IssueListCommentsOptions{ListOptions: opts})
	})
	var out []Comment
	for _, c := range found {
		out = append(out, Comment{ID: c.GetID(), Author: c.GetUser().GetLogin(), Body: c.GetBody()})
	}
	return out, err
}

// CreateComment implements [Reviewer].
func (g *GitHub) CreateComment(ctx context.Context, number int, body string) error {
	_, _, err := g.client.Issues.CreateComment(ctx, g.owner, g.name, number, &github.IssueComment{Body: &body})
	return explain(fmt.Sprintf("comment on #%d", number), err)
}

// UpdateComment implements [Reviewer].
func (g *GitHub) UpdateComment(ctx context.Context, id int64, body string) error {
	_, _, err := g.client.Issues.EditComment(repeatable(ctx), g.owner, g.name, id, &github.IssueComment{Body: &body})
	return explain(fmt.Sprintf("update comment %d", id), err)
}

// CreateCheck implements [Reviewer]. Annotations of a check run add up over its
// updates, so the first request creates it and the others complete it.
func (g *GitHub) CreateCheck(ctx context.Context, c Check) error {
	doing := fmt.Sprintf("create the check run %q", c.Name)
	output := func(from int) *github.CheckRunOutput {
		return &github.CheckRunOutput{Title: &c.Title, Summary: &c.Summary, Annotations: annotations(c.Annotations[min(from, len(c.Annotations)):])}
	}
	var details *string
	if c.DetailsURL != "" {
		details = &c.DetailsURL
	}
	status := "completed"
	run, _, err := g.client.Checks.CreateCheckRun(ctx, g.owner, g.name, github.CreateCheckRunOptions{
		Name: c.Name, HeadSHA: c.HeadSHA, Status: &status, Conclusion: &c.Conclusion, DetailsURL: details, Output: output(0),
	})
	if err != nil {
		return explain(doing, err)
	}
	for from := MaxAnnotations; from < len(c.Annotations); from += MaxAnnotations {
		_, _, err := g.client.Checks.UpdateCheckRun(ctx, g.owner, g.name, run.GetID(), github.UpdateCheckRunOptions{
			Name: c.Name, Status: &status, Conclusion: &c.Conclusion, DetailsURL: details, Output: output(from),
		})
		if err != nil {
			return explain(doing+": add annotations", err)
		}
	}
	return nil
}

// annotations takes as many as one request may have.
func annotations(list []Annotation) []*github.CheckRunAnnotation {
	var out []*github.CheckRunAnnotation
	for i := range list[:min(len(list), MaxAnnotations)] {
		a := &list[i]
		line := max(a.Line, 1)
		c := &github.CheckRunAnnotation{Path: &a.Path, StartLine: &line, EndLine: &line, AnnotationLevel: &a.Level, Message: &a.Message}
		if a.Title != "" {
			c.Title = &a.Title
		}
		out = append(out, c)
	}
	return out
}

// AddLabels implements [Reviewer].
func (g *GitHub) AddLabels(ctx context.Context, number int, labels ...string) error {
	if len(labels) == 0 {
		return nil
	}
	// Issues.AddLabelsToIssue sends a bare list, which GitHub's own description
	// of the API no longer has.
	path := g.at(fmt.Sprintf("issues/%d/labels", number))
	return explain(fmt.Sprintf("label #%d", number), g.send(repeatable(ctx), http.MethodPost, path, map[string][]string{"labels": labels}, nil))
}

// RemoveLabel implements [Reviewer].
func (g *GitHub) RemoveLabel(ctx context.Context, number int, label string) error {
	resp, err := g.client.Issues.RemoveLabelForIssue(ctx, g.owner, g.name, number, url.PathEscape(label))
	if resp != nil && resp.StatusCode == http.StatusNotFound {
		return nil
	}
	return explain(fmt.Sprintf("remove the label %q from #%d", label, number), err)
}
