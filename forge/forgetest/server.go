// Package forgetest simulates the parts of GitHub that bsgen uses, over a real
// bare git repository: a commit by the API moves a branch that git then
// fetches. Its answers hold the fields that bsgen reads, after GitHub's
// documentation; none was recorded. tools/contract holds the requests that reach
// it against GitHub's own descriptions of its APIs.
//
// It is laid out like GitHub Enterprise: REST below /api/v3, GraphQL at
// /api/graphql, git at /owner/name.git.
package forgetest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// Options of a [Server]; the zero value will do.
type Options struct {
	Repository string // owner/name; lab/board if empty
	Dir        string // folder to keep the git repository in; a temporary one if empty
	Token      string // the one that may write; "token" if empty
	Bot        string // login of the token's owner; github-actions[bot] if empty
	Unsigned   bool   // commits by the API come without a signature

	// Hook sees each request of the APIs before it is answered, with the path that
	// api.github.com would have: /repos/..., /graphql. An error is answered with
	// status 400 and reported by [Server.Err]. Requests wait for it, so of the
	// server it may call Commit, Head, File, PullHead and MoveHead alone.
	Hook func(r *http.Request, body []byte) error
}

// Server is the simulated service with one repository.
type Server struct {
	Options
	URL string // http://127.0.0.1:port
	Git string // folder of the bare repository

	http    *httptest.Server
	mux     *http.ServeMux
	backend http.Handler
	remove  string // temporary folder

	commits atomic.Int64 // how many were made

	mu       sync.Mutex // of all below
	requests []Request
	err      error
	faults   []*Fault
	fixed    map[string][]byte // JSON by path
	pulls    map[int]*Pull
	issues   map[int]*Issue
	comments []*comment
	checks   []*CheckRun
	last     int // number of the newest issue or pull request
	stale    int // see StaleHead
}

// Request is a request that was received.
type Request struct {
	Method, Path string // as api.github.com would have it, with the query
	Body         string
}

