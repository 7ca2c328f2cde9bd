package forgetest

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// Pull is a pull request.
type Pull struct {
	Title    string
	Author   string // login; "visitor" if empty
	HeadRepo string // owner/name of the fork; Author and the repository's name if empty
	HeadRef  string // branch in the fork; "submission" if empty
	BaseRef  string // main if empty
	Fork     string // folder of the repository that has the head; the server's own if empty
	Head     string // revision there

	number int
	base   string // hash at which it was opened
	merge  string // hash, once merged
	closed bool
}

// AddPull opens a pull request: it fetches the head from the fork to
// refs/pull/N/head and returns N.
func (s *Server) AddPull(p Pull) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	orElse := func(p *string, v string) {
		if *p == "" {
			*p = v
		}
	}
	_, name, _ := strings.Cut(s.Repository, "/")
	orElse(&p.Author, "visitor")
	orElse(&p.HeadRepo, p.Author+"/"+name)
	orElse(&p.HeadRef, "submission")
	orElse(&p.BaseRef, "main")
	orElse(&p.Fork, s.Git)
	s.last++
	p.number = s.last
	var err error
	if p.base, err = s.Head(p.BaseRef); err != nil {
		return 0, err
	}
	if err := s.setHead(p.number, p.Fork, p.Head); err != nil {
		return 0, err
	}
	s.pulls[p.number] = &p
	s.issues[p.number] = &Issue{Number: p.number, Title: p.Title, Author: p.Author, Open: true, pull: true}
	return p.number, nil
}

// MoveHead makes another commit of the fork the head of a pull request. It may be
// called by the hook.
func (s *Server) MoveHead(number int, fork, revision string) error {
	if fork == "" {
		fork = s.Git
	}
	return s.setHead(number, fork, revision)
}

func (s *Server) setHead(number int, fork, revision string) error {
	_, err := s.git(nil, "fetch", "-q", "--no-tags", fork, fmt.Sprintf("+%s:refs/pull/%d/head", revision, number))
	return err
}

// PullHead returns the hash of a pull request's head.
func (s *Server) PullHead(number int) (string, error) {
	return s.git(nil, "rev-parse", "--verify", "-q", fmt.Sprintf("refs/pull/%d/head", number))
}

// Merge merges a pull request with a merge commit and returns its hash.
func (s *Server) Merge(number int) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.pulls[number]
	if p == nil || p.closed {
		return "", fmt.Errorf("there is no open pull request #%d", number)
	}
	ours, err := s.Head(p.BaseRef)
	if err != nil {
		return "", err
	}
	theirs, err := s.PullHead(number)
	if err != nil {
		return "", err
	}
	tree, err := s.git(nil, "merge-tree", "--write-tree", ours, theirs)
	if err != nil {
		return "", err
	}
	made, err := s.git(nil, "commit-tree", tree, "-p", ours, "-p", theirs, "-m", fmt.Sprintf("Merge pull request #%d from %s", number, p.HeadRepo))
	if err != nil {
		return "", err
	}
	if _, err := s.git(nil, "update-ref", "refs/heads/"+p.BaseRef, made, ours); err != nil {
		return "", err
	}
	p.merge, p.closed = made, true
	s.issues[number].Open = false
	return made, nil
}

// json describes a pull request; only a single one says whether it is merged.
func (p *Pull) json(s *Server, single bool) map[string]any {
	head, _ := s.PullHead(p.number)
	owner, _, _ := strings.Cut(p.HeadRepo, "/")
	here, _, _ := strings.Cut(s.Repository, "/")
	i := s.issues[p.number]
	j := map[string]any{
		"id": p.number, "number": p.number, "title": p.Title, "state": state(!p.closed), "user": user(p.Author), "labels": labels(i.Labels),
		"head":             map[string]any{"sha": head, "ref": p.HeadRef, "label": owner + ":" + p.HeadRef, "user": user(owner), "repo": map[string]any{"full_name": p.HeadRepo}},
		"base":             map[string]any{"sha": p.base, "ref": p.BaseRef, "label": here + ":" + p.BaseRef, "user": user(here), "repo": map[string]any{"full_name": s.Repository}},
		"merged_at":        nil,
		"merge_commit_sha": nil,
	}
	if p.merge != "" {
		j["merged_at"], j["merge_commit_sha"] = "2025-10-09T08:53:20Z", p.merge
	}
	if single {
		j["merged"] = p.merge != ""
	}
	return j
}

