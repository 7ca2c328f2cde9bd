package tools

import (
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// decodeStrict reads a YAML file and refuses keys that are unknown or stand
// twice.
func decodeStrict(t *testing.T, name string, v any) {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.UnmarshalStrict(data, v); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// issueForm is a form as GitHub documents it in "Syntax for issue forms" and
// "Syntax for GitHub's form schema".
type issueForm struct {
	Name, Description, Title string
	Labels                   []string
	Body                     []struct {
		Type       string
		ID         string
		Attributes struct {
			Label, Description, Placeholder, Value, Render string
			Options                                        []any // texts, or for checkboxes maps
		}
		Validations struct{ Required bool }
	}
}

// TestIssueForms checks what GitHub would refuse a form for: it shows the form
// then as if there were none.
func TestIssueForms(t *testing.T) {
	names, err := filepath.Glob("../.github/ISSUE_TEMPLATE/*.yml")
	if err != nil || len(names) < 4 {
		t.Fatalf("%d files: %v", len(names), err)
	}
	id := regexp.MustCompile(`^[A-Za-z0-9_-]+$`)
	for _, name := range names {
		if path.Base(name) == "config.yml" {
			continue
		}
		t.Run(path.Base(name), func(t *testing.T) {
			var f issueForm
			decodeStrict(t, name, &f)
			if f.Name == "" || f.Description == "" {
				t.Error("name or description is missing")
			}
			asks := 0
			ids, labels := map[string]bool{}, map[string]bool{}
			for i, e := range f.Body {
				a := e.Attributes
				if e.Type == "markdown" {
					if a.Value == "" || e.ID != "" {
						t.Errorf("element %d: markdown has a value and no id", i)
					}
					continue
				}
				asks++
				if a.Label == "" || labels[a.Label] {
					t.Errorf("element %d: label %q is missing or stands twice", i, a.Label)
				}
				labels[a.Label] = true
				if !id.MatchString(e.ID) || ids[e.ID] {
					t.Errorf("element %d: id %q is not allowed or stands twice", i, e.ID)
				}
				ids[e.ID] = true
				switch e.Type {
				case "input", "textarea":
					if len(a.Options) > 0 || e.Type == "input" && a.Render != "" {
						t.Errorf("%s: attributes of another type", e.ID)
					}
				case "dropdown":
					seen := map[string]bool{}
					for _, o := range a.Options {
						s, ok := o.(string)
						if !ok || seen[s] || strings.EqualFold(s, "none") { // GitHub adds a None of its own
							t.Errorf("%s: option %v is no text, stands twice or is reserved", e.ID, o)
						}
						seen[s] = true
					}
					if len(a.Options) < 2 {
						t.Errorf("%s: nothing to choose from", e.ID)
					}
				case "checkboxes":
					for _, o := range a.Options {
						m, ok := o.(map[string]any)
						if label, _ := m["label"].(string); !ok || label == "" {
							t.Errorf("%s: option %v has no label", e.ID, o)
						}
					}
				default:
					t.Errorf("element %d has the unknown type %q", i, e.Type)
				}
			}
			if asks == 0 {
				t.Error("the form asks nothing")
			}
		})
	}
}

// TestIssueChooser checks config.yml beside the forms.
func TestIssueChooser(t *testing.T) {
	var config struct {
		Blank *bool                               `json:"blank_issues_enabled"`
		Links []struct{ Name, URL, About string } `json:"contact_links"`
	}
	decodeStrict(t, "../.github/ISSUE_TEMPLATE/config.yml", &config)
	if config.Blank == nil || *config.Blank {
		t.Error("an issue can be opened beside the forms")
	}
	for _, l := range config.Links {
		u, err := url.Parse(l.URL)
		if err != nil || u.Scheme != "https" || u.Host == "" || l.Name == "" || l.About == "" {
			t.Errorf("contact link %+v", l)
		}
	}
}

// TestDependabot checks that updates are proposed for all that is pinned: the
// actions, and each module and package of this repository.
func TestDependabot(t *testing.T) {
	type groups map[string]struct{ Patterns []string }
	var config struct {
		Version int
		Updates []struct {
			Ecosystem   string `json:"package-ecosystem"`
			Directory   string
			Directories []string
			Schedule    struct{ Interval string }
			Cooldown    struct {
				Days int `json:"default-days"`
			}
			Groups groups
		}
	}
	decodeStrict(t, "../.github/dependabot.yml", &config)
	if config.Version != 2 {
		t.Errorf("version %d", config.Version)
	}
	covered := map[string][]string{}
	for _, u := range config.Updates {
		if (u.Directory == "") == (len(u.Directories) == 0) {
			t.Errorf("%s: one of directory and directories", u.Ecosystem)
		}
		if !slices.Contains([]string{"daily", "weekly", "monthly"}, u.Schedule.Interval) {
			t.Errorf("%s: interval %q", u.Ecosystem, u.Schedule.Interval)
		}
		if u.Cooldown.Days < 1 {
			t.Errorf("%s: a release is taken on its first day", u.Ecosystem)
		}
		dirs := u.Directories
		if u.Directory != "" {
			dirs = append(dirs, u.Directory)
		}
		covered[u.Ecosystem] = append(covered[u.Ecosystem], dirs...)
	}
	want := map[string][]string{"github-actions": {"/"}}
	err := filepath.WalkDir("..", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == "testdata" || d.Name() == ".git") {
			return filepath.SkipDir
		}
		if ecosystem := map[string]string{"go.mod": "gomod", "package.json": "npm"}[d.Name()]; ecosystem != "" {
			dir := strings.TrimPrefix(filepath.ToSlash(filepath.Dir(name)), "..")
			want[ecosystem] = append(want[ecosystem], path.Join("/", dir))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for ecosystem, dirs := range want {
		for _, dir := range dirs {
			if !slices.Contains(covered[ecosystem], dir) {
				t.Errorf("no updates of %s in %s", ecosystem, dir)
			}
		}
	}
}

// TestCodeOwners checks that everything has an owner but what submitters and
// writers of prose change, and that owners are written as GitHub does.
func TestCodeOwners(t *testing.T) {
	data, err := os.ReadFile("../.github/CODEOWNERS")
	if err != nil {
		t.Fatal(err)
	}
	owner := regexp.MustCompile(`^@[A-Za-z0-9][A-Za-z0-9-]*(/[A-Za-z0-9_-]+)?$`)
	var lines [][]string
	for line := range strings.Lines(string(data)) {
		line, _, _ = strings.Cut(line, "#")
		if fields := strings.Fields(line); len(fields) > 0 {
			lines = append(lines, fields)
		}
	}
	if len(lines) == 0 || lines[0][0] != "*" || len(lines[0]) < 2 {
		t.Fatal("not everything has an owner")
	}
	var free []string
	for _, l := range lines[1:] {
		if _, err := os.Stat(".." + l[0]); err != nil || !strings.HasPrefix(l[0], "/") || !strings.HasSuffix(l[0], "/") {
			t.Errorf("%s is no folder here: %v", l[0], err)
		}
		if len(l) == 1 {
			free = append(free, l[0])
		}
	}
	for _, l := range lines {
		if slices.ContainsFunc(l[1:], func(s string) bool { return !owner.MatchString(s) }) {
			t.Errorf("%q: owners are @user or @organisation/team", l)
		}
	}
	if want := []string{"/submissions/", "/content/", "/docs/"}; !slices.Equal(free, want) {
		t.Errorf("nobody in particular has to approve changes of %q, want %q", free, want)
	}
}
