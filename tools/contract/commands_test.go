package contract

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestCommands holds the calls of `gh api` that the guide for hosts shows, and
// the rulesets that it imports, against the description of GitHub's API.
func TestCommands(t *testing.T) {
	c := load(t, "api.github.com")
	guide, err := os.ReadFile("../../docs/host-your-own.md")
	if err != nil {
		t.Fatal(err)
	}
	lines := regexp.MustCompile(`(?m)^\$ (gh api .*)$`).FindAllSubmatch(guide, -1)
	if len(lines) < 12 {
		t.Errorf("the guide shows %d calls, and used to show more", len(lines))
	}
	for _, m := range lines {
		line, _, _ := strings.Cut(string(m[1]), " #")
		if err := checkCommand(c, line); err != nil {
			t.Errorf("%s\n%v", line, err)
		}
	}
	rulesets, err := filepath.Glob("../../.github/rulesets/*.json")
	if err != nil || len(rulesets) < 2 {
		t.Fatalf("%d rulesets: %v", len(rulesets), err)
	}
	for _, file := range rulesets {
		if err := checkCommand(c, "gh api --method POST repos/{owner}/{repo}/rulesets --input "+strings.TrimPrefix(file, "../../")); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
	if err := c.Check(httptest.NewRequest(http.MethodGet, "/meta", nil), nil); err != nil { // of forge.KnownHosts
		t.Error(err)
	}
	for line, want := range map[string]string{ // what the check is worth
		"gh api --method PUT repos/{owner}/{repo}/actions/permissions -f enabled=true":                          "must be a boolean",
		"gh api --method PUT repos/{owner}/{repo}/actions/permissions -F enabled=true -F sha_pinning=true":      `no field "sha_pinning"`,
		"gh api --method PUT repos/{owner}/{repo}/actions/permissions/workflow -f default_workflow_permissions": "no value",
		"gh api --method PUT repos/{owner}/{repo}/actions/permission -F enabled=true":                           "no matching operation",
		"gh api --method POST repos/{owner}/{repo}/rulesets --input go.mod":                                     "invalid",
	} {
		if err := checkCommand(c, line); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", line, err, want)
		}
	}
}

// checkCommand makes the request that gh would send of a line, and checks it.
func checkCommand(c *Contract, line string) error {
	args := strings.Fields(line)[2:]
	method, path := "", ""
	var body []byte
	fields := map[string]any{}
	for i := 0; i < len(args); i++ {
		value := func() string {
			if i++; i < len(args) {
				return args[i]
			}
			return ""
		}
		switch a := args[i]; a {
		case "--method":
			method = value()
		case "--input":
			data, err := os.ReadFile(filepath.Join("../..", value()))
			if err != nil {
				return err
			}
			body = data
		case "-f", "-F":
			if err := setField(fields, value(), a == "-F"); err != nil {
				return err
			}
		default:
			if strings.HasPrefix(a, "-") || path != "" {
				return fmt.Errorf("the test does not know the argument %q", a)
			}
			path = "/" + strings.NewReplacer("{owner}", "some-lab", "{repo}", "board").Replace(a)
		}
	}
	if len(fields) > 0 {
		var err error
		if body, err = json.Marshal(fields); err != nil {
			return err
		}
	}
	r := httptest.NewRequest(method, path, bytes.NewReader(body))
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	return c.Check(r, body)
}

// setField sets a field as gh does: key=value, with key[part] for an object in
// it; with types, true, false and numbers are what they look like, and
// @file is the file's content.
func setField(fields map[string]any, assignment string, types bool) error {
	key, text, ok := strings.Cut(assignment, "=")
	if !ok {
		return fmt.Errorf("no value in %q", assignment)
	}
	var value any = text
	if types {
		if b, err := strconv.ParseBool(text); err == nil && (text == "true" || text == "false") {
			value = b
		} else if n, err := strconv.Atoi(text); err == nil {
			value = n
		} else if strings.HasPrefix(text, "@") {
			value = "ssh-ed25519 AAAA"
		}
	}
	parts := strings.Split(strings.ReplaceAll(key, "]", ""), "[")
	for _, p := range parts[:len(parts)-1] {
		inner, ok := fields[p].(map[string]any)
		if !ok {
			inner = map[string]any{}
			fields[p] = inner
		}
		fields = inner
	}
	fields[parts[len(parts)-1]] = value
	return nil
}

// TestAnswers holds the answers that the tests of doctor give against what
// GitHub says that it answers: a setting that is looked for under a wrong name is
// found in no real answer. Those of the repository itself leave most out.
func TestAnswers(t *testing.T) {
	c := load(t, "api.github.com")
	names, err := filepath.Glob("../../forge/doctor/testdata/*.txtar")
	if err != nil || len(names) < 8 {
		t.Fatalf("%d files: %v", len(names), err)
	}
	answers := 0
	for _, name := range names {
		if filepath.Base(name) == "broken.txtar" {
			continue
		}
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		parts := regexp.MustCompile(`(?m)^-- (.*) --\n`).FindAllSubmatchIndex(data, -1)
		for i, p := range parts {
			end := len(data)
			if i+1 < len(parts) {
				end = parts[i+1][0]
			}
			path, ok := strings.CutPrefix(string(data[p[2]:p[3]]), "GET ")
			if _, err := strconv.Atoi(path); !ok || err == nil || strings.Contains(path, " ") { // a file, or a refusal
				continue
			}
			answers++
			if err := c.checkAnswer("/repos/some-lab/board/"+path, data[p[1]:end]); err != nil {
				t.Errorf("%s: GET %s: %v", filepath.Base(name), path, err)
			}
		}
	}
	if answers < 30 {
		t.Errorf("%d answers", answers)
	}
	for body, want := range map[string]string{ // what the check is worth
		`{"default_workflow_permissions": "read", "can_approve_pull_request_reviews": false}`:                "<nil>",
		`{"default_workflow_permissions": "none", "can_approve_pull_request_reviews": false}`:                "allowed values",
		`{"default_workflow_permissions": "read"}`:                                                           "is missing",
		`{"default_workflow_permissions": "read", "can_approve_pull_request_reviews": false, "write": true}`: `no field "write"`,
	} {
		if err := c.checkAnswer("/repos/some-lab/board/actions/permissions/workflow", []byte(body)); !strings.Contains(fmt.Sprint(err), want) {
			t.Errorf("%s: %v, want %s", body, err, want)
		}
	}
}

// checkAnswer checks the body of an answer with the status 200.
func (c *Contract) checkAnswer(path string, body []byte) error {
	route, _, err := c.router.FindRoute(httptest.NewRequest(http.MethodGet, path, nil))
	if err != nil {
		return err
	}
	response := route.Operation.Responses.Status(http.StatusOK)
	if response == nil {
		return fmt.Errorf("GitHub never answers 200")
	}
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		return err
	}
	schema := response.Value.Content.Get("application/json").Schema
	if err := schema.Value.VisitJSON(value); err != nil {
		return err
	}
	return known("answer", value, schema)
}