func (s *Server) getPull(w http.ResponseWriter, r *http.Request) {
	number, _ := strconv.Atoi(r.PathValue("number"))
	p := s.pulls[number]
	if p == nil {
		refuse(w, http.StatusNotFound, "Not Found")
		return
	}
	reply(w, http.StatusOK, p.json(s, true))
}

// listPulls knows the filters state and head. As GitHub does, it ignores a head
// that is not of the form owner:branch.
func (s *Server) listPulls(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	owner, branch, filter := strings.Cut(q.Get("head"), ":")
	s.list(w, r, s.pullsWhere(q.Get("direction") == "asc", func(p *Pull) bool {
		theirs, _, _ := strings.Cut(p.HeadRepo, "/")
		want := q.Get("state")
		return (want == "all" || want == state(!p.closed) || want == "" && !p.closed) &&
			(!filter || strings.EqualFold(theirs, owner) && p.HeadRef == branch)
	}))
}

// listPullsOfCommit finds, as GitHub does, nothing for a commit that is only in a fork.
func (s *Server) listPullsOfCommit(w http.ResponseWriter, r *http.Request) {
	sha := r.PathValue("sha")
	if _, err := s.git(nil, "cat-file", "-e", sha+"^{commit}"); err != nil {
		refuse(w, http.StatusUnprocessableEntity, "No commit found for SHA: "+sha)
		return
	}
	s.list(w, r, s.pullsWhere(false, func(p *Pull) bool {
		if p.merge == "" {
			return false
		}
		if p.merge == sha {
			return true
		}
		out, err := s.git(nil, "rev-list", fmt.Sprintf("%s^1..refs/pull/%d/head", p.merge, p.number))
		return err == nil && slices.Contains(strings.Fields(out), sha)
	}))
}

func (s *Server) pullsWhere(ascending bool, keep func(*Pull) bool) []map[string]any {
	found := []map[string]any{}
	for n := 1; n <= s.last; n++ {
		if p := s.pulls[n]; p != nil && keep(p) {
			found = append(found, p.json(s, false))
		}
	}
	if !ascending {
		slices.Reverse(found)
	}
	return found
}

// list writes a page with the links to the others.
func (s *Server) list(w http.ResponseWriter, r *http.Request, items []map[string]any) {
	q := r.URL.Query()
	size, err := strconv.Atoi(q.Get("per_page"))
	if err != nil || size < 1 {
		size = 30
	}
	size = min(size, 100)
	page, _ := strconv.Atoi(q.Get("page"))
	page = max(page, 1)
	last := max((len(items)+size-1)/size, 1)
	link := func(n int, rel string) string {
		q.Set("page", strconv.Itoa(n))
		return fmt.Sprintf(`<%s/api/v3%s?%s>; rel="%s"`, s.URL, r.URL.Path, q.Encode(), rel)
	}
	var links []string
	if page < last {
		links = append(links, link(page+1, "next"), link(last, "last"))
	}
	if page > 1 {
		links = append(links, link(page-1, "prev"), link(1, "first"))
	}
	if links != nil {
		w.Header().Set("Link", strings.Join(links, ", "))
	}
	from := min((page-1)*size, len(items))
	reply(w, http.StatusOK, items[from:min(from+size, len(items))])
}

func state(open bool) string {
	if open {
		return "open"
	}
	return "closed"
}
