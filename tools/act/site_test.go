package act

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSite(t *testing.T) {
	m := newMachine(t)
	repository := map[string]any{"full_name": "some-lab/board", "private": false}
	push := map[string]any{"ref": "refs/heads/main", "repository": repository}

	ok, out := m.workflow("site.yml", "push", push)
	if !ok {
		t.Fatal(out)
	}
	page, err := os.ReadFile(filepath.Join(m.pages, "index.html"))
	if err != nil || !strings.Contains(string(page), "A board") {
		t.Errorf("no site was deployed: %v", err)
	}

	// The same commit in a private repository: an artifact, and no Pages.
	repository["private"] = true
	if ok, out := m.workflow("site.yml", "push", push); !ok {
		t.Fatal(out)
	}
	if _, err := os.Stat(filepath.Join(m.artifacts, "github-pages", "index.html")); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(m.pages); err == nil {
		t.Error("the site of a private repository was deployed")
	}
}
