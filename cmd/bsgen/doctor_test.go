package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/forge/doctor"
)

// TestDoctorUnsafe wants the exit code of findings where a setting is unsafe, and
// the finding first. What the checks say is tested where they are.
func TestDoctorUnsafe(t *testing.T) {
	answers := map[string]string{
		"/api/v3/repos/some-lab/board":                              `{"full_name": "some-lab/board", "default_branch": "main"}`,
		"/api/v3/repos/some-lab/board/actions/permissions/workflow": `{"default_workflow_permissions": "write"}`,
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if a, ok := answers[r.URL.Path]; ok {
			fmt.Fprint(w, a)
			return
		}
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, `{"message": "Resource not accessible by personal access token"}`)
	}))
	defer server.Close()
	t.Setenv("GITHUB_API_URL", server.URL+"/api/v3") // as on GitHub Enterprise
	t.Setenv("GITHUB_REPOSITORY", "some-lab/board")
	t.Setenv("GITHUB_TOKEN", "secret")
	for _, args := range [][]string{{"doctor", "-C", "../.."}, {"doctor", "-C", "../..", "--json"}} {
		var out, errOut bytes.Buffer
		if code := run(t.Context(), args, strings.NewReader(""), &out, &errOut); code != exitFindings {
			t.Errorf("exit code %d\n%s%s", code, &out, &errOut)
		}
		if !strings.HasPrefix(errOut.String(), "bsgen: 1 unsafe, ") {
			t.Errorf("standard error: %s", &errOut)
		}
		if args[len(args)-1] != "--json" {
			if !strings.HasPrefix(out.String(), "unsafe   token-permissions: ") || !strings.Contains(out.String(), "\nunknown  actions, ") {
				t.Errorf("standard output:\n%s", &out)
			}
			continue
		}
		var checks []doctor.Check
		if err := json.Unmarshal(out.Bytes(), &checks); err != nil {
			t.Fatal(err)
		}
		if len(checks) < len(doctor.Names()) || checks[0].State != doctor.Unsafe || checks[0].Hint == "" {
			t.Errorf("%+v", checks)
		}
	}
}
