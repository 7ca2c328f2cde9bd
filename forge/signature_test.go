package forge_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/forge"
	"github.com/bsgen/bsgen/forge/forgetest"
)

func TestSignatures(t *testing.T) {
	s := forgetest.New(t, forgetest.Options{})
	hash := func(i int) string { return fmt.Sprintf("%040x", i) }
	commit := func(i int, verified bool, reason string) map[string]any {
		return map[string]any{"sha": hash(i), "commit": map[string]any{"verification": map[string]any{"verified": verified, "reason": reason}}}
	}
	var first []any
	for i := range 100 {
		first = append(first, commit(i, true, "valid"))
	}
	list := "commits?page=%d&path=results&per_page=100&sha=" + hash(0)
	s.Set(fmt.Sprintf(list, 1), first)
	s.Set(fmt.Sprintf(list, 2), []any{commit(100, false, "unsigned"), map[string]any{"sha": hash(101)}})
	s.Set("commits/"+hash(101), commit(101, false, "bad_email"))
	s.Set("commits/"+hash(102), commit(102, true, "valid"))
	s.Set("commits/"+hash(103), commit(999, true, "valid")) // another one than was asked for
	gh, err := forge.NewGitHub(forge.FromEnv(s.Getenv))
	if err != nil {
		t.Fatal(err)
	}
	got, err := gh.Signatures(t.Context(), hash(0), "results", []string{hash(7), hash(100), hash(101), hash(102), hash(103)})
	want := map[string]forge.Signature{hash(7): {true, "valid"}, hash(100): {false, "unsigned"}, hash(101): {false, "bad_email"}, hash(102): {true, "valid"}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, %v", got, err)
	}
	before := len(s.Requests())
	if got, err := gh.Signatures(t.Context(), hash(0), "results", []string{hash(1)}); err != nil || len(got) != 1 || len(s.Requests()) != before+1 {
		t.Errorf("of the newest alone: %v, %v, %d requests", got, err, len(s.Requests())-before)
	}
	if _, err := gh.Signatures(t.Context(), hash(0), "results", []string{"../x"}); err == nil {
		t.Error("what is no hash was asked about")
	}
	var many []string
	for i := range 300 {
		many = append(many, hash(1000+i))
		s.Set("commits/"+hash(1000+i), commit(0, true, "valid"))
	}
	if _, err := gh.Signatures(t.Context(), hash(0), "results", many); err == nil || !strings.Contains(err.Error(), "more than 200 are not in the history") {
		t.Errorf("300 that are not listed: %v", err)
	}
}
