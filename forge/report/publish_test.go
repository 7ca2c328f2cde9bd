package report

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/forge"
	"github.com/bsgen/bsgen/forge/forgetest"
)

// hub is a simulated GitHub with a pull request, and a report of its head.
type hub struct {
	*forgetest.Server
	client *forge.GitHub
	report *Report
	hook   func(*http.Request)
}

func newHub(t *testing.T, edit func(*Report)) *hub {
	t.Helper()
	h := &hub{}
	h.Server = forgetest.New(t, forgetest.Options{Hook: func(r *http.Request, _ []byte) error {
		if h.hook != nil {
			h.hook(r)
		}
		return nil
	}})
	head, err := h.Commit("submission", "a model", map[string]string{"submissions/some-net/model.yaml": "id: some-net\n"})
	if err != nil {
		t.Fatal(err)
	}
	number, err := h.AddPull(forgetest.Pull{Title: "`$(touch x)`; @everyone", Head: head})
	if err != nil {
		t.Fatal(err)
	}
	if h.client, err = forge.NewGitHub(forge.FromEnv(h.Getenv)); err != nil {
		t.Fatal(err)
	}
	h.report = submission(func(r *Report) {
		r.Number, r.Head = number, head
		if edit != nil {
			edit(r)
		}
	})
	return h
}

func (h *hub) publish(ctx context.Context) error {
	return Publish(ctx, h.client, h.report, DefaultBot, h.URL+"/lab/board/actions/runs/1")
}

// writes returns the requests that changed something.
func (h *hub) writes() []string {
	var out []string
	for _, r := range h.Requests() {
		if r.Method != http.MethodGet {
			out = append(out, r.Method+" "+r.Path)
		}
	}
	return out
}

