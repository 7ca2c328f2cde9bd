package forge

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// Signature is what GitHub says of a commit's signature.
type Signature struct {
	Verified bool   // it is of a key that GitHub knows to be the committer's
	Reason   string // in a word: valid, unsigned, bad_email ...
}

const (
	maxSignaturePages  = 100 // of 100 commits
	maxSingleSignature = 200
)

// Signatures asks GitHub about the signatures of commits that changed a path: by
// the list of those up to head, and one by one where a commit is not in it, as
// in branches that were merged. Of commits that GitHub does not have there is no
// answer.
func (g *GitHub) Signatures(ctx context.Context, head, path string, commits []string) (map[string]Signature, error) {
	doing := "read the signatures of commits"
	want := map[string]bool{}
	for _, c := range commits {
		if !isHash(c) || !isHash(head) {
			return nil, fmt.Errorf("%s: a commit without a hash", doing)
		}
		want[c] = true
	}
	found := map[string]Signature{}
	add := func(c signedCommit) {
		if v := c.Commit.Verification; want[c.SHA] && v != nil {
			found[c.SHA] = Signature{v.Verified, shorten(v.Reason)}
		}
	}
	for page := 1; len(found) < len(want) && page <= maxSignaturePages; page++ {
		var list []signedCommit
		query := url.Values{"sha": {head}, "path": {path}, "per_page": {"100"}, "page": {fmt.Sprint(page)}}
		if err := g.Get(ctx, "commits?"+query.Encode(), &list); err != nil {
			return nil, err
		}
		for _, c := range list {
			add(c)
		}
		if len(list) < 100 {
			break
		}
	}
	single := 0
	for _, c := range commits {
		if _, ok := found[c]; ok {
			continue
		}
		if single++; single > maxSingleSignature {
			return nil, fmt.Errorf("%s: more than %d are not in the history that GitHub lists for %s", doing, maxSingleSignature, path)
		}
		var one signedCommit
		err := g.Get(ctx, "commits/"+c, &one)
		if isMissing(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		add(one)
	}
	return found, nil
}

type signedCommit struct {
	SHA    string `json:"sha"`
	Commit struct {
		Verification *struct {
			Verified bool   `json:"verified"`
			Reason   string `json:"reason"`
		} `json:"verification"`
	} `json:"commit"`
}

// isMissing reports whether GitHub says that there is no such commit: by 404, or
// by 422 with its words.
func isMissing(err error) bool {
	return errors.Is(err, ErrNotFound) || err != nil && strings.Contains(err.Error(), "No commit found")
}