// New starts a server for the time of a test. What [Server.Err] has at the end
// fails the test.
func New(t testing.TB, o Options) *Server {
	t.Helper()
	if o.Dir == "" {
		o.Dir = t.TempDir()
	}
	s, err := Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.Close()
		if err := s.Err(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// Start starts a server whose branch main holds one commit with a README.
func Start(o Options) (*Server, error) {
	if o.Repository == "" {
		o.Repository = "lab/board"
	}
	if o.Token == "" {
		o.Token = "token"
	}
	if o.Bot == "" {
		o.Bot = "github-actions[bot]"
	}
	s := &Server{Options: o, fixed: map[string][]byte{}, pulls: map[int]*Pull{}, issues: map[int]*Issue{}}
	if s.Dir == "" {
		dir, err := os.MkdirTemp("", "forgetest-")
		if err != nil {
			return nil, err
		}
		s.Dir, s.remove = dir, dir
	}
	s.Git = filepath.Join(s.Dir, filepath.FromSlash(o.Repository)+".git")
	if err := s.initialize(); err != nil {
		os.RemoveAll(s.remove)
		return nil, err
	}
	s.mux = http.NewServeMux()
	s.routes()
	s.http = httptest.NewServer(http.HandlerFunc(s.serve))
	s.URL = s.http.URL
	return s, nil
}

// Close stops the server.
func (s *Server) Close() {
	s.http.CloseClientConnections()
	s.http.Close()
	if s.remove != "" {
		os.RemoveAll(s.remove)
	}
}

// Env returns the variables that a workflow's step would have, as KEY=value.
func (s *Server) Env() []string {
	return []string{
		"GITHUB_ACTIONS=true", "GITHUB_REPOSITORY=" + s.Repository, "GITHUB_TOKEN=" + s.Token, "BSGEN_BOT=" + s.Bot,
		"GITHUB_SERVER_URL=" + s.URL, "GITHUB_API_URL=" + s.URL + "/api/v3", "GITHUB_GRAPHQL_URL=" + s.URL + "/api/graphql",
	}
}

// Getenv looks a variable up in [Server.Env].
func (s *Server) Getenv(key string) string {
	for _, e := range s.Env() {
		if v, ok := strings.CutPrefix(e, key+"="); ok {
			return v
		}
	}
	return ""
}

// Requests returns what the APIs were asked, in order.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Request(nil), s.requests...)
}

// Err returns the first error of the hook, or the first request for something
// that is not simulated.
func (s *Server) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// Set makes the answer to GET of a path, or with nil removes it. The path is
// relative to the repository ("rulesets"; "" is the repository itself), or to the
// API where it starts with a slash; a query in it must match.
func (s *Server) Set(path string, answer any) {
	if !strings.HasPrefix(path, "/") {
		path = strings.TrimSuffix("/repos/"+s.Repository+"/"+path, "/")
	}
	data, err := json.Marshal(answer)
	if err != nil {
		panic(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if delete(s.fixed, path); answer != nil {
		s.fixed[path] = data
	}
}

const maxRequest = 64 << 20

// serve receives all requests.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	path, ok := strings.CutPrefix(r.URL.Path, "/api/v3/")
	switch {
	case r.URL.Path == "/api/graphql":
		path = "graphql"
	case !ok:
		s.serveGit(w, r)
		return
	}
	if raw, ok := strings.CutPrefix(r.URL.RawPath, "/api/v3/"); ok {
		r.URL.RawPath = "/" + raw
	}
	r.URL.Path = "/" + path
	body, err := io.ReadAll(io.LimitReader(r.Body, maxRequest))
	if err != nil {
		return // the client has gone
	}
	r.Body = io.NopCloser(bytes.NewReader(body))

	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, Request{r.Method, r.URL.RequestURI(), string(body)})
	if s.Hook != nil {
		if err := s.Hook(r, body); err != nil {
			s.fail(w, http.StatusBadRequest, fmt.Errorf("%s %s: %w", r.Method, r.URL.Path, err))
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	f := s.fault(r)
	if f != nil && !f.Lost {
		f.answer(w)
		return
	}
	if f != nil { // done, but the client never learns of it
		s.answer(httptest.NewRecorder(), r)
		panic(http.ErrAbortHandler)
	}
	s.answer(w, r)
}

// answer does what is asked.
func (s *Server) answer(w http.ResponseWriter, r *http.Request) {
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	switch {
	case token != "" && token != s.Token:
		refuse(w, http.StatusUnauthorized, "Bad credentials")
		return
	case token == "" && r.Method != http.MethodGet:
		refuse(w, http.StatusUnauthorized, "Requires authentication")
		return
	}
	if r.Method == http.MethodGet {
		if data, ok := s.fixed[r.URL.RequestURI()]; ok {
			w.Header().Set("Content-Type", "application/json")
			w.Write(data)
			return
		}
		if data, ok := s.fixed[r.URL.Path]; ok {
			w.Header().Set("Content-Type", "application/json")
			w.Write(data)
			return
		}
	}
	s.mux.ServeHTTP(w, r)
}

// routes says what is simulated.
func (s *Server) routes() {
	at := "/repos/" + s.Repository
	s.mux.HandleFunc("GET "+at, s.getRepository)
	s.mux.HandleFunc("GET "+at+"/git/ref/heads/{branch...}", s.getRef)
	s.mux.HandleFunc("GET "+at+"/pulls", s.listPulls)
	s.mux.HandleFunc("GET "+at+"/pulls/{number}", s.getPull)
	s.mux.HandleFunc("GET "+at+"/commits/{sha}/pulls", s.listPullsOfCommit)
	s.mux.HandleFunc("GET "+at+"/issues", s.listIssues)
	s.mux.HandleFunc("POST "+at+"/issues", s.createIssue)
	s.mux.HandleFunc("PATCH "+at+"/issues/{number}", s.editIssue)
	s.mux.HandleFunc("GET "+at+"/issues/{number}/comments", s.listComments)
	s.mux.HandleFunc("POST "+at+"/issues/{number}/comments", s.createComment)
	s.mux.HandleFunc("PATCH "+at+"/issues/comments/{id}", s.editComment)
	s.mux.HandleFunc("POST "+at+"/issues/{number}/labels", s.addLabels)
	s.mux.HandleFunc("DELETE "+at+"/issues/{number}/labels/{label}", s.removeLabel)
	s.mux.HandleFunc("POST "+at+"/check-runs", s.createCheck)
	s.mux.HandleFunc("PATCH "+at+"/check-runs/{id}", s.editCheck)
	s.mux.HandleFunc("POST /graphql", s.graphql)
	s.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/repos/") && !strings.HasPrefix(r.URL.Path+"/", at+"/") {
			refuse(w, http.StatusNotFound, "Not Found") // another repository
			return
		}
		s.fail(w, http.StatusNotImplemented, fmt.Errorf("forgetest does not simulate %s %s; see Server.Set", r.Method, r.URL.Path))
	})
}

