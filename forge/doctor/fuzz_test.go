package doctor

import (
	"strings"
	"testing"
)

// FuzzParseRemote: of an address with a password nothing but host and path is
// kept, and a path is owner/name or nothing.
func FuzzParseRemote(f *testing.F) {
	for _, s := range []string{"https://a:secret@github.com/b/c.git", "git@github.com:b/c", "ssh://git@[::1]:22/b/c", "C:\\b\\c", "https://%zz/b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r := ParseRemote(s)
		if strings.ContainsAny(r.Host, "@/") {
			t.Errorf("host %q", r.Host)
		}
		if r.Repository != "" && strings.Count(r.Repository, "/") != 1 {
			t.Errorf("repository %q", r.Repository)
		}
	})
}

// FuzzWorkflowFile: a workflow that is no YAML, or holds what no workflow does,
// is a finding.
func FuzzWorkflowFile(f *testing.F) {
	for _, s := range []string{"", "on: push", "on: [push, {a: b}]\njobs: {a: {steps: [{uses: x@y}]}}", "on: {pull_request_target: }", "jobs: 7", "a: &a [*a]", "on: *x", "- x"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, c := range workflowFile("x.yml", data) {
			if c.State == OK || !strings.HasPrefix(c.What, "x.yml ") {
				t.Errorf("%+v", c)
			}
		}
	})
}

// FuzzOwners: no text makes an owner of a folder that no line names.
func FuzzOwners(f *testing.F) {
	for _, s := range []string{"* @a", "/results/ @a\n/results/", "#", "results/** @a # b", "\x00 @a", "/ @a"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for dir, owners := range parseOwners(text) {
			if len(owners) > 0 && !strings.Contains(text, dir) && !strings.ContainsAny(text, "*/") {
				t.Errorf("%s has %q", dir, owners)
			}
		}
	})
}
