package site

import (
	"bytes"
	"errors"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/archive"
)

// TestServed: a server hands out the files that Build writes, all of them, byte
// for byte, whichever is asked for first.
func TestServed(t *testing.T) {
	plain, listed := fixture(t), fixture(t)
	listed.Site.BaseURL = "https://lab.example.org/"
	past, history := manyScores(t, 4, 3)
	for name, test := range map[string]struct {
		a    *archive.Archive
		opts Options
	}{
		"fixture":   {plain, Options{Reload: "/-/reload.js"}},
		"addresses": {listed, Options{Commit: strings.Repeat("c", 40)}},
		"history":   {past, Options{History: history}},
		"states":    {plain, Options{History: replayed(plain)}},
		"no scores": {past, Options{NoScores: true}},
	} {
		t.Run(name, func(t *testing.T) {
			test.opts.Out = filepath.Join(t.TempDir(), "out")
			report, err := Build(test.a, test.opts)
			if err != nil {
				t.Fatal(err)
			}
			s, err := Open(test.a, test.opts)
			if err != nil {
				t.Fatal(err)
			}
			wanted := 0
			err = filepath.WalkDir(test.opts.Out, func(name string, d fs.DirEntry, err error) error {
				if err != nil || d.IsDir() || d.Name() == marker {
					return err
				}
				wanted++
				want, err := os.ReadFile(name)
				if err != nil {
					return err
				}
				at, err := filepath.Rel(test.opts.Out, name)
				if err != nil {
					return err
				}
				got, err := s.File(filepath.ToSlash(at))
				if err != nil {
					t.Errorf("%s: %v", at, err)
				} else if !bytes.Equal(got, want) {
					t.Errorf("%s differs", at)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			places, err := s.Places()
			if err != nil {
				t.Fatal(err)
			}
			if len(places) != wanted || report.Files != wanted {
				t.Errorf("%d places, %d files, %d reported", len(places), wanted, report.Files)
			}
			// Each by itself too: no page may lean on one before it.
			for _, at := range []string{"index.html", "sitemap.xml", dataRoot + "sha256sums", "vision/relations/index.html", "vision/history/index.html"} {
				alone, err := Open(test.a, test.opts)
				if err != nil {
					t.Fatal(err)
				}
				want, errWant := s.File(at)
				got, err := alone.File(at)
				if (err == nil) != (errWant == nil) || !bytes.Equal(got, want) {
					t.Errorf("%s alone: %v, among all: %v", at, err, errWant)
				}
			}
			if _, err := s.File("../" + marker); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("a place that is none: %v", err)
			}
		})
	}
}

func TestServeHTTP(t *testing.T) {
	s, err := Open(fixture(t), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		path   string
		status int
		kind   string // Content-Type, or where to
	}{
		{"/", http.StatusOK, "text/html; charset=utf-8"},
		{"/vision/", http.StatusOK, "text/html; charset=utf-8"},
		{"/vision/index.html", http.StatusOK, "text/html; charset=utf-8"},
		{"/vision/leaderboard.json", http.StatusOK, "application/json"},
		{"/vision", http.StatusMovedPermanently, "/vision/"},
		{"/models/m0", http.StatusMovedPermanently, "/models/m0/"},
		{"//vision", http.StatusNotFound, ""},
		{"/nowhere", http.StatusNotFound, ""},
		{"/vision/../index.html", http.StatusNotFound, ""},
	} {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://localhost"+test.path, nil))
		got := w.Header().Get("Content-Type")
		switch w.Code {
		case http.StatusMovedPermanently:
			got = w.Header().Get("Location")
		case http.StatusNotFound:
			got = ""
		}
		if w.Code != test.status || got != test.kind {
			t.Errorf("%s: %d %q, want %d %q", test.path, w.Code, got, test.status, test.kind)
		}
	}
}
