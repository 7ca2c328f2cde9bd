package forge_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bsgen/bsgen/forge"
	"github.com/bsgen/bsgen/forge/forgetest"
)

// connect starts a simulated GitHub and a client whose pauses take no time; they
// are added to the list.
func connect(t *testing.T, o forgetest.Options) (*forgetest.Server, *forge.GitHub, *[]time.Duration) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	s := forgetest.New(t, o)
	pauses := &[]time.Duration{}
	opts := forge.FromEnv(s.Getenv)
	opts.Sleep = func(ctx context.Context, d time.Duration) error {
		*pauses = append(*pauses, d)
		return ctx.Err()
	}
	g, err := forge.NewGitHub(opts)
	if err != nil {
		t.Fatal(err)
	}
	return s, g, pauses
}

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestPullRequest(t *testing.T) {
	s, g, _ := connect(t, forgetest.Options{})
	ctx := t.Context()
	base := must(s.Head("main"))(t)
	head := must(s.Commit("topic", "add a model", map[string]string{"submissions/m/model.yaml": "id: m\n"}))(t)
	n := must(s.AddPull(forgetest.Pull{Title: `"; touch x; "`, Head: head, HeadRef: "feature/a+b"}))(t)
	other := must(s.AddPull(forgetest.Pull{Author: "Other", Head: head, HeadRef: "feature/a+b"}))(t)

	want := &forge.PullRequest{
		Number: n, Open: true, Title: `"; touch x; "`, Author: "visitor", HeadSHA: head, HeadRef: "feature/a+b", HeadRepo: "visitor/board", BaseSHA: base, BaseRef: "main",
	}
	if got, err := g.PullRequest(ctx, n); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
	if _, err := g.PullRequest(ctx, 99); !errors.Is(err, forge.ErrNotFound) {
		t.Errorf("got %v", err)
	}
	if got, err := g.PullRequestOf(ctx, "visitor", "feature/a+b"); err != nil || got.Number != n {
		t.Errorf("got %+v, %v", got, err)
	}
	if got, err := g.PullRequestOf(ctx, "other", "feature/a+b"); err != nil || got.Number != other { // logins have no case
		t.Errorf("got %+v, %v", got, err)
	}
	for _, c := range [][2]string{{"visitor", "main"}, {"stranger", "feature/a+b"}} {
		if _, err := g.PullRequestOf(ctx, c[0], c[1]); !errors.Is(err, forge.ErrNotFound) {
			t.Errorf("%s: got %v", c, err)
		}
	}
	for _, c := range [][2]string{{"", "x"}, {"visitor", ""}, {"a:b", "x"}} { // GitHub would ignore such a filter
		if _, err := g.PullRequestOf(ctx, c[0], c[1]); err == nil {
			t.Errorf("%s: no error", c)
		}
	}

	if _, err := g.PullRequestBehind(ctx, head); !errors.Is(err, forge.ErrNotFound) { // not merged
		t.Errorf("got %v", err)
	}
	merge := must(s.Merge(n))(t)
	for _, sha := range []string{merge, head} {
		got, err := g.PullRequestBehind(ctx, sha)
		if err != nil || got.Number != n || !got.Merged || got.Open {
			t.Errorf("%s: got %+v, %v", sha, got, err)
		}
	}
	if _, err := g.PullRequestBehind(ctx, base); !errors.Is(err, forge.ErrNotFound) {
		t.Errorf("got %v", err)
	}
	if _, err := g.PullRequestOf(ctx, "visitor", "feature/a+b"); !errors.Is(err, forge.ErrNotFound) { // closed
		t.Errorf("got %v", err)
	}
}

func TestComments(t *testing.T) {
	s, g, _ := connect(t, forgetest.Options{})
	n := must(s.AddPull(forgetest.Pull{Head: "main"}))(t)
	for i := range 230 { // three pages
		s.AddComment(n, "visitor", fmt.Sprintf("comment %d", i))
	}
	if err := g.CreateComment(t.Context(), n, "from <b>us</b> & co"); err != nil {
		t.Fatal(err)
	}
	got, err := g.Comments(t.Context(), n)
	if err != nil || len(got) != 231 || got[7].Body != "comment 7" || got[7].Author != "visitor" {
		t.Fatalf("got %d comments, %v", len(got), err)
	}
	last := got[230]
	if last.Author != s.Bot || last.Body != "from <b>us</b> & co" {
		t.Errorf("got %+v", last)
	}
	if err := g.UpdateComment(t.Context(), last.ID, "better"); err != nil {
		t.Fatal(err)
	}
	if got := s.Comments(n)[230].Body; got != "better" {
		t.Errorf("got %q", got)
	}
	var refused *forge.APIError
	if err := g.UpdateComment(t.Context(), got[0].ID, "x"); !errors.As(err, &refused) || refused.Status != http.StatusForbidden {
		t.Errorf("another's comment: %v", err)
	}
}

