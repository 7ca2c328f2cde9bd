package forge_test

import (
	"strings"
	"testing"

	"github.com/bsgen/bsgen/forge"
	"github.com/bsgen/bsgen/forge/forgetest"
)

func TestRunHeads(t *testing.T) {
	s := forgetest.New(t, forgetest.Options{})
	a, b, c := strings.Repeat("a", 40), strings.Repeat("b", 40), strings.Repeat("c", 40)
	run := func(head, branch, status, event string) map[string]any {
		return map[string]any{"head_sha": head, "head_branch": branch, "status": status, "event": event}
	}
	s.Set("", map[string]any{"default_branch": "main"})
	s.Set("actions/workflows/audit.yml/runs?branch=main&per_page=100", map[string]any{"total_count": 7, "workflow_runs": []any{
		run(c, "main", "in_progress", "schedule"), // this one
		run(b, "main", "completed", "workflow_dispatch"),
		run(b, "main", "completed", "schedule"),
		run(c, "main", "completed", "pull_request"), // of a fork's branch main
		run(c, "other", "completed", "workflow_dispatch"),
		run("no hash", "main", "completed", "schedule"),
		run(a, "main", "completed", "schedule"),
	}})
	gh, err := forge.NewGitHub(forge.FromEnv(s.Getenv))
	if err != nil {
		t.Fatal(err)
	}
	heads, err := gh.RunHeads(t.Context(), "audit.yml")
	if err != nil || strings.Join(heads, " ") != b+" "+a {
		t.Errorf("%v, %v", heads, err)
	}
	for _, name := range []string{"", "audit", "../x.yml", "a/b.yml", "a.yml?x"} {
		if heads, err := gh.RunHeads(t.Context(), name); err == nil {
			t.Errorf("%q: %v", name, heads)
		}
	}
}
