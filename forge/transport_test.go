package forge_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/bsgen/bsgen/forge"
	"github.com/bsgen/bsgen/forge/forgetest"
)

// noon is what the client's clock shows.
var noon = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

// TestRetry meets each call with faults and counts the pauses until it is
// through or gives up.
func TestRetry(t *testing.T) {
	const s, min = time.Second, time.Minute
	get := func(ctx context.Context, g *forge.GitHub) error { _, err := g.Comments(ctx, 1); return err }
	comment := func(ctx context.Context, g *forge.GitHub) error { return g.CreateComment(ctx, 1, "x") }
	edit := func(ctx context.Context, g *forge.GitHub) error { return g.UpdateComment(ctx, 1000, "x") }
	label := func(ctx context.Context, g *forge.GitHub) error { return g.AddLabels(ctx, 1, "x") }
	unlabel := func(ctx context.Context, g *forge.GitHub) error { return g.RemoveLabel(ctx, 1, "old") }
	check := func(ctx context.Context, g *forge.GitHub) error {
		head, err := g.Head(ctx, "main")
		if err != nil {
			return err
		}
		return g.CreateCheck(ctx, forge.Check{Name: "n", HeadSHA: head, Conclusion: "success", Title: "t", Summary: "s"})
	}
	status := func(code, times int) forgetest.Fault { return forgetest.Fault{Status: code, Times: times} }
	times := func(n int, f forgetest.Fault) forgetest.Fault { f.Times = n; return f }
	header := func(f forgetest.Fault, k, v string) forgetest.Fault { f.Header[k] = v; return f }
	post := func(f forgetest.Fault) forgetest.Fault { f.Method = http.MethodPost; return f }

	server, _, _ := connect(t, forgetest.Options{})
	n := server.AddIssue(forgetest.Issue{Title: "i", Labels: []string{"old"}})
	server.AddComment(n, server.Bot, "old")
	for _, c := range []struct {
		name   string
		call   func(context.Context, *forge.GitHub) error
		fault  forgetest.Fault
		pauses []time.Duration
		err    string
	}{
		{"primary 403", get, forgetest.PrimaryLimit(403, noon.Add(5*min)), []time.Duration{5*min + s}, ""},
		{"primary 429", get, forgetest.PrimaryLimit(429, noon.Add(5*min)), []time.Duration{5*min + s}, ""},
		{"primary, over by now", get, forgetest.PrimaryLimit(403, noon.Add(-min)), []time.Duration{s}, ""},
		{"primary, too long", get, forgetest.PrimaryLimit(429, noon.Add(time.Hour)), nil, "rate limit until 2026-01-01T13:00:01Z: API rate limit exceeded"},
		{"primary, nonsense", get, forgetest.PrimaryLimit(403, time.Unix(1<<62, 0)), nil, "rate limit until 2026-01-02T12:00:01Z"},
		{"secondary 403", get, forgetest.SecondaryLimit(403, 30), []time.Duration{30 * s}, ""},
		{"secondary 429", get, forgetest.SecondaryLimit(429, 30), []time.Duration{30 * s}, ""},
		{"secondary 429, by date", get, header(forgetest.SecondaryLimit(429, 1), "Retry-After", noon.Add(90*s).Format(http.TimeFormat)), []time.Duration{90 * s}, ""},
		{"secondary, nonsense", get, header(forgetest.SecondaryLimit(429, 1), "Retry-After", "-5"), []time.Duration{min}, ""},
		{"secondary 403, no time", get, times(4, forgetest.SecondaryLimit(403, 0)), []time.Duration{min, 2 * min, 4 * min, 8 * min}, ""},
		{"secondary 429, for ever", get, times(9, forgetest.SecondaryLimit(429, 10)), []time.Duration{10 * s, 10 * s, 10 * s, 10 * s, 10 * s}, "rate limit until 2026-01-01T12:00:10Z: You have exceeded a secondary"},
		{"comment, primary 403", comment, forgetest.PrimaryLimit(403, noon.Add(min)), []time.Duration{min + s}, ""},
		{"comment, secondary 429", comment, forgetest.SecondaryLimit(429, 7), []time.Duration{7 * s}, ""},
		{"comment, forbidden", comment, status(403, 1), nil, "403 Forbidden"},
		{"comment, 502", comment, status(502, 1), nil, "comment on #1: 502 Bad Gateway"},
		{"comment, lost", comment, forgetest.Fault{Lost: true}, nil, "EOF"},
		{"comment, 422", comment, status(422, 1), nil, "422 Unprocessable"},
		{"comment, 409", comment, status(409, 1), nil, "409 Conflict"},
		{"get, 500 502 503 504", get, status(502, 4), []time.Duration{s, 2 * s, 4 * s, 8 * s}, ""},
		{"get, 503 for ever", get, status(503, 9), []time.Duration{s, 2 * s, 4 * s, 8 * s, 16 * s}, "read the comments of #1: 503 Service Unavailable"},
		{"get, 501", get, status(501, 1), nil, "501 Not Implemented"},
		{"get, lost", get, forgetest.Fault{Lost: true, Times: 2}, []time.Duration{s, 2 * s}, ""},
		{"get, not found", get, status(404, 1), nil, "not found"},
		{"edit, 502", edit, status(502, 1), []time.Duration{s}, ""},
		{"label, lost", label, forgetest.Fault{Lost: true}, []time.Duration{s}, ""},
		{"unlabel, lost", unlabel, forgetest.Fault{Lost: true}, []time.Duration{s}, ""},
		{"check, 502", check, post(status(502, 1)), nil, "502 Bad Gateway"},
		{"check, secondary 403", check, post(forgetest.SecondaryLimit(403, 3)), []time.Duration{3 * s}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			server.Heal()
			server.Fail(c.fault)
			var pauses []time.Duration
			opts := forge.FromEnv(server.Getenv)
			opts.Now = func() time.Time { return noon }
			opts.Transport = &http.Transport{DisableKeepAlives: true} // which would try again by itself
			opts.Sleep = func(_ context.Context, d time.Duration) error { pauses = append(pauses, d); return nil }
			told := 0
			opts.Waiting = func(string, time.Duration) { told++ }
			g := must(forge.NewGitHub(opts))(t)
			err := c.call(t.Context(), g)
			if c.err == "" && err != nil || c.err != "" && (err == nil || !strings.Contains(strings.ToLower(err.Error()), strings.ToLower(c.err))) {
				t.Errorf("got error %v, want %q", err, c.err)
			}
			if !slices.Equal(pauses, c.pauses) || told != len(pauses) {
				t.Errorf("paused %v and told of %d, want %v", pauses, told, c.pauses)
			}
			var limit *forge.RateLimitError
			if got, want := errors.As(err, &limit), strings.HasPrefix(c.err, "rate limit"); got != want {
				t.Errorf("is a rate limit: %v", got)
			}
		})
	}
}

