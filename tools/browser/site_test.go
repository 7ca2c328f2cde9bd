package browser

import (
	"bytes"
	"compress/gzip"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// browser is the one Chromium of all tests; nil where there is none.
var browser *Browser

// scratch is a folder for sites.
var scratch string

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(func() int {
		var err error
		if scratch, err = os.MkdirTemp("", "bsgen-browser-*"); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(scratch)
		if browser, err = Start(); errors.Is(err, ErrNone) {
			fmt.Println("the site is not looked at:", err)
		} else if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		} else {
			defer browser.Close()
		}
		return m.Run()
	}())
}

// built is a site in a folder, served.
type built struct {
	dir string
	url string // ends in a slash
}

// bsgen builds the program, once.
var bsgen = sync.OnceValues(func() (string, error) {
	program := filepath.Join(scratch, "bsgen")
	c := exec.Command("go", "build", "-o", program, "./cmd/bsgen")
	c.Dir = "../.."
	if out, err := c.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return program, nil
})

// build renders the archive in a folder by the program, as a user would, with
// every link followed.
func build(root, name string, flags ...string) (*built, error) {
	program, err := bsgen()
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(scratch, name)
	if out, err := exec.Command(program, append([]string{"-C", root, "build", "--out", dir, "--check"}, flags...)...).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build the site of %s: %w\n%s", name, err, out)
	}
	return &built{dir, httptest.NewServer(files(dir)).URL + "/"}, nil
}

// files serves a folder by the names of its files, which is what links say:
// [http.FileServer] would send a browser from index.html to the folder.
func files(dir string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := filepath.Join(dir, filepath.FromSlash(path.Clean("/"+r.URL.Path)))
		f, err := os.Open(name)
		if err != nil {
			http.NotFound(w, r)
			return
		}
		defer f.Close()
		http.ServeContent(w, r, name, time.Time{}, f)
	})
}

// realSite is the site of this repository.
var realSite = sync.OnceValues(func() (*built, error) { return build("../..", "real") })

// need returns a site, and skips the test where there is no Chromium.
func need(t *testing.T, site func() (*built, error)) *built {
	t.Helper()
	if browser == nil {
		t.Skip(ErrNone)
	}
	s, err := site()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// open opens a page of a site in a tab that the test closes.
func open(t *testing.T, url string, v View) *Tab {
	t.Helper()
	tab, err := browser.Tab(v)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tab.Close)
	if err := tab.Open(url); err != nil {
		t.Fatal(err)
	}
	return tab
}

// eval is [Eval] that ends the test where it fails.
func eval[T any](t *testing.T, tab *Tab, js string) T {
	t.Helper()
	v, err := Eval[T](tab, js)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// must ends the test at an error.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// checkQuiet reports what went wrong on the page, and requests to elsewhere.
func checkQuiet(t *testing.T, s *built, tab *Tab) {
	t.Helper()
	for _, f := range tab.Faults() {
		t.Error(f)
	}
	for _, r := range tab.Requests() {
		if !strings.HasPrefix(r, s.url) {
			t.Errorf("a request to elsewhere: %s", r)
		}
	}
}

// checkFits reports a page that has to be scrolled sideways, with the elements
// that stick out.
func checkFits(t *testing.T, tab *Tab) {
	t.Helper()
	out := eval[[]string](t, tab, `(() => {
		const width = document.documentElement.clientWidth;
		if (document.documentElement.scrollWidth <= width) return [];
		const wide = [...document.querySelectorAll("body *")].filter(e => {
			if (e.getBoundingClientRect().right <= width + 1) return false;
			for (let p = e.parentElement; p; p = p.parentElement) if (getComputedStyle(p).overflowX !== "visible") return false;
			return true;
		});
		return ["scrolls to " + document.documentElement.scrollWidth + " of " + width + " px",
			...wide.slice(0, 5).map(e => e.tagName + "." + e.className + " " + e.textContent.trim().slice(0, 40))];
	})()`)
	if len(out) > 0 {
		t.Errorf("the page is too wide: %s", strings.Join(out, "; "))
	}
}

// weigh returns the compressed size in bytes of what a page loads at first, in
// all and of its scripts. What draws charts is left out: it is loaded when one
// comes near the screen.
func weigh(t *testing.T, s *built, tab *Tab) (all, scripts int) {
	t.Helper()
	for _, r := range tab.Requests() {
		u, err := url.Parse(r)
		must(t, err)
		if strings.Contains(u.Path, "/echarts.") {
			continue
		}
		data, err := os.ReadFile(filepath.Join(s.dir, filepath.FromSlash(u.Path)))
		must(t, err)
		var buf bytes.Buffer
		z := gzip.NewWriter(&buf) // as web servers do by default
		z.Write(data)
		must(t, z.Close())
		all += buf.Len()
		if path.Ext(u.Path) == ".js" {
			scripts += buf.Len()
		}
	}
	return all, scripts
}
