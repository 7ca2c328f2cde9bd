package forge

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// MaxCommitBytes bounds a commit by the API: its paths and, in base64, contents.
// GitHub states no limit for the mutation; this one is a cautious guess, far
// above what results need.
const MaxCommitBytes = 20 << 20

// Mutation is what [GitHub.Commit] sends; its variable is in $input.
const Mutation = `mutation($input: CreateCommitOnBranchInput!) {
  createCommitOnBranch(input: $input) {
    commit { oid signature { isValid state } }
  }
}`

// commitInput is GitHub's CreateCommitOnBranchInput.
type commitInput struct {
	Branch struct {
		Repository string `json:"repositoryNameWithOwner"`
		Name       string `json:"branchName"`
	} `json:"branch"`
	Expected string `json:"expectedHeadOid"`
	Message  struct {
		Headline string `json:"headline"`
		Body     string `json:"body,omitempty"`
	} `json:"message"`
	Changes struct {
		Additions []addition `json:"additions,omitempty"`
		Deletions []deletion `json:"deletions,omitempty"`
	} `json:"fileChanges"`
}

type addition struct {
	Path     string `json:"path"`
	Contents []byte `json:"contents"` // base64 in JSON
}

type deletion struct {
	Path string `json:"path"`
}

type graphqlAnswer struct {
	Data   json.RawMessage `json:"data"`
	Errors []graphqlError  `json:"errors"`
}

type graphqlError struct {
	Type    string `json:"type"`
	Message string `json:"message"`
}

// Head implements [Committer].
func (g *GitHub) Head(ctx context.Context, branch string) (string, error) {
	doing := "read the head of " + branch
	if err := checkBranch(branch); err != nil {
		return "", fmt.Errorf("%s: %w", doing, err)
	}
	ref, _, err := g.client.Git.GetRef(ctx, g.owner, g.name, "heads/"+branch)
	if err != nil {
		return "", explain(doing, err)
	}
	if sha := ref.GetObject().GetSHA(); isHash(sha) {
		return sha, nil
	}
	return "", fmt.Errorf("%s: the answer has no hash", doing)
}

// Commit implements [Committer] by the mutation createCommitOnBranch, which
// compares and swaps, and whose commits GitHub signs for tokens of bots. All files
// come in one commit, of at most [MaxCommitBytes]; files are written with mode
// 100644.
//
// An answer that is lost may hide a commit that was made. The call is made again
// then and ends in [ErrStaleHead], like any other race: who plans again finds
// the files there.
func (g *GitHub) Commit(ctx context.Context, c Commit) (*Committed, error) {
	doing := "commit to " + c.Branch
	if err := c.check(); err != nil {
		return nil, fmt.Errorf("%s: %w", doing, err)
	}
	var in commitInput
	in.Branch.Repository, in.Branch.Name = g.Repository(), c.Branch
	in.Expected = c.Expected
	in.Message.Headline, in.Message.Body = c.Headline, c.Body
	size := len(c.Headline) + len(c.Body)
	for _, f := range c.Files {
		size += len(f.Path) + 4*len(f.Content)/3
		if f.Remove {
			in.Changes.Deletions = append(in.Changes.Deletions, deletion{f.Path})
		} else {
			in.Changes.Additions = append(in.Changes.Additions, addition{f.Path, append([]byte{}, f.Content...)}) // nil would be null
		}
	}
	if size > MaxCommitBytes {
		return nil, fmt.Errorf("%s: %w: %d files take %d bytes in a request, more than the %d allowed", doing, ErrTooLarge, len(c.Files), size, MaxCommitBytes)
	}
	var answer struct {
		Made struct {
			Commit struct {
				OID       string `json:"oid"`
				Signature *struct {
					IsValid bool   `json:"isValid"`
					State   string `json:"state"`
				} `json:"signature"`
			} `json:"commit"`
		} `json:"createCommitOnBranch"`
	}
	if err := g.query(repeatable(ctx), doing, Mutation, map[string]any{"input": in}, &answer); err != nil {
		return nil, err
	}
	made := answer.Made.Commit
	if !isHash(made.OID) {
		return nil, fmt.Errorf("%s: the answer has no hash", doing)
	}
	done := &Committed{SHA: made.OID, Reason: "not signed"}
	if s := made.Signature; s != nil {
		done.Verified, done.Reason = s.IsValid, ""
		if !s.IsValid {
			done.Reason = "signature is " + strings.ToLower(strings.ReplaceAll(shorten(s.State), "_", " "))
		}
	}
	return done, nil
}

// query makes a call of GraphQL. Its errors come with status 200.
func (g *GitHub) query(ctx context.Context, doing, query string, variables map[string]any, into any) error {
	var answer graphqlAnswer
	err := g.send(ctx, http.MethodPost, g.graphql, map[string]any{"query": query, "variables": variables}, &answer)
	if err != nil {
		return explain(doing, err)
	}
	if len(answer.Errors) == 0 {
		if err := json.Unmarshal(answer.Data, into); err != nil {
			return fmt.Errorf("%s: read the answer: %w", doing, err)
		}
		return nil
	}
	said := make([]string, 0, len(answer.Errors))
	for _, e := range answer.Errors {
		switch {
		case e.Type == "STALE_DATA", strings.HasPrefix(e.Message, "Expected branch to point to "):
			return fmt.Errorf("%s: %w", doing, ErrStaleHead)
		case e.Type == "NOT_FOUND":
			return fmt.Errorf("%s: %w: %s", doing, ErrNotFound, shorten(e.Message))
		}
		said = append(said, e.Message)
	}
	return &APIError{Doing: doing, Status: http.StatusOK, Message: shorten(strings.Join(said, "; "))}
}

// ErrTooLarge is a commit that the API would refuse; git takes it.
var ErrTooLarge = errors.New("too large for one commit by the API")
