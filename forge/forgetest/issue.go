package forgetest

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/bsgen/bsgen/forge"
)

// Issue is an issue. A pull request is one too, with labels and comments.
type Issue struct {
	Number int
	Title  string
	Author string // login
	Body   string
	Labels []string
	Open   bool
	pull   bool
}

type comment struct {
	issue int
	forge.Comment
}

// maxText is how many characters a comment or issue may have.
const maxText = 65536

// AddIssue opens an issue as somebody and returns its number.
func (s *Server) AddIssue(i Issue) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.addIssue(i)
}

func (s *Server) addIssue(i Issue) int {
	s.last++
	i.Number, i.Open = s.last, true
	s.issues[i.Number] = &i
	return i.Number
}

// Issues returns all issues that are no pull requests, by number.
func (s *Server) Issues() []Issue {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Issue
	for n := 1; n <= s.last; n++ {
		if i := s.issues[n]; i != nil && !i.pull {
			out = append(out, *i)
		}
	}
	return out
}

// Labels returns the labels of an issue or pull request.
func (s *Server) Labels(number int) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := s.issues[number]; i != nil {
		return slices.Clone(i.Labels)
	}
	return nil
}

// AddComment comments as somebody and returns the comment's id.
func (s *Server) AddComment(number int, author, body string) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.addComment(number, author, body).ID
}

func (s *Server) addComment(number int, author, body string) *comment {
	c := &comment{number, forge.Comment{ID: int64(1000 + len(s.comments)), Author: author, Body: body}}
	s.comments = append(s.comments, c)
	return c
}

// Comments returns the comments on an issue or pull request, oldest first.
func (s *Server) Comments(number int) []forge.Comment {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []forge.Comment
	for _, c := range s.comments {
		if c.issue == number {
			out = append(out, c.Comment)
		}
	}
	return out
}

func (i *Issue) json() map[string]any {
	j := map[string]any{
		"id": i.Number, "number": i.Number, "title": i.Title, "body": i.Body, "state": state(i.Open), "user": user(i.Author), "labels": labels(i.Labels),
	}
	if i.pull {
		j["pull_request"] = map[string]any{"url": "https://example.org/pull"}
	}
	return j
}

func labels(names []string) []map[string]any {
	out := []map[string]any{}
	for _, n := range names {
		out = append(out, map[string]any{"name": n})
	}
	return out
}

func (c *comment) json() map[string]any {
	return map[string]any{"id": c.ID, "body": c.Body, "user": user(c.Author)}
}

// issue finds the issue of a request's path.
func (s *Server) issue(w http.ResponseWriter, r *http.Request) *Issue {
	number, _ := strconv.Atoi(r.PathValue("number"))
	i := s.issues[number]
	if i == nil {
		refuse(w, http.StatusNotFound, "Not Found")
	}
	return i
}

func (s *Server) listIssues(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	found := []map[string]any{}
	for n := 1; n <= s.last; n++ {
		i := s.issues[n]
		if i == nil || q.Get("state") != "all" && state(i.Open) != q.Get("state") && (q.Get("state") != "" || !i.Open) {
			continue
		}
		all := true
		for l := range strings.SplitSeq(q.Get("labels"), ",") {
			all = all && (l == "" || slices.Contains(i.Labels, l))
		}
		if all {
			found = append(found, i.json())
		}
	}
	if q.Get("direction") != "asc" {
		slices.Reverse(found)
	}
	s.list(w, r, found)
}

func (s *Server) createIssue(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Title  string   `json:"title"`
		Body   string   `json:"body"`
		Labels []string `json:"labels"`
	}
	if err := decode(r, &in); err != nil || in.Title == "" || utf8.RuneCountInString(in.Body) > maxText {
		refuse(w, http.StatusUnprocessableEntity, "Validation Failed")
		return
	}
	n := s.addIssue(Issue{Title: in.Title, Body: in.Body, Labels: in.Labels, Author: s.Bot})
	reply(w, http.StatusCreated, s.issues[n].json())
}

func (s *Server) editIssue(w http.ResponseWriter, r *http.Request) {
	i := s.issue(w, r)
	if i == nil {
		return
	}
	var in struct{ Title, Body, State *string }
	if err := decode(r, &in); err != nil || in.Body != nil && utf8.RuneCountInString(*in.Body) > maxText {
		refuse(w, http.StatusUnprocessableEntity, "Validation Failed")
		return
	}
	if in.Title != nil {
		i.Title = *in.Title
	}
	if in.Body != nil {
		i.Body = *in.Body
	}
	if in.State != nil {
		i.Open = *in.State == "open"
	}
	reply(w, http.StatusOK, i.json())
}

func (s *Server) listComments(w http.ResponseWriter, r *http.Request) {
	i := s.issue(w, r)
	if i == nil {
		return
	}
	found := []map[string]any{}
	for _, c := range s.comments {
		if c.issue == i.Number {
			found = append(found, c.json())
		}
	}
	s.list(w, r, found)
}

// text reads the body of a comment.
func text(w http.ResponseWriter, r *http.Request) (string, bool) {
	var in struct{ Body *string }
	if err := decode(r, &in); err != nil || in.Body == nil || *in.Body == "" || utf8.RuneCountInString(*in.Body) > maxText {
		refuse(w, http.StatusUnprocessableEntity, "Validation Failed: body is missing or too long (maximum is 65536 characters)")
		return "", false
	}
	return *in.Body, true
}

func (s *Server) createComment(w http.ResponseWriter, r *http.Request) {
	i := s.issue(w, r)
	if i == nil {
		return
	}
	if body, ok := text(w, r); ok {
		reply(w, http.StatusCreated, s.addComment(i.Number, s.Bot, body).json())
	}
}

// editComment lets the bot change its own comments alone. GitHub lets a token
// with the permission change anybody's; that bsgen should never do so is worth
// an error here.
func (s *Server) editComment(w http.ResponseWriter, r *http.Request) {
	id, _ := strconv.ParseInt(r.PathValue("id"), 10, 64)
	at := slices.IndexFunc(s.comments, func(c *comment) bool { return c.ID == id })
	if at < 0 {
		refuse(w, http.StatusNotFound, "Not Found")
		return
	}
	c := s.comments[at]
	if c.Author != s.Bot {
		refuse(w, http.StatusForbidden, "Resource not accessible by integration: the comment is of "+c.Author)
		return
	}
	if body, ok := text(w, r); ok {
		c.Body = body
		reply(w, http.StatusOK, c.json())
	}
}

func (s *Server) addLabels(w http.ResponseWriter, r *http.Request) {
	i := s.issue(w, r)
	if i == nil {
		return
	}
	var in struct{ Labels []string }
	if err := decode(r, &in); err != nil || len(in.Labels) == 0 {
		refuse(w, http.StatusUnprocessableEntity, "Validation Failed")
		return
	}
	for _, l := range in.Labels {
		if !slices.Contains(i.Labels, l) {
			i.Labels = append(i.Labels, l)
		}
	}
	reply(w, http.StatusOK, labels(i.Labels))
}

func (s *Server) removeLabel(w http.ResponseWriter, r *http.Request) {
	i := s.issue(w, r)
	if i == nil {
		return
	}
	at := slices.Index(i.Labels, r.PathValue("label"))
	if at < 0 {
		refuse(w, http.StatusNotFound, "Label does not exist")
		return
	}
	i.Labels = slices.Delete(i.Labels, at, at+1)
	reply(w, http.StatusOK, labels(i.Labels))
}
