package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestSecurityTable wants a test for every threat in docs/security.md, and every
// test that is named to exist.
func TestSecurityTable(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(repository, "docs/security.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, table, found := strings.Cut(string(data), "| threat |")
	if !found {
		t.Fatal("there is no table of threats")
	}
	table, _, _ = strings.Cut(table, "\n\n")
	name := regexp.MustCompile("`([a-z/]+)\\.((?:Test|Fuzz)\\w+)`|`([a-z/_]+\\.txtar)`")
	threats := 0
	for _, row := range strings.Split(table, "\n")[2:] {
		cells := strings.Split(strings.Trim(row, "|"), "|")
		threats++
		if len(cells) != 3 || !name.MatchString(cells[2]) {
			t.Errorf("no test for: %s", row)
			continue
		}
		if rest := strings.Trim(name.ReplaceAllString(cells[2], ""), ", "); rest != "" {
			t.Errorf("%q is no test: %s", rest, row)
		}
		for _, m := range name.FindAllStringSubmatch(cells[2], -1) {
			if m[3] != "" {
				if _, err := os.Stat(filepath.Join(repository, filepath.FromSlash(m[3]))); err != nil {
					t.Errorf("%s: %v", m[3], err)
				}
			} else if !hasTest(t, m[1], m[2]) {
				t.Errorf("%s has no test %s", m[1], m[2])
			}
		}
	}
	if threats < 20 {
		t.Errorf("%d threats", threats)
	}
}

// hasTest reports whether a package has the test.
func hasTest(t *testing.T, dir, test string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(repository, filepath.FromSlash(dir), "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(data), "\nfunc "+test+"(") {
			return true
		}
	}
	return false
}
