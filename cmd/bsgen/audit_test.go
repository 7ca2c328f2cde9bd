package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/archive/audit"
	"github.com/bsgen/bsgen/forge/forgetest"
)

// TestAuditPublish: one issue, the bot's own, is opened, updated and closed.
func TestAuditPublish(t *testing.T) {
	s := forgetest.New(t, forgetest.Options{})
	for _, e := range append(s.Env(), "GITHUB_RUN_ID=345", "GITHUB_STEP_SUMMARY=") {
		key, value, _ := strings.Cut(e, "=")
		t.Setenv(key, value)
	}
	// A stranger plants the mark, and the bot has an issue about something else.
	s.AddIssue(forgetest.Issue{Title: "planted", Author: "visitor", Body: auditMark + "nothing is wrong", Open: true})
	s.AddIssue(forgetest.Issue{Title: "other", Author: s.Bot, Body: "see " + auditMark, Open: true})
	name := filepath.Join(t.TempDir(), "audit.json")
	publish := func(r *audit.Report) string {
		t.Helper()
		if err := os.WriteFile(name, r.Encode(), 0o644); err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		if code := run(t.Context(), []string{"audit", "publish", name}, strings.NewReader(""), &out, &out); code != exitOK {
			t.Fatalf("exit code %d: %s", code, &out)
		}
		return out.String()
	}
	report := &audit.Report{Schema: audit.Schema, Head: strings.Repeat("a", 40)}
	if got := publish(report); got != "nothing was found, and no issue is open\n" || len(s.Issues()) != 2 {
		t.Error(got)
	}
	report.Add(audit.Finding{Rule: "writer", Commit: strings.Repeat("b", 40), What: "by @somebody"})
	if got := publish(report); got != "opened issue #3\n" {
		t.Error(got)
	}
	report.Add(audit.Finding{Rule: "writer", Commit: strings.Repeat("c", 40), What: "by another one"})
	if got := publish(report); got != "updated issue #3\n" {
		t.Error(got)
	}
	issues := s.Issues()
	if len(issues) != 3 {
		t.Fatalf("%d issues", len(issues))
	}
	i := issues[2]
	if i.Title != "Audit of results/: 2 findings" || !i.Open || i.Author != s.Bot || !strings.HasPrefix(i.Body, auditMark+"**`bsgen audit` found 2 things") ||
		!strings.Contains(i.Body, "- writer: `bbbbbbbbbbbb: by @somebody`\n") || !strings.Contains(i.Body, "\nThe run: "+s.URL+"/lab/board/actions/runs/345\n") {
		t.Errorf("%+v", i)
	}
	report.Findings = []audit.Finding{}
	if got := publish(report); got != "closed issue #3\n" {
		t.Error(got)
	}
	if i := s.Issues()[2]; i.Open || !strings.Contains(i.Body, "found nothing") || i.Title != "Audit of results/: 2 findings" {
		t.Errorf("%+v", i)
	}
	report.Add(audit.Finding{Rule: "merge", Commit: strings.Repeat("b", 40), What: "again"})
	if got := publish(report); got != "opened issue #4\n" { // what is closed stays closed
		t.Error(got)
	}
	for i, want := range []string{auditMark + "nothing is wrong", "see " + auditMark} {
		if got := s.Issues()[i]; got.Body != want || !got.Open {
			t.Errorf("issue %d: %+v", i+1, got)
		}
	}
	for args, want := range map[string]int{"": exitUsage, name + " b": exitUsage, name + ".not": exitUsage, "audit_test.go": exitUsage} {
		var out strings.Builder
		if code := run(t.Context(), append([]string{"audit", "publish"}, strings.Fields(args)...), strings.NewReader(""), &out, &out); code != want || !strings.Contains(out.String(), "hint: ") {
			t.Errorf("%s: exit code %d: %s", args, code, &out)
		}
	}
	t.Setenv("GITHUB_TOKEN", "another")
	var out strings.Builder
	if code := run(t.Context(), []string{"audit", "publish", name}, strings.NewReader(""), &out, &out); code != exitFindings || !strings.HasPrefix(out.String(), "bsgen: publish the audit: ") {
		t.Errorf("refused: exit code %d: %s", code, &out)
	}
}

