package browser

import (
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/bench/generated"
)

// names are what strangers may call their models and benchmarks.
var names = []string{
	`</script><script>alert(1)</script>`,
	`" onmouseover="alert(1)`,
	"' onfocus='alert(1)' autofocus x='",
	"\u202eשלום עולם \u2066\U0001f9e0\u200d\U0001f468\u200d\U0001f469\u200d\U0001f467",
	strings.Repeat("long ", 60),
	strings.Repeat("W", 300),
	`{{.Title}} <b>&amp; ${alert(1)} ` + "`",
	`<img src=x onerror=alert(1)>`,
	`javascript:alert(1)`,
	`]]><svg onload=alert(1)>`,
}

// text is Markdown that should do nothing.
const text = `# <script>alert(1)</script>

[a](javascript:alert(1)) [b](JaVaScRiPt:alert(1)) [c](data:text/html,<script>alert(1)</script>) <javascript:alert(1)>
[d]( javascript:alert(1)) [e]: javascript:alert(1) ![f](x"onerror="alert(1))

<script>alert(1)</script><img src=x onerror=alert(1)><a href="javascript:alert(1)">x</a>

## How it is scored <svg/onload=alert(1)>

| a | b |
|---|---|
| ` + "`</script><script>alert(1)</script>`" + ` | <iframe srcdoc="<script>alert(1)</script>"> |

AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
`

// hostile writes an archive with all of this: names, Markdown, an id as long as
// one may be and one that is too long, a benchmark of values that are undefined,
// a board without anything on it.
func hostile(root string) error {
	if err := generated.Write(root, generated.Options{Models: len(names), Benchmarks: 24, Replicates: 40}); err != nil {
		return err
	}
	edit := func(name, old, new string) error {
		full := filepath.Join(root, filepath.FromSlash(name))
		data, err := os.ReadFile(full)
		if err != nil {
			return err
		}
		if !strings.Contains(string(data), old) {
			return fmt.Errorf("%s has no %q", name, old)
		}
		return os.WriteFile(full, []byte(strings.Replace(string(data), old, new, 1)), 0o644)
	}
	write := func(name, data string) error {
		full := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			return err
		}
		return os.WriteFile(full, []byte(data), 0o644)
	}
	for i, n := range names {
		model, bench := "submissions/"+generated.ModelID(i)+"/model.yaml", "benchmarks/"+generated.BenchmarkID(i)
		quoted := strconv.Quote(n)
		for _, step := range []error{
			edit(model, "\nname: ", "\nname: "+quoted+" # "),
			edit(model, "\nsummary: ", "\nsummary: "+quoted+" # "),
			edit(model, "  family: ", "  family: "+quoted+" # "),
			edit(bench+"/benchmark.yaml", "\ntitle: ", "\ntitle: "+quoted+" # "),
			edit(bench+"/benchmark.yaml", "\nsummary: ", "\nsummary: "+quoted+" # "),
			edit(bench+"/benchmark.yaml", "\nshort: ", "\nshort: "+quoted+" # "),
			write(bench+"/README.md", text),
		} {
			if step != nil {
				return step
			}
		}
	}
	for _, step := range []error{
		edit("boards/generated.yaml", "title: Generated", "title: "+strconv.Quote(names[1])),
		edit("site.yaml", "title: Generated archive", "title: "+strconv.Quote(names[0])),
		write("boards/empty.yaml", "id: empty\ntitle: Empty\nsummary: Nothing.\nnodes:\n  - {id: nothing, title: Nothing}\n"),
		write("content/about.md", text),
	} {
		if step != nil {
			return step
		}
	}
	a, _, err := archive.Open(root)
	if err != nil {
		return err
	}
	long, tooLong := strings.Repeat("m", 120), strings.Repeat("m", 250)
	for _, id := range []string{long, tooLong} {
		data, err := os.ReadFile(filepath.Join(root, "submissions", generated.ModelID(0), "model.yaml"))
		if err != nil {
			return err
		}
		if err := write("submissions/"+id+"/model.yaml", strings.Replace(string(data), generated.ModelID(0), id, 1)); err != nil {
			return err
		}
	}
	undefined := generated.BenchmarkID(3)
	for _, m := range a.Models {
		for i := range a.Results[m.ID] {
			r := a.Results[m.ID][i]
			s, err := a.Sidecar(&r)
			if err != nil {
				return err
			}
			switch {
			case m.ID == generated.ModelID(0):
				r.Model = long
			case r.Benchmark == undefined && r.Status == archive.Scored:
				nan := archive.Number(math.NaN())
				r.Raw, r.Score, r.Unclipped, r.Interval.Low, r.Interval.High = nan, nan, nan, nan, nan
				s = &archive.Sidecar{}
				r.Warnings = names
			default:
				continue
			}
			if err := a.WriteResult(&r, s); err != nil {
				return err
			}
		}
	}
	return nil
}

