// Package forge speaks with the service that hosts the repository: it reads
// pull requests, answers them with a comment, a check run and labels, and
// commits results. [GitHub] does so by the REST and GraphQL APIs of GitHub and
// GitHub Enterprise.
//
// Whatever comes from the service was written by strangers: titles, branch
// names, comments. It is data to compare and to escape, never a command.
package forge

import (
	"context"
	"errors"
)

// Reviewer reads a pull request and answers it.
type Reviewer interface {
	// PullRequest returns the pull request with the number.
	PullRequest(ctx context.Context, number int) (*PullRequest, error)
	// PullRequestOf returns the open pull request whose head is the branch of
	// the owner's fork. It is the one way to find a fork's pull request from a
	// workflow_run event. The error is [ErrNotFound] where there is none.
	PullRequestOf(ctx context.Context, owner, branch string) (*PullRequest, error)
	// Comments returns all comments of the pull request, oldest first.
	Comments(ctx context.Context, number int) ([]Comment, error)
	// CreateComment adds a comment, UpdateComment replaces the text of one.
	CreateComment(ctx context.Context, number int, body string) error
	UpdateComment(ctx context.Context, id int64, body string) error
	// CreateCheck adds a completed check run. More annotations than one request
	// may have ([MaxAnnotations]) are sent in several.
	CreateCheck(ctx context.Context, c Check) error
	// AddLabels and RemoveLabel change the labels of the pull request. To remove
	// a label that is not there is no error.
	AddLabels(ctx context.Context, number int, labels ...string) error
	RemoveLabel(ctx context.Context, number int, label string) error
}

// Committer writes to a branch by compare-and-swap.
type Committer interface {
	// Head returns the hash of the branch's newest commit.
	Head(ctx context.Context, branch string) (string, error)
	// Commit adds a commit to the branch. The error is [ErrStaleHead] where the
	// branch's newest commit is not c.Expected any more: nothing was written.
	Commit(ctx context.Context, c Commit) (*Committed, error)
}

// Tracker reads and writes issues.
type Tracker interface {
	// Issues returns the open issues with the label (or all, where it is empty),
	// oldest first and without pull requests.
	Issues(ctx context.Context, label string) ([]Issue, error)
	// CreateIssue opens an issue and returns its number.
	CreateIssue(ctx context.Context, i Issue) (int, error)
	// UpdateIssue replaces title and text of the issue with i's number.
	UpdateIssue(ctx context.Context, i Issue) error
	// CloseIssue closes an issue.
	CloseIssue(ctx context.Context, number int) error
}

// Errors that callers act upon.
var (
	ErrStaleHead = errors.New("the branch has moved")
	ErrNotFound  = errors.New("not found")
)

// MaxAnnotations is how many annotations GitHub takes in one request.
const MaxAnnotations = 50

// PullRequest is what bsgen asks about a pull request.
type PullRequest struct {
	Number   int
	Open     bool
	Merged   bool
	Title    string
	Author   string // login
	HeadSHA  string
	HeadRef  string // branch, in the fork
	HeadRepo string // owner/name; "" where the fork is gone
	BaseSHA  string
	BaseRef  string // branch, here
	Labels   []string
}

// Comment is a comment on a pull request.
type Comment struct {
	ID     int64
	Author string // login; a bot's ends in [bot]
	Body   string
}

// Issue is an issue of the repository.
type Issue struct {
	Number int
	Author string // login
	Title  string
	Body   string
	Labels []string
}

// Check is a completed check run.
type Check struct {
	Name        string
	HeadSHA     string
	Conclusion  string // success, failure, neutral
	Title       string
	Summary     string // Markdown, at most 65,535 characters
	DetailsURL  string // may be empty
	Annotations []Annotation
}

// Annotation is a remark on a line of a file.
type Annotation struct {
	Path    string
	Line    int    // 1-based
	Level   string // notice, warning, failure
	Title   string
	Message string
}

// Commit is a commit to be made.
type Commit struct {
	Branch   string
	Expected string // hash that the branch must be at
	Headline string
	Body     string // with its trailers
	Files    []File
}

// File is a new content of a regular file, or its removal. To remove a file that
// is not there is an error.
type File struct {
	Path    string // slash separated, relative to the repository's root
	Content []byte
	Remove  bool
}

// Committed is a commit that was made.
type Committed struct {
	SHA      string
	Verified bool   // the service signed it
	Reason   string // why it is not verified
}