// TestAuditRuns: the commits of earlier runs come from GitHub, and one that was
// rewritten away is found.
func TestAuditRuns(t *testing.T) {
	h := host(t)
	gone := strings.Repeat("1", 40)
	head, err := h.Head("main")
	if err != nil {
		t.Fatal(err)
	}
	h.Set("", map[string]any{"default_branch": "main"})
	runs := func(heads ...string) {
		var list []any
		for _, head := range heads {
			list = append(list, map[string]any{"head_sha": head, "head_branch": "main", "status": "completed", "event": "schedule"})
		}
		h.Set("actions/workflows/audit.yml/runs?branch=main&per_page=100", map[string]any{"workflow_runs": list})
	}
	summary := filepath.Join(t.TempDir(), "summary.md")
	t.Setenv("GITHUB_STEP_SUMMARY", summary)
	runs(head)
	h.bsgen(t, exitOK, "audit", "--sample", "0", "--since-runs", "audit.yml")
	runs(head, gone)
	out, errOut := h.bsgen(t, exitFindings, "audit", "--sample", "0", "--since-runs", "audit.yml")
	if !strings.HasPrefix(out, "111111111111: this commit was the newest once and is not in the history any more\n  hint: ") || !strings.Contains(errOut, "2 commits of earlier runs of audit.yml\n") {
		t.Errorf("%s%s", out, errOut)
	}
	if data, err := os.ReadFile(summary); err != nil || strings.Count(string(data), "`bsgen audit` found ") != 2 {
		t.Errorf("the summary is %q, %v", data, err)
	}
	out, errOut = h.bsgen(t, exitFindings, "audit", "--sample", "0", "--since", gone)
	if !strings.HasPrefix(out, "111111111111: ") {
		t.Errorf("%s%s", out, errOut)
	}
	_, errOut = h.bsgen(t, exitUsage, "audit", "--since", "v1")
	if !strings.HasPrefix(errOut, "bsgen: there is no commit \"v1\" here\nhint: ") {
		t.Error(errOut)
	}
	_, errOut = h.bsgen(t, exitUsage, "audit", "--sample", "-1")
	if !strings.HasPrefix(errOut, "bsgen: --sample -1") {
		t.Error(errOut)
	}
	t.Setenv("GITHUB_TOKEN", "another")
	_, errOut = h.bsgen(t, exitFindings, "audit", "--since-runs", "audit.yml")
	if !strings.HasPrefix(errOut, "bsgen: audit: read ") {
		t.Error(errOut)
	}
}

// TestAuditSignatures: where site.yaml wants it, GitHub is asked whether the
// commits with the writer's name are the writer's.
func TestAuditSignatures(t *testing.T) {
	h := host(t)
	h.bsgen(t, exitOK, "record", "--benchmark", "Simulated.orientation-*")
	recorded, err := h.Head("main")
	if err != nil {
		t.Fatal(err)
	}
	site, err := h.File("main", "site.yaml")
	if err != nil {
		t.Fatal(err)
	}
	head, err := h.Commit("main", "verify", map[string]string{"site.yaml": site + "\naudit: {verified: true}\n"})
	if err != nil {
		t.Fatal(err)
	}
	h.git(t, "-C", h.clone, "pull", "-q", h.Server.Git, "main")
	for verified, code := range map[bool]int{true: exitOK, false: exitFindings} {
		h.Set("commits?page=1&path=results&per_page=100&sha="+head, []any{map[string]any{
			"sha": recorded, "commit": map[string]any{"verification": map[string]any{"verified": verified, "reason": "a reason"}},
		}})
		out, errOut := h.bsgen(t, code, "audit", "--sample", "0")
		if want := recorded[:12] + ": it has a writer's name, and no signature that GitHub vouches for: a reason\n"; strings.HasPrefix(out, want) == verified || !strings.Contains(errOut, "; signatures looked at\n") {
			t.Errorf("verified: %t: %s%s", verified, out, errOut)
		}
	}
	t.Setenv("GITHUB_REPOSITORY", "")
	if _, errOut := h.bsgen(t, exitOK, "audit", "--sample", "0"); !strings.HasPrefix(errOut, "bsgen: signatures were not looked at: ") {
		t.Errorf("without GitHub: %s", errOut)
	}
}