func TestCheck(t *testing.T) {
	s, g, _ := connect(t, forgetest.Options{})
	for i, n := range []int{0, 1, 50, 51, 100, 120} {
		before := len(s.Requests())
		c := forge.Check{Name: "bsgen", HeadSHA: must(s.Head("main"))(t), Conclusion: "failure", Title: "2 problems", Summary: "see there"}
		for i := range n {
			c.Annotations = append(c.Annotations, forge.Annotation{Path: "submissions/m/model.yaml", Line: i + 1, Level: "failure", Message: fmt.Sprintf("problem %d", i)})
		}
		if err := g.CreateCheck(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		got := s.Checks()
		if len(got) != i+1 || !reflect.DeepEqual(got[i].Check, c) {
			t.Errorf("%d annotations: got %+v", n, got)
		}
		if calls, want := len(s.Requests())-before, max(1, (n+49)/50); calls != want {
			t.Errorf("%d annotations took %d requests, want %d", n, calls, want)
		}
	}
}

func TestLabels(t *testing.T) {
	s, g, _ := connect(t, forgetest.Options{})
	ctx := t.Context()
	n := must(s.AddPull(forgetest.Pull{Head: "main"}))(t)
	for range 2 {
		if err := g.AddLabels(ctx, n, "submission", "needs a/look?"); err != nil {
			t.Fatal(err)
		}
	}
	if got := s.Labels(n); !slices.Equal(got, []string{"submission", "needs a/look?"}) {
		t.Errorf("got %q", got)
	}
	for range 2 { // the second time it is not there
		if err := g.RemoveLabel(ctx, n, "needs a/look?"); err != nil {
			t.Fatal(err)
		}
	}
	if got := s.Labels(n); !slices.Equal(got, []string{"submission"}) {
		t.Errorf("got %q", got)
	}
	if err := g.AddLabels(ctx, n); err != nil || len(s.Requests()) != 4 {
		t.Errorf("no labels: %v, %d requests", err, len(s.Requests()))
	}
	if p := must(g.PullRequest(ctx, n))(t); !slices.Equal(p.Labels, []string{"submission"}) {
		t.Errorf("got %q", p.Labels)
	}
}

func TestIssues(t *testing.T) {
	s, g, _ := connect(t, forgetest.Options{})
	ctx := t.Context()
	s.AddIssue(forgetest.Issue{Title: "other", Author: "visitor"})
	must(s.AddPull(forgetest.Pull{Head: "main", Title: "no issue"}))(t)
	n := must(g.CreateIssue(ctx, forge.Issue{Title: "audit", Body: "differs", Labels: []string{"audit"}}))(t)
	want := []forge.Issue{{Number: n, Author: s.Bot, Title: "audit", Body: "differs", Labels: []string{"audit"}}}
	if got, err := g.Issues(ctx, "audit"); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
	if got, err := g.Issues(ctx, ""); err != nil || len(got) != 2 {
		t.Errorf("got %+v, %v", got, err)
	}
	if err := g.UpdateIssue(ctx, forge.Issue{Number: n, Title: "audit", Body: "still differs"}); err != nil {
		t.Fatal(err)
	}
	if got := s.Issues()[1]; got.Body != "still differs" || !slices.Equal(got.Labels, []string{"audit"}) {
		t.Errorf("got %+v", got)
	}
	if err := g.CloseIssue(ctx, n); err != nil {
		t.Fatal(err)
	}
	if got, err := g.Issues(ctx, "audit"); err != nil || len(got) != 0 {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestGet(t *testing.T) {
	s, g, _ := connect(t, forgetest.Options{})
	ctx := t.Context()
	s.Set("actions/permissions", map[string]any{"enabled": true})
	s.Set("/user", map[string]any{"login": "me"})
	var got struct {
		Enabled       bool
		Login         string
		DefaultBranch string `json:"default_branch"`
	}
	for _, path := range []string{"actions/permissions", "/user", ""} {
		if err := g.Get(ctx, path, &got); err != nil {
			t.Fatal(err)
		}
	}
	if !got.Enabled || got.Login != "me" || got.DefaultBranch != "main" {
		t.Errorf("got %+v", got)
	}
	n := s.AddIssue(forgetest.Issue{Title: "i"})
	for range 101 {
		s.AddComment(n, "visitor", "x")
	}
	all, err := forge.GetAll[struct{ ID int64 }](ctx, g, fmt.Sprintf("issues/%d/comments?since=2020-01-01T00:00:00Z", n))
	if err != nil || len(all) != 101 {
		t.Errorf("got %d, %v", len(all), err)
	}
	if err := g.Get(ctx, "/repos/lab/other", &got); !errors.Is(err, forge.ErrNotFound) {
		t.Errorf("got %v", err)
	}
	s.Fail(forgetest.Fault{Status: 403, Body: `{"message": "Resource not accessible\n by integration"}`, Header: map[string]string{"X-Accepted-GitHub-Permissions": "administration=read"}})
	const want = "read repos/lab/board/rulesets: 403 Forbidden: Resource not accessible by integration (the token needs administration=read)"
	if err := g.Get(ctx, "rulesets", &got); err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestNewGitHub(t *testing.T) {
	for _, c := range []struct {
		opts forge.Options
		err  string
	}{
		{forge.Options{Repository: "lab/board"}, ""},
		{forge.Options{Repository: "lab/board", APIURL: "https://ghe.example.org/api/v3", GraphQLURL: "https://ghe.example.org/api/graphql"}, ""},
		{forge.Options{Repository: ""}, "owner/name"},
		{forge.Options{Repository: "../.."}, "owner/name"},
		{forge.Options{Repository: "lab/board/x"}, "owner/name"},
		{forge.Options{Repository: "lab/board", APIURL: "http://ghe.example.org/api/v3"}, "is not https"},
		{forge.Options{Repository: "lab/board", APIURL: "https://user:secret@ghe.example.org"}, "https://user:xxxxx@ghe.example.org"},
		{forge.Options{Repository: "lab/board", APIURL: "ghe.example.org"}, "https://host/path"},
	} {
		_, err := forge.NewGitHub(c.opts)
		if (err != nil) != (c.err != "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%+v: %v", c.opts, err)
		}
	}
}

func TestMain(m *testing.M) {
	os.Setenv("GIT_CONFIG_NOSYSTEM", "1")
	os.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
	os.Exit(m.Run())
}
