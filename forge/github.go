package forge

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/bsgen/bsgen/archive/git"
	"github.com/google/go-github/v62/github"
)

// Options say which repository, where, and as whom.
type Options struct {
	Repository string // owner/name
	Token      string // empty: what everybody may read
	APIURL     string // of REST; empty: https://api.github.com
	GraphQLURL string // empty: the one that belongs to APIURL

	// MaxWait is the longest pause before a call is tried again. A rate limit
	// that lasts longer is a [RateLimitError]. Zero means 15 minutes.
	MaxWait time.Duration
	// Attempts bounds how often a call is tried. Zero means 6.
	Attempts int

	// Waiting is called before each pause. Nil: nobody is told.
	Waiting func(why string, d time.Duration)

	// For tests. Nil means http.DefaultTransport, time.Now and a sleep that
	// ends with the context.
	Transport http.RoundTripper
	Now       func() time.Time
	Sleep     func(context.Context, time.Duration) error
}

// FromEnv reads the variables that GitHub Actions sets: GITHUB_REPOSITORY,
// GITHUB_TOKEN, GITHUB_API_URL and GITHUB_GRAPHQL_URL. getenv is [os.Getenv].
func FromEnv(getenv func(string) string) Options {
	return Options{
		Repository: getenv("GITHUB_REPOSITORY"),
		Token:      getenv("GITHUB_TOKEN"),
		APIURL:     getenv("GITHUB_API_URL"),
		GraphQLURL: getenv("GITHUB_GRAPHQL_URL"),
	}
}

// GitHub is a repository on GitHub or GitHub Enterprise: a [Reviewer], a
// [Committer] and a [Tracker]. It may be used by several goroutines.
type GitHub struct {
	owner, name string
	graphql     string
	client      *github.Client
}

var (
	_ Reviewer  = (*GitHub)(nil)
	_ Committer = (*GitHub)(nil)
	_ Tracker   = (*GitHub)(nil)
)

// NewGitHub returns the repository. It makes no call.
func NewGitHub(o Options) (*GitHub, error) {
	owner, name, err := splitRepository(o.Repository)
	if err != nil {
		return nil, err
	}
	if o.APIURL == "" {
		o.APIURL = "https://api.github.com"
	}
	api, err := serviceURL(o.APIURL)
	if err != nil {
		return nil, err
	}
	if o.GraphQLURL == "" {
		// https://api.github.com/graphql, but https://ghe.example.org/api/graphql
		o.GraphQLURL = strings.TrimSuffix(strings.TrimSuffix(o.APIURL, "/"), "/v3") + "/graphql"
	}
	graphql, err := serviceURL(o.GraphQLURL)
	if err != nil {
		return nil, err
	}
	// Not WithEnterpriseURLs, which appends /api/v3/ by the host's name.
	client := github.NewClient(&http.Client{
		Transport:     newTransport(o, api.Host, graphql.Host),
		CheckRedirect: sameHost,
	})
	client.UserAgent = "bsgen"
	client.BaseURL = api.JoinPath("/")
	return &GitHub{owner: owner, name: name, graphql: graphql.String(), client: client}, nil
}

// Repository returns owner/name.
func (g *GitHub) Repository() string { return g.owner + "/" + g.name }

// Get reads one resource of the REST API into a value. The path is relative to
// the repository ("rulesets", or "" for the repository itself), or to the API
// where it starts with a slash ("/user"); it may have a query.
func (g *GitHub) Get(ctx context.Context, path string, into any) error {
	_, err := g.get(ctx, path, into)
	return explain("read "+g.at(path), err)
}

// GetAll reads all pages of a list of the REST API; see [GitHub.Get].
func GetAll[T any](ctx context.Context, g *GitHub, path string) ([]T, error) {
	u, err := url.Parse(path)
	if err != nil {
		return nil, fmt.Errorf("read %q: %w", path, err)
	}
	query := u.Query()
	return pages("read "+g.at(path), func(opts github.ListOptions) (items []T, _ *github.Response, err error) {
		query.Set("per_page", fmt.Sprint(opts.PerPage))
		if opts.Page > 0 {
			query.Set("page", fmt.Sprint(opts.Page))
		}
		u.RawQuery = query.Encode()
		resp, err := g.get(ctx, u.String(), &items)
		return items, resp, err
	})
}

func (g *GitHub) get(ctx context.Context, path string, into any) (*github.Response, error) {
	req, err := g.client.NewRequest(http.MethodGet, g.at(path), nil)
	if err != nil {
		return nil, err
	}
	return g.client.Do(ctx, req, into)
}