// fail answers with an error and remembers it.
func (s *Server) fail(w http.ResponseWriter, status int, err error) {
	if s.err == nil {
		s.err = err
	}
	refuse(w, status, err.Error())
}

func (s *Server) getRepository(w http.ResponseWriter, r *http.Request) {
	owner, name, _ := strings.Cut(s.Repository, "/")
	reply(w, http.StatusOK, map[string]any{
		"id": 1, "name": name, "full_name": s.Repository, "private": false, "visibility": "public", "default_branch": "main",
		"owner": user(owner),
	})
}

// serveGit serves the repository by git's own protocol; to push needs the token.
func (s *Server) serveGit(w http.ResponseWriter, r *http.Request) {
	rest, ok := strings.CutPrefix(r.URL.Path, "/"+s.Repository)
	rest = strings.TrimPrefix(rest, ".git")
	if !ok || rest != "" && rest[0] != '/' {
		http.NotFound(w, r)
		return
	}
	push := strings.HasSuffix(rest, "/git-receive-pack") || r.URL.Query().Get("service") == "git-receive-pack"
	_, password, _ := r.BasicAuth()
	if password != s.Token && (push || password != "") {
		w.Header().Set("WWW-Authenticate", `Basic realm="git"`)
		http.Error(w, "authentication is required", http.StatusUnauthorized)
		return
	}
	r.URL.Path = "/" + s.Repository + ".git" + rest
	s.backend.ServeHTTP(w, r)
}

// initialize makes the bare repository.
func (s *Server) initialize() error {
	program, err := exec.LookPath("git")
	if err != nil {
		return err
	}
	s.backend = &cgi.Handler{
		Path: program, Args: []string{"http-backend"},
		Env: []string{"GIT_PROJECT_ROOT=" + s.Dir, "GIT_HTTP_EXPORT_ALL=1", "REMOTE_USER=" + s.Bot, "GIT_CONFIG_NOSYSTEM=1", "HOME=" + s.Dir},
	}
	if out, err := exec.Command(program, "init", "-q", "--bare", "--template=", "-b", "main", s.Git).CombinedOutput(); err != nil {
		return fmt.Errorf("git init: %w: %s", err, out)
	}
	config, err := os.OpenFile(filepath.Join(s.Git, "config"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer config.Close()
	if _, err := io.WriteString(config, "[http]\n\treceivepack = true\n[uploadpack]\n\tallowFilter = true\n\tallowAnySHA1InWant = true\n[gc]\n\tauto = 0\n"); err != nil {
		return err
	}
	_, err = s.Commit("main", "start", map[string]string{"README.md": "a board\n"})
	return err
}

// reply writes an answer.
func reply(w http.ResponseWriter, status int, answer any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(answer)
}

// refuse writes an error as GitHub does.
func refuse(w http.ResponseWriter, status int, message string) {
	reply(w, status, map[string]string{"message": message, "documentation_url": "https://docs.github.com/rest"})
}

// decode reads the body of a request. Fields that the simulation does not know
// are errors, so that none is passed over.
func decode(r *http.Request, into any) error {
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if d.More() {
		return errors.New("more than one value")
	}
	return nil
}

func user(login string) map[string]any {
	kind := "User"
	if strings.HasSuffix(login, "[bot]") {
		kind = "Bot"
	}
	return map[string]any{"login": login, "type": kind}
}
