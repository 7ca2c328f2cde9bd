package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/site"
)

// TestServe serves an archive, changes it, and waits until the page says so.
func TestServe(t *testing.T) {
	root := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		// At once: serve looks whenever it likes, and must not find half a file.
		if err := archive.WriteFile(filepath.Join(root, name), []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	write("submissions/README.md", "nobody yet\n")
	write("site.yaml", "title: Before\n")

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	out, in := io.Pipe()
	code := make(chan int, 1)
	refused := make(chan struct{})
	errOut := &output{word: regexp.MustCompile(`site\.yaml:2: `), seen: func(string) { close(refused) }}
	go func() {
		code <- run(ctx, []string{"-C", root, "serve", "--addr", "127.0.0.1:0"}, strings.NewReader(""), in, errOut)
		in.Close()
	}()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("no address: %v", err)
	}
	address := strings.TrimSpace(line)
	get := func(path string) *http.Response {
		t.Helper()
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, address+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { res.Body.Close() })
		return res
	}
	read := func(path string) string {
		t.Helper()
		data, err := io.ReadAll(get(path).Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	page := read("")
	for _, want := range []string{"<title>Before</title>", `src="/-/reload.js"`, "connect-src &#39;self&#39;"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %s", want)
		}
	}
	if js := read("-/reload.js"); !strings.Contains(js, "EventSource") {
		t.Errorf("reload.js: %q", js)
	}
	events := bufio.NewScanner(get("-/changes").Body)
	next := func() string {
		t.Helper()
		for events.Scan() {
			if data, ok := strings.CutPrefix(events.Text(), "data: "); ok {
				return data
			}
		}
		t.Fatalf("the stream ended: %v", events.Err())
		return ""
	}
	first := next()
	write("site.yaml", "title: Before\ntitle: Twice\n") // a mistake is reported, and the last good site stays
	<-refused
	if page := read(""); !strings.Contains(page, "<title>Before</title>") {
		t.Error("the last good site did not stay")
	}
	write("site.yaml", "title: After\n")
	if second := next(); second == first {
		t.Errorf("builds %s, %s", first, second)
	}
	if page := read(""); !strings.Contains(page, "<title>After</title>") {
		t.Error("the page is not the one after the change")
	}
	cancel()
	if got := <-code; got != exitOK {
		t.Errorf("exit code %d after the end of the context", got)
	}
}

// TestServeHost: the site is there under the names of this machine and no other.
func TestServeHost(t *testing.T) {
	s, err := site.Open(&archive.Archive{Root: t.TempDir(), Site: archive.Site{Title: "private"}}, site.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var shown atomic.Pointer[site.Site]
	shown.Store(s)
	h := handler(&shown, newAnnouncer())
	for host, want := range map[string]int{
		"127.0.0.1:8000": http.StatusOK, "localhost:8000": http.StatusOK, "localhost": http.StatusOK, "[::1]:8000": http.StatusOK, "[::1]": http.StatusOK,
		"evil.example.org": http.StatusMisdirectedRequest, "evil.example.org:8000": http.StatusMisdirectedRequest, "192.168.0.1:8000": http.StatusMisdirectedRequest,
		"localhost.example.org": http.StatusMisdirectedRequest, "": http.StatusMisdirectedRequest,
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Host = host
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != want || strings.Contains(w.Body.String(), "private") != (want == http.StatusOK) {
			t.Errorf("Host %q: %d %q, want %d", host, w.Code, w.Body, want)
		}
	}
}
