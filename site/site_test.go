package site

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/archive"
	"golang.org/x/net/html"
)

func TestBuildLinks(t *testing.T) {
	dir := build(t, fixture(t))
	problems, err := CheckLinks(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Error(p)
	}
	for _, at := range []string{"index.html", "404.html", "robots.txt", "favicon.svg", "vision/index.html", "vision/it/index.html", "vision/IT-node/index.html",
		"vision/errors/index.html", "empty/index.html", "vision/leaderboard.csv", "vision/leaderboard.json", "benchmarks/index.html", "benchmarks/c/index.html",
		"models/index.html", "models/m3/index.html", "methods/index.html", "about/index.html", "data/index.html", "data/v1/boards/vision/scores.csv", "data/v1/boards/vision/scores.json", "data/v1/results/m0/a@1.json"} {
		if _, err := os.Stat(filepath.Join(dir, at)); err != nil {
			t.Error(err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "README")); err == nil {
		t.Error("content/README.md became a page")
	}
}

// ownScript is the address of a script of the site.
var ownScript = regexp.MustCompile(`^(\.\./)*assets/[a-z]+\.[0-9a-f]{10}\.js$`)

// TestHostile looks for anything that a browser would run or load because of a
// name or text in the archive.
func TestHostile(t *testing.T) {
	dir := build(t, fixture(t))
	walkPages(t, dir, func(at string, doc *html.Node) {
		for n := range doc.Descendants() {
			if n.Type != html.ElementNode {
				continue
			}
			data := (attr(n, "type") == "application/json" || attr(n, "type") == "application/ld+json") && json.Valid([]byte(content(n)))
			if n.Data == "script" && !data && !ownScript.MatchString(attr(n, "src")) {
				t.Errorf("%s: a script that is not the site's own: %s", at, content(n))
			}
			if n.Data == "style" || n.Data == "iframe" || n.Data == "object" || n.Data == "img" && !strings.HasPrefix(attr(n, "src"), "../../badges/") {
				t.Errorf("%s: <%s>", at, n.Data)
			}
			for _, a := range n.Attr {
				if strings.HasPrefix(a.Key, "on") || a.Key == "style" {
					t.Errorf("%s: <%s> has %s=%q", at, n.Data, a.Key, a.Val)
				}
				if strings.Contains(strings.ToLower(a.Val), "javascript:") && (a.Key == "href" || a.Key == "src") {
					t.Errorf("%s: %s=%q", at, a.Key, a.Val)
				}
			}
		}
		if text := content(doc); strings.Contains(text, "NaN") || strings.Contains(text, "+Inf") || strings.Contains(text, "<nil>") || strings.Contains(text, "%!") {
			t.Errorf("%s prints a value that does not exist", at)
		}
		if n := len(all(doc, "h1", "")); n != 1 {
			t.Errorf("%s has %d main headings", at, n)
		}
	})
	css, err := filepath.Glob(filepath.Join(dir, "assets", "accent.*.css"))
	if err != nil || len(css) != 1 {
		t.Fatalf("accent: %v, %v", css, err)
	}
	if data, _ := os.ReadFile(css[0]); strings.Contains(string(data), "body") || !strings.Contains(string(data), archive.DefaultSite.Accent.Light) {
		t.Errorf("a colour that is none was written: %s", data)
	}
	// The names are there all the same, as text.
	for i, name := range hostile {
		doc := parsePage(t, dir, "models/m"+string(rune('0'+i))+"/index.html")
		if got, want := content(all(doc, "h1", "")[0]), strings.Join(strings.Fields(name), " "); got != want {
			t.Errorf("heading %q, want %q", got, want)
		}
	}
}

func walkPages(t *testing.T, dir string, visit func(at string, doc *html.Node)) {
	t.Helper()
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(name, ".html") {
			at, _ := filepath.Rel(dir, name)
			visit(at, parsePage(t, dir, at))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestHeadingsInOrder(t *testing.T) {
	walkPages(t, build(t, fixture(t)), func(at string, doc *html.Node) {
		level := 0
		for n := range doc.Descendants() {
			if n.Type != html.ElementNode || len(n.Data) != 2 || n.Data[0] != 'h' || n.Data[1] < '1' || n.Data[1] > '6' {
				continue
			}
			if next := int(n.Data[1] - '0'); next > level+1 {
				t.Errorf("%s: h%d after h%d: %s", at, next, level, content(n))
			} else {
				level = next
			}
		}
	})
}

func TestDeterministic(t *testing.T) {
	a := fixture(t)
	read := func(procs int) map[string]string {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(procs))
		files := map[string]string{}
		dir := build(t, a)
		err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := os.ReadFile(name)
			files[strings.TrimPrefix(name, dir)] = string(data)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return files
	}
	one := read(1)
	for _, procs := range []int{1, 2, 7} {
		other := read(procs)
		if len(other) != len(one) {
			t.Errorf("%d files with %d processors, %d before", len(other), procs, len(one))
		}
		for name, data := range one {
			if other[name] != data {
				t.Errorf("%s differs with %d processors", name, procs)
			}
		}
	}
}

func TestBuildReplacesOnlySites(t *testing.T) {
	a := fixture(t)
	dir := build(t, a)
	stale := filepath.Join(dir, "stale.html")
	if err := os.WriteFile(stale, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Build(a, Options{Out: dir}); err != nil {
		t.Fatalf("over an earlier site: %v", err)
	}
	if _, err := os.Stat(stale); err == nil {
		t.Error("a page of the earlier site is still there")
	}
	mine := t.TempDir()
	keep := filepath.Join(mine, "thesis.tex")
	if err := os.WriteFile(keep, []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Build(a, Options{Out: mine}); !errors.Is(err, ErrOccupied) {
		t.Errorf("a folder with other files: %v, want ErrOccupied", err)
	}
	if _, err := os.Stat(keep); err != nil {
		t.Error(err)
	}
	if _, err := Build(a, Options{Out: keep}); !errors.Is(err, ErrOccupied) {
		t.Errorf("a file: %v, want ErrOccupied", err)
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(mine), ".*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

// TestBuildOverLinks: what links in an earlier site lead to stays.
func TestBuildOverLinks(t *testing.T) {
	a := fixture(t)
	dir, other := build(t, a), t.TempDir()
	precious := filepath.Join(other, "thesis.tex")
	if err := os.WriteFile(precious, []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, link := range []string{"data/link", "link"} {
		if err := os.Symlink(other, filepath.Join(dir, link)); err != nil {
			t.Skip("symbolic links can not be made here")
		}
	}
	if _, err := Build(a, Options{Out: dir}); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(precious); err != nil {
		t.Error(err)
	}
	if exists(dir, "link") || exists(dir, "data/link") {
		t.Error("a link of the earlier site is still there")
	}
}

// TestBuildThroughLink: the site goes where a link leads, and the link stays.
func TestBuildThroughLink(t *testing.T) {
	a := fixture(t)
	dir := t.TempDir()
	link, target := filepath.Join(dir, "link"), filepath.Join(dir, "target")
	if err := os.Symlink("target", link); err != nil {
		t.Skip("symbolic links can not be made here")
	}
	if _, err := Build(a, Options{Out: link}); !errors.Is(err, ErrOccupied) {
		t.Errorf("a link that leads nowhere: %v, want ErrOccupied", err)
	}
	if err := os.Mkdir(target, 0o755); err != nil {
		t.Fatal(err)
	}
	for range 2 { // into an empty folder, and over an earlier site
		if _, err := Build(a, Options{Out: link}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(filepath.Join(target, "index.html")); err != nil {
		t.Error(err)
	}
	if to, err := os.Readlink(link); err != nil || to != "target" {
		t.Errorf("the link leads to %q, %v", to, err)
	}
}

// TestBuildFailsWhole makes a result unencodable in the middle of a build.
func TestBuildFailsWhole(t *testing.T) {
	a := fixture(t)
	dir := build(t, a)
	before, err := os.ReadFile(filepath.Join(dir, "index.html"))
	if err != nil {
		t.Fatal(err)
	}
	a.Site.Title = "Changed"
	inf := 1.0
	for range 2000 {
		inf *= 2
	}
	a.Results["m0"][0].Raw = archive.Number(inf)
	if _, err := Build(a, Options{Out: dir}); err == nil {
		t.Fatal("an infinite result was written")
	}
	if after, err := os.ReadFile(filepath.Join(dir, "index.html")); err != nil || string(after) != string(before) {
		t.Errorf("the earlier site changed: %v", err)
	}
	entries, err := os.ReadDir(filepath.Dir(dir))
	if err != nil || len(entries) != 1 {
		t.Errorf("left beside the site: %v %v", entries, err)
	}
}

func TestNames(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(a *archive.Archive)
		want   string
	}{
		{"board named like a folder of the site", func(a *archive.Archive) { a.Boards[0].ID = "Models" }, "the site's own pages"},
		{"board and page", func(a *archive.Archive) { a.Boards[1].ID = "about" }, "board about"},
		{"page with a slash", func(a *archive.Archive) { a.Content["../x"] = nil }, "../x"},
		{"model with a slash", func(a *archive.Archive) { a.Models[0].ID = "../x" }, "model: "},
		{"benchmark with dots", func(a *archive.Archive) { a.Benchmarks[0].ID = "a..b" }, "benchmark: "},
		{"node", func(a *archive.Archive) { a.Boards[0].Nodes[0].ID = "<" }, "node: "},
		{"view", func(a *archive.Archive) { a.Boards[0].Views[0].ID = "" }, "view: "},
	} {
		a := fixture(t)
		test.change(a)
		_, err := Build(a, Options{Out: filepath.Join(t.TempDir(), "out")})
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error %v, want one with %q", test.name, err, test.want)
		}
	}
}

func TestSmallArchives(t *testing.T) {
	one := fixture(t)
	one.Models = one.Models[:1]
	one.Results = map[string][]archive.Result{"m0": one.Results["m0"]}
	noViews := fixture(t)
	noViews.Boards[0].Views = nil
	for name, a := range map[string]*archive.Archive{
		"nothing":   {Root: t.TempDir(), Site: archive.DefaultSite},
		"one model": one,
		"no views":  noViews,
	} {
		dir := build(t, a)
		problems, err := CheckLinks(dir)
		if err != nil || len(problems) > 0 {
			t.Errorf("%s: %v %v", name, problems, err)
		}
	}
}

func TestPrivate(t *testing.T) {
	a := fixture(t)
	a.Site.Visibility = "private"
	dir := build(t, a)
	robots, err := os.ReadFile(filepath.Join(dir, "robots.txt"))
	if err != nil || !strings.Contains(string(robots), "Disallow: /\n") {
		t.Errorf("robots.txt: %q, %v", robots, err)
	}
	doc := parsePage(t, dir, "models/m0/index.html")
	if !slices.ContainsFunc(all(doc, "meta", ""), func(n *html.Node) bool { return attr(n, "name") == "robots" }) {
		t.Error("a private page does not ask robots to stay away")
	}
}

func TestPreview(t *testing.T) {
	const notice = "Unofficial preview of <b>"
	for _, preview := range []string{"", notice} {
		dir := filepath.Join(t.TempDir(), "site")
		if _, err := Build(fixture(t), Options{Out: dir, Preview: preview}); err != nil {
			t.Fatal(err)
		}
		for _, at := range []string{"index.html", "models/m0/index.html", "404.html"} {
			notices := all(parsePage(t, dir, at), "p", "notice")
			if got := slices.Contains(texts(notices), notice); got != (preview != "") {
				t.Errorf("%s of the preview %q says %v", at, preview, notices)
			}
		}
	}
}

func TestLostPageStartsAtTheRoot(t *testing.T) {
	a := fixture(t)
	a.Site.BaseURL = "https://example.org/lab/"
	doc := parsePage(t, build(t, a), "404.html")
	for _, n := range all(doc, "link", "") {
		if !strings.HasPrefix(attr(n, "href"), "/lab/") {
			t.Errorf("404.html loads %s", attr(n, "href"))
		}
	}
}

// TestRepository builds the site of the archive that this package lies in.
func TestRepository(t *testing.T) {
	a, _, err := archive.Open("..")
	if err != nil {
		t.Skip("this package does not lie in an archive")
	}
	problems, err := CheckLinks(build(t, a))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Error(p)
	}
}

func BenchmarkBuild(b *testing.B) {
	a, _, err := archive.Open("..")
	if err != nil {
		b.Skip("this package does not lie in an archive")
	}
	out := filepath.Join(b.TempDir(), "out")
	pages := 0
	for b.Loop() {
		r, err := Build(a, Options{Out: out})
		if err != nil {
			b.Fatal(err)
		}
		pages += r.Pages
	}
	b.ReportMetric(float64(pages)/b.Elapsed().Seconds(), "pages/s")
}

// TestMetricsHaveWords keeps the words up with the metrics of the archive.
func TestMetricsHaveWords(t *testing.T) {
	a, _, err := archive.Open("..")
	if err != nil {
		t.Skip("this package does not lie in an archive")
	}
	for _, b := range a.Benchmarks {
		if _, ok := metricWords[b.Metric.Name]; !ok && b.Published == nil {
			t.Errorf("%s: no words for the metric %s", b.ID, b.Metric.Name)
		}
	}
}
