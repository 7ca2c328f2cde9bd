package forge

import (
	"context"
	"fmt"

	"github.com/google/go-github/v62/github"
)

// Issues implements [Tracker].
func (g *GitHub) Issues(ctx context.Context, label string) ([]Issue, error) {
	opts := &github.IssueListByRepoOptions{State: "open", Sort: "created", Direction: "asc"}
	if label != "" {
		opts.Labels = []string{label}
	}
	found, err := pages("read the issues", func(page github.ListOptions) ([]*github.Issue, *github.Response, error) {
		opts.ListOptions = page
		return g.client.Issues.ListByRepo(ctx, g.owner, g.name, opts)
	})
	var out []Issue
	for _, i := range found {
		if i.IsPullRequest() {
			continue
		}
		issue := Issue{Number: i.GetNumber(), Author: i.GetUser().GetLogin(), Title: i.GetTitle(), Body: i.GetBody()}
		for _, l := range i.Labels {
			issue.Labels = append(issue.Labels, l.GetName())
		}
		out = append(out, issue)
	}
	return out, err
}

// CreateIssue implements [Tracker].
func (g *GitHub) CreateIssue(ctx context.Context, i Issue) (int, error) {
	req := &github.IssueRequest{Title: &i.Title, Body: &i.Body}
	if len(i.Labels) > 0 {
		req.Labels = &i.Labels
	}
	made, _, err := g.client.Issues.Create(ctx, g.owner, g.name, req)
	return made.GetNumber(), explain("open an issue", err)
}

// UpdateIssue implements [Tracker].
func (g *GitHub) UpdateIssue(ctx context.Context, i Issue) error {
	_, _, err := g.client.Issues.Edit(repeatable(ctx), g.owner, g.name, i.Number, &github.IssueRequest{Title: &i.Title, Body: &i.Body})
	return explain(fmt.Sprintf("update issue #%d", i.Number), err)
}

// CloseIssue implements [Tracker].
func (g *GitHub) CloseIssue(ctx context.Context, number int) error {
	state := "closed"
	_, _, err := g.client.Issues.Edit(repeatable(ctx), g.owner, g.name, number, &github.IssueRequest{State: &state})
	return explain(fmt.Sprintf("close issue #%d", number), err)
}
