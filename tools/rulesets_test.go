package tools

import (
	"encoding/json"
	"os"
	"slices"
	"testing"
)

// ruleset is what the tests ask of a ruleset; its form is checked against
// GitHub's own description elsewhere.
type ruleset struct {
	Name, Target, Enforcement string
	Bypass                    []struct {
		Actor string `json:"actor_type"`
		Mode  string `json:"bypass_mode"`
	} `json:"bypass_actors"`
	Conditions struct {
		Ref struct{ Include, Exclude []string } `json:"ref_name"`
	}
	Rules []struct {
		Type       string
		Parameters struct {
			Approvals    int  `json:"required_approving_review_count"`
			Owners       bool `json:"require_code_owner_review"`
			LastPush     bool `json:"require_last_push_approval"`
			DismissStale bool `json:"dismiss_stale_reviews_on_push"`
		}
	}
}

func readRuleset(t *testing.T, name string) (r ruleset, types []string) {
	t.Helper()
	data, err := os.ReadFile("../.github/rulesets/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &r); err != nil {
		t.Fatal(err)
	}
	if r.Target != "branch" || r.Enforcement != "active" || !slices.Equal(r.Conditions.Ref.Include, []string{"~DEFAULT_BRANCH"}) || len(r.Conditions.Ref.Exclude) > 0 {
		t.Errorf("%s is not in force on the default branch alone", name)
	}
	for _, rule := range r.Rules {
		types = append(types, rule.Type)
	}
	slices.Sort(types)
	return r, types
}

// TestRulesets checks that nobody, not even the one who may pass review, can
// rewrite history, and that people can not pass review.
func TestRulesets(t *testing.T) {
	history, types := readRuleset(t, "main-history.json")
	if len(history.Bypass) > 0 || !slices.Equal(types, []string{"deletion", "non_fast_forward"}) {
		t.Errorf("main-history.json: rules %q, passed by %v", types, history.Bypass)
	}
	review, types := readRuleset(t, "main-review.json")
	if !slices.Equal(types, []string{"pull_request"}) {
		t.Fatalf("main-review.json: rules %q", types)
	}
	if p := review.Rules[0].Parameters; p.Approvals < 1 || !p.Owners || !p.LastPush || !p.DismissStale {
		t.Errorf("main-review.json: %+v", p)
	}
	for _, b := range review.Bypass {
		if b.Actor != "DeployKey" && b.Actor != "Integration" {
			t.Errorf("main-review.json is passed by %s, which people can be", b.Actor)
		}
	}
}