// Sites of archives at their limits.
var (
	hostileSite = made("hostile", hostile)
	singleSite  = made("single", func(root string) error {
		return generated.Write(root, generated.Options{Models: 1, Benchmarks: 20, Replicates: 40})
	})
	manySite = made("many", func(root string) error {
		return generated.Write(root, generated.Options{Models: 2000, Benchmarks: 1, Replicates: 20})
	}, "--scores=false")
	// largeSite has as many rows and columns as the largest board that the budgets
	// are for: twenty groups of one benchmark each.
	largeSite = made("large", func(root string) error {
		return generated.Write(root, generated.Options{Models: 600, Benchmarks: len(generated.Groups()), Replicates: 10})
	}, "--scores=false")
)

// made returns a site that is built when it is first asked for.
func made(name string, write func(root string) error, flags ...string) func() (*built, error) {
	return sync.OnceValues(func() (*built, error) {
		root := filepath.Join(scratch, name+"-archive")
		if err := write(root); err != nil {
			return nil, err
		}
		return build(root, name, flags...)
	})
}

// few returns some HTML files of a site: all but those of which there are many,
// n of each of these.
func few(t *testing.T, s *built, n int) []string {
	t.Helper()
	var out []string
	count := map[string]int{}
	err := fs.WalkDir(os.DirFS(s.dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(name, ".html") {
			kind := name
			for _, many := range []string{"models/", "benchmarks/", "scores/", "generated/relations/"} {
				if strings.HasPrefix(name, many) && name != many+"index.html" {
					kind = many
				}
			}
			if count[kind]++; count[kind] <= n {
				out = append(out, name)
			}
		}
		return err
	})
	must(t, err)
	return out
}

// TestHostile: no page runs what a stranger wrote, and none falls apart.
func TestHostile(t *testing.T) {
	for _, c := range []struct {
		name  string
		site  func() (*built, error)
		pages int // of each kind
	}{
		{"names and texts", hostileSite, 14},
		{"one model", singleSite, 2},
		{"two thousand models", manySite, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := need(t, c.site)
			tab := open(t, "about:blank", View{Width: 320})
			pages := few(t, s, c.pages)
			if len(pages) < 15 {
				t.Errorf("only %d pages: %v", len(pages), pages)
			}
			for _, at := range pages {
				must(t, tab.Open(s.url+at))
				t.Run(at, func(t *testing.T) {
					checkQuiet(t, s, tab) // the page's policy would refuse a script, and say so
					checkFits(t, tab)
					if bad := eval[[]string](t, tab, `[...document.querySelectorAll("*")].filter(e =>
						[...e.attributes].some(a => a.name.startsWith("on") || /^(href|src|action|srcdoc)$/.test(a.name) && /^\s*(javascript|data:text|vbscript):/i.test(a.value)) ||
						e.tagName === "SCRIPT" && !e.src && e.type !== "application/json" && e.type !== "application/ld+json" ||
						e.tagName === "IFRAME").map(e => e.outerHTML.slice(0, 100))`); len(bad) > 0 {
						t.Errorf("%d elements that a stranger wrote, such as %s", len(bad), bad[0])
					}
				})
			}
		})
	}
}