// at returns the path of a resource, relative to the API.
func (g *GitHub) at(path string) string {
	if absolute, ok := strings.CutPrefix(path, "/"); ok {
		return absolute
	}
	return strings.TrimSuffix("repos/"+g.owner+"/"+g.name+"/"+path, "/")
}

// maxPages bounds how many pages of 100 a list may have.
const maxPages = 100

// pages collects the pages of a list.
func pages[T any](doing string, page func(github.ListOptions) ([]T, *github.Response, error)) ([]T, error) {
	var all []T
	opts := github.ListOptions{PerPage: 100}
	for range maxPages {
		items, resp, err := page(opts)
		if err != nil {
			return nil, explain(doing, err)
		}
		all = append(all, items...)
		if resp.NextPage <= opts.Page { // 0 on the last page; never backwards
			return all, nil
		}
		opts.Page = resp.NextPage
	}
	return nil, fmt.Errorf("%s: more than %d entries", doing, maxPages*opts.PerPage)
}

var repositoryPattern = regexp.MustCompile(`^([A-Za-z0-9_.-]{1,100})/([A-Za-z0-9_.-]{1,100})$`)

// splitRepository takes owner/name apart.
func splitRepository(s string) (owner, name string, err error) {
	m := repositoryPattern.FindStringSubmatch(s)
	if m == nil || strings.Trim(m[1], ".") == "" || strings.Trim(m[2], ".") == "" {
		return "", "", fmt.Errorf("the repository %q is not of the form owner/name", s)
	}
	return m[1], m[2], nil
}

// serviceURL parses the URL of an API. A token must not travel in the clear.
func serviceURL(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	switch {
	case err != nil:
		return nil, fmt.Errorf("the API's URL: %w", err)
	case u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, fmt.Errorf("the API's URL %q is not of the form https://host/path", u.Redacted())
	case u.Scheme != "https" && !(u.Scheme == "http" && loopback(u.Hostname())):
		return nil, fmt.Errorf("the API's URL %q is not https", u)
	}
	return u, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// sameHost follows redirects, as those of a renamed repository, within a host
// and with the same method.
func sameHost(req *http.Request, via []*http.Request) error {
	if len(via) >= 5 {
		return errors.New("more than 5 redirects")
	}
	if first := via[0].URL; req.URL.Host != first.Host || req.URL.Scheme != first.Scheme {
		return fmt.Errorf("a redirect to another host, %s", req.URL.Host)
	}
	if req.Method != via[0].Method { // net/http makes a GET of a POST after 301
		return fmt.Errorf("a redirect that makes a %s of a %s", req.Method, via[0].Method)
	}
	return nil
}

// APIError is an answer of the service that refuses what was asked.
type APIError struct {
	Doing   string // what was being done
	Status  int    // of HTTP; 200 for an error of GraphQL
	Message string // the service's words
	Needs   string // permissions that would do, such as contents=write; may be empty
}

func (e *APIError) Error() string {
	s := e.Doing + ": " + e.Message
	if e.Status != http.StatusOK {
		s = fmt.Sprintf("%s: %d %s: %s", e.Doing, e.Status, http.StatusText(e.Status), e.Message)
	}
	if e.Needs != "" && e.Status == http.StatusForbidden {
		s += " (the token needs " + e.Needs + ")"
	}
	return s
}

// Is makes errors.Is(err, ErrNotFound) true for 404.
func (e *APIError) Is(target error) bool {
	return target == ErrNotFound && e.Status == http.StatusNotFound
}

// explain turns an error of go-github into one that says what was being done.
func explain(doing string, err error) error {
	var answer *github.ErrorResponse
	var limit *RateLimitError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &limit): // without the URL around it
		return fmt.Errorf("%s: %w", doing, limit)
	case !errors.As(err, &answer) || answer.Response == nil:
		return fmt.Errorf("%s: %w", doing, err)
	}
	said := answer.Message
	for _, e := range answer.Errors {
		said += fmt.Sprintf("; %s %s %s", e.Field, e.Code, e.Message)
	}
	return &APIError{
		Doing:   doing,
		Status:  answer.Response.StatusCode,
		Message: shorten(said),
		Needs:   shorten(answer.Response.Header.Get("X-Accepted-Github-Permissions")),
	}
}

// shorten makes what a service says one line, without what a terminal obeys.
func shorten(s string) string { return git.Clean(s, 500) }

// send makes a request with a JSON body.
func (g *GitHub) send(ctx context.Context, method, url string, body, into any) error {
	req, err := g.client.NewRequest(method, url, body)
	if err != nil {
		return err
	}
	_, err = g.client.Do(ctx, req, into)
	return err
}
