// Command lighthouse prints what Lighthouse says of the main pages of this
// repository's site, on a desktop and on a phone, and fails below 95 of 100:
//
//	cd tools/browser/lighthouse && npm ci --ignore-scripts
//	go -C tools/browser run ./lighthouse             # or of the pages that are named
//
// Below each page stand the audits that it fails and that count. It is for a
// machine without other work: one of the four numbers is speed.
package main

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

var pages = []string{"index.html", "vision/index.html", "models/resnet50/index.html", "benchmarks/Cowley2026.V4-pls/index.html", "vision/compare/index.html"}

var categories = []string{"performance", "accessibility", "best-practices", "seo"}

const enough = .95

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "lighthouse:", err)
		os.Exit(1)
	}
}

func run() error {
	work, err := os.MkdirTemp("", "bsgen-lighthouse-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	site := filepath.Join(work, "site")
	c := exec.Command("go", "run", "./cmd/bsgen", "build", "--out", site)
	c.Dir = "../.."
	if said, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("bsgen build: %w\n%s", err, said)
	}
	server := httptest.NewServer(compressed(site))
	defer server.Close()
	pages := pages
	if len(os.Args) > 1 {
		pages = os.Args[1:]
	}
	var low error
	for _, device := range []string{"desktop", "phone"} {
		for _, at := range pages {
			r, err := look(server.URL+"/"+strings.TrimSuffix(at, "index.html"), device, work)
			if err != nil {
				return err
			}
			fmt.Printf("%-8s %-50s", device, at)
			for _, name := range categories {
				score := r.Categories[name].Score
				fmt.Printf(" %s %.0f", name, 100*score)
				if score < enough {
					low = errors.New("a page is below 95")
				}
			}
			fmt.Println()
			for _, f := range r.failed() {
				fmt.Println("  ", f)
			}
		}
	}
	return low
}

// report is what is read of Lighthouse's report. Scores are from 0 to 1.
type report struct {
	Categories map[string]struct {
		Score     float64
		AuditRefs []struct {
			ID     string
			Weight float64
		}
	}
	Audits map[string]struct {
		Title        string
		Score        *float64 // nil where the audit has none
		DisplayValue string
	}
}

// failed lists the audits with a weight that are below 0.9.
func (r *report) failed() []string {
	var out []string
	for _, name := range categories {
		for _, ref := range r.Categories[name].AuditRefs {
			a := r.Audits[ref.ID]
			if ref.Weight > 0 && a.Score != nil && *a.Score < .9 {
				out = append(out, strings.TrimSpace(fmt.Sprintf("%s: %.2f %s %s", ref.ID, *a.Score, a.Title, a.DisplayValue)))
			}
		}
	}
	return out
}

// look runs Lighthouse on a page.
func look(url, device, work string) (*report, error) {
	file := filepath.Join(work, "report.json")
	args := []string{"node_modules/lighthouse/cli/index.js", url, "--quiet", "--output=json", "--output-path=" + file,
		"--chrome-flags=--headless=new --no-sandbox --disable-dev-shm-usage"}
	if device == "desktop" {
		args = append(args, "--preset=desktop")
	}
	c := exec.Command("node", args...)
	c.Dir = "lighthouse"
	c.Env = append(os.Environ(), "CHROME_PATH=/usr/bin/chromium")
	if said, err := c.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%s: %w\n%s", url, err, said)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var r report
	return &r, json.Unmarshal(data, &r)
}

// compressed serves a folder as a host of static sites does.
func compressed(dir string) http.Handler {
	files := http.FileServer(http.Dir(dir))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "/assets/") {
			w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		}
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		defer z.Close()
		files.ServeHTTP(writer{w, z}, r)
	})
}

// writer compresses what is written.
type writer struct {
	http.ResponseWriter
	z *gzip.Writer
}

func (w writer) Write(p []byte) (int, error) { return w.z.Write(p) }

func (w writer) WriteHeader(status int) {
	w.Header().Del("Content-Length")
	w.ResponseWriter.WriteHeader(status)
}