func TestPublish(t *testing.T) {
	h := newHub(t, nil)
	if err := h.publish(t.Context()); err != nil {
		t.Fatal(err)
	}
	comments, checks := h.Comments(h.report.Number), h.Checks()
	if len(comments) != 1 || comments[0].Author != DefaultBot || comments[0].Body != Marker+"\n"+h.report.Markdown() {
		t.Errorf("comments %+v", comments)
	}
	if len(checks) != 1 || checks[0].HeadSHA != h.report.Head || checks[0].Conclusion != "success" || checks[0].Name != CheckName || checks[0].DetailsURL == "" {
		t.Errorf("checks %+v", checks)
	}
	if got := h.Labels(h.report.Number); !slices.Equal(got, []string{"submission", "scored"}) {
		t.Errorf("labels %v", got)
	}
	if n := len(h.Requests()); n > 6 {
		t.Errorf("%d calls; a repository has 1000 an hour", n)
	}

	// The next report replaces the comment and the labels, and leaves those of
	// others alone.
	if err := h.client.AddLabels(t.Context(), h.report.Number, "help wanted"); err != nil {
		t.Fatal(err)
	}
	h.report.Problems.Add("submissions/some-net/model.yaml", 1, "", "x")
	if err := h.publish(t.Context()); err != nil {
		t.Fatal(err)
	}
	if comments = h.Comments(h.report.Number); len(comments) != 1 || !strings.Contains(comments[0].Body, "can not be scored yet") {
		t.Errorf("comments %+v", comments)
	}
	if got := h.Labels(h.report.Number); !slices.Equal(got, []string{"submission", "help wanted", "invalid"}) {
		t.Errorf("labels %v", got)
	}

	// Nothing has changed: the comment is not touched.
	before := len(h.Requests())
	if err := h.publish(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, r := range h.Requests()[before:] {
		if r.Method != http.MethodGet && !strings.HasSuffix(r.Path, "/check-runs") {
			t.Errorf("%s %s for an unchanged report", r.Method, r.Path)
		}
	}
}

// TestPlantedMarker: a comment of somebody else's is not the bot's, whatever it
// begins with, nor is one of the bot's that only quotes the marker.
func TestPlantedMarker(t *testing.T) {
	h := newHub(t, nil)
	n := h.report.Number
	h.AddComment(n, "visitor", Marker+"\nmine")
	h.AddComment(n, "github-actions", Marker+"\nalmost the name")
	h.AddComment(n, "visitor[bot]", Marker+"\nanother bot")
	h.AddComment(n, DefaultBot, "a workflow of somebody's quotes "+Marker)
	for range 2 {
		if err := h.publish(t.Context()); err != nil {
			t.Fatal(err)
		}
		h.report.Elapsed++
	}
	comments := h.Comments(n)
	if len(comments) != 5 {
		t.Fatalf("%d comments", len(comments))
	}
	for _, c := range comments[:4] {
		if strings.Contains(c.Body, "would rank") {
			t.Errorf("the comment of %s was overwritten: %s", c.Author, c.Body)
		}
	}
	if c := comments[4]; c.Author != DefaultBot || !strings.HasPrefix(c.Body, Marker+"\n### `some-net` would rank") {
		t.Errorf("the fifth comment is %+v", c)
	}
}

// TestHeadMoves: a report of another commit than the newest is not published, if
// it moves before the first call or between two.
func TestHeadMoves(t *testing.T) {
	for _, when := range []string{"", "/comments"} {
		h := newHub(t, nil)
		newer, err := h.Commit("submission", "more", map[string]string{"submissions/some-net/x": "x"})
		if err != nil {
			t.Fatal(err)
		}
		move := func() {
			if err := h.MoveHead(h.report.Number, "", newer); err != nil {
				t.Error(err)
			}
		}
		if when == "" {
			move()
		} else {
			h.hook = func(r *http.Request) {
				if strings.HasSuffix(r.URL.Path, when) {
					move()
				}
			}
		}
		if err := h.publish(t.Context()); !errors.Is(err, ErrOutdated) {
			t.Errorf("moved at %q: %v", when, err)
		}
		if w := h.writes(); len(w) > 0 {
			t.Errorf("moved at %q: %v", when, w)
		}
	}
}

func TestPublishRefuses(t *testing.T) {
	for name, edit := range map[string]func(*Report){
		"preview":          func(r *Report) { r.Preview = true },
		"no pull request":  func(r *Report) { r.Number = 0 },
		"another one":      func(r *Report) { r.Number += 7 },
		"head of nobody's": func(r *Report) { r.Head = headSHA },
		"unsound":          func(r *Report) { r.Model = "../x" },
	} {
		h := newHub(t, edit)
		if err := h.publish(t.Context()); err == nil {
			t.Errorf("%s is published", name)
		}
		if w := h.writes(); len(w) > 0 {
			t.Errorf("%s: %v", name, w)
		}
	}
}

// TestManyAnnotations: 51 are two requests, and beyond 200 the last says how
// many more there are.
func TestManyAnnotations(t *testing.T) {
	for problems, want := range map[int]struct{ annotations, requests int }{50: {50, 1}, 51: {51, 2}, 200: {200, 4}, 201: {200, 4}, 9000: {200, 4}} {
		h := newHub(t, func(r *Report) {
			for i := range problems {
				r.Problems.Add("submissions/some-net/model.yaml", i+1, "a hint", "problem %d", i)
			}
		})
		if err := h.publish(t.Context()); err != nil {
			t.Fatal(err)
		}
		requests := 0
		for _, r := range h.Requests() {
			if strings.Contains(r.Path, "/check-runs") {
				requests++
			}
		}
		if checks := h.Checks(); len(checks) != 1 || len(checks[0].Annotations) != want.annotations || requests != want.requests {
			t.Errorf("%d problems: %d checks in %d requests", problems, len(checks), requests)
		} else if last := checks[0].Annotations[want.annotations-1]; problems > 200 != strings.HasPrefix(last.Message, "and ") {
			t.Errorf("%d problems: the last annotation says %q", problems, last.Message)
		}
	}
}

// TestUnrelated: a pull request of code gets a check run and no comment, unless
// there is one already.
func TestUnrelated(t *testing.T) {
	unrelated := cases()["unrelated"]
	h := newHub(t, nil)
	number, head := h.report.Number, h.report.Head
	quiet := *unrelated
	quiet.Number, quiet.Head = number, head
	submitted := h.report
	h.report = &quiet
	if err := h.publish(t.Context()); err != nil {
		t.Fatal(err)
	}
	if c, l := h.Comments(number), h.Labels(number); len(c)+len(l) > 0 || len(h.Checks()) != 1 || h.Checks()[0].Conclusion != "neutral" {
		t.Errorf("comments %v, labels %v, checks %v", c, l, h.Checks())
	}
	for _, r := range []*Report{submitted, &quiet} {
		h.report = r
		if err := h.publish(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if c, l := h.Comments(number), h.Labels(number); len(c) != 1 || !strings.Contains(c[0].Body, "Not a submission") || len(l) > 0 {
		t.Errorf("comments %v, labels %v", c, l)
	}
}

// TestHostileReport: GitHub takes what the most hostile submission leads to.
func TestHostileReport(t *testing.T) {
	h := newHub(t, nil)
	r := large(200)
	r.Number, r.Head = h.report.Number, h.report.Head
	for i := range 60 {
		r.Problems.Add(hostile, i, hostile, "%s", strings.Repeat(hostile, 3))
	}
	r.Reproduce = r.reproduce()
	h.report = r
	if err := h.publish(t.Context()); err != nil {
		t.Fatal(err)
	}
	if c := h.Comments(r.Number); len(c) != 1 || len(c[0].Body) > MaxComment+len(Marker)+1 {
		t.Errorf("%d comments", len(c))
	}
}

func TestLabels(t *testing.T) {
	for name, want := range map[string]struct{ add, remove []string }{
		"new":        {[]string{"scored"}, []string{"invalid", "needs-rescore"}},
		"failed":     {nil, []string{"needs-rescore"}},
		"incomplete": {nil, []string{"invalid"}},
		"removed":    {nil, []string{"invalid", "needs-rescore"}},
		"unrelated":  {nil, []string{"submission", "invalid", "needs-rescore"}},
	} {
		add, remove := cases()[name].relabel([]string{"submission", "bug", "invalid", "needs-rescore"})
		if !slices.Equal(add, want.add) || !slices.Equal(remove, want.remove) {
			t.Errorf("%s: adds %v, removes %v", name, add, remove)
		}
	}
}