func TestGraphQLLimit(t *testing.T) {
	s, g, pauses := connect(t, forgetest.Options{})
	s.Fail(forgetest.GraphQLLimit(time.Now().Add(-time.Hour)))
	s.Fail(forgetest.Fault{Path: "/graphql", Status: 502})
	c := forge.Commit{Branch: "main", Expected: must(s.Head("main"))(t), Headline: "x", Files: []forge.File{{Path: "a", Content: []byte("a RATE_LIMITED b")}}}
	if _, err := g.Commit(t.Context(), c); err != nil || !slices.Equal(*pauses, []time.Duration{time.Second, 2 * time.Second}) {
		t.Errorf("got %v after %v", err, *pauses)
	}
}

// TestCancel ends a call that waits for a limit's end.
func TestCancel(t *testing.T) {
	s, _, _ := connect(t, forgetest.Options{})
	s.Fail(forgetest.SecondaryLimit(429, 600))
	ctx, cancel := context.WithCancel(t.Context())
	opts := forge.FromEnv(s.Getenv)
	opts.Waiting = func(string, time.Duration) { cancel() }
	g := must(forge.NewGitHub(opts))(t)
	if _, err := g.Head(ctx, "main"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// TestToken follows what the token sees: the API's host alone.
func TestToken(t *testing.T) {
	var leaked []string
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		leaked = append(leaked, r.URL.Path)
	}))
	defer other.Close()
	var seen []string
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.Method+" "+r.URL.Path+" "+r.Header.Get("Authorization"))
		switch r.URL.Path {
		case "/repos/lab/board/away":
			http.Redirect(w, r, other.URL+"/away", http.StatusFound)
		case "/repos/lab/board/moved":
			http.Redirect(w, r, "/repositories/1", http.StatusMovedPermanently)
		case "/repos/lab/board/issues/1/comments":
			http.Redirect(w, r, "/repositories/1/issues/1/comments", http.StatusMovedPermanently)
		case "/repos/lab/board/long":
			io.CopyN(w, zeros{}, 33<<20)
		default:
			io.WriteString(w, `{"id": 1}`)
		}
	}))
	defer api.Close()
	g := must(forge.NewGitHub(forge.Options{Repository: "lab/board", Token: "secret", APIURL: api.URL, Attempts: 1}))(t)
	var into struct{ ID int }
	if err := g.Get(t.Context(), "moved", &into); err != nil || into.ID != 1 {
		t.Errorf("a redirect on the same host: %v", err)
	}
	for path, want := range map[string]string{"away": "another host", "long": "more than " + strconv.Itoa(32<<20)} {
		if err := g.Get(t.Context(), path, &into); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v", path, err)
		}
	}
	if err := g.CreateComment(t.Context(), 1, "x"); err == nil || !strings.Contains(err.Error(), "makes a GET of a POST") {
		t.Errorf("got %v", err)
	}
	if len(leaked) > 0 {
		t.Errorf("another host was asked for %s", leaked)
	}
	for _, s := range seen {
		if !strings.HasSuffix(s, " Bearer secret") {
			t.Errorf("no token: %s", s)
		}
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// TestLastOfTheHour makes a call after the one that used up the limit: go-github
// alone would refuse it unasked.
func TestLastOfTheHour(t *testing.T) {
	s, g, _ := connect(t, forgetest.Options{})
	last := forgetest.PrimaryLimit(http.StatusOK, time.Now().Add(time.Hour))
	last.Body = `{"default_branch": "main"}`
	s.Fail(last)
	for range 2 {
		var into struct{}
		if err := g.Get(t.Context(), "", &into); err != nil {
			t.Error(err)
		}
	}
}
