package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/forge/forgetest"
)

// TestRepositoryPrivacy: the event counts, and where it is silent, what GitHub
// says. What nobody says, or says in another form, is unknown.
func TestRepositoryPrivacy(t *testing.T) {
	hub := forgetest.New(t, forgetest.Options{})
	for _, e := range hub.Env() {
		key, value, _ := strings.Cut(e, "=")
		t.Setenv(key, value)
	}
	file := filepath.Join(t.TempDir(), "event.json")
	t.Setenv("GITHUB_EVENT_PATH", file)
	for _, c := range []struct {
		event, settings string
		token           bool
		want            privacy
		calls           int
		fails           bool
	}{
		{event: `{"repository": {"private": false}}`, token: true, want: privacyPublic},
		{event: `{"repository": {"private": true}}`, token: true, want: privacyPrivate},
		{event: `{"schedule": "17 3 * * *"}`, settings: `{"private": false}`, token: true, want: privacyPublic, calls: 1},
		{event: `{"schedule": "17 3 * * *"}`, settings: `{"private": true}`, token: true, want: privacyPrivate, calls: 1},
		{event: `{"schedule": "17 3 * * *"}`, settings: `{}`, token: true, want: privacyUnknown, calls: 1},
		{event: `{"schedule": "17 3 * * *"}`, settings: `{"private": "no"}`, token: true, want: privacyUnknown, calls: 1, fails: true},
		{event: `{"schedule": "17 3 * * *"}`, want: privacyUnknown},
		{event: `{"repository": {"private": 0}}`, want: privacyUnknown},
		{event: `{`, want: privacyUnknown},
	} {
		if err := os.WriteFile(file, []byte(c.event), 0o644); err != nil {
			t.Fatal(err)
		}
		t.Setenv("GITHUB_TOKEN", "")
		if c.token {
			t.Setenv("GITHUB_TOKEN", hub.Token)
		}
		hub.Set("", rawJSON(c.settings))
		before := len(hub.Requests())
		got, err := repositoryPrivacy(t.Context())
		if got != c.want || (err != nil) != c.fails || len(hub.Requests())-before != c.calls {
			t.Errorf("%s, %s: %d after %d calls, want %d after %d; %v", c.event, c.settings, got, len(hub.Requests())-before, c.want, c.calls, err)
		}
	}
}

// rawJSON is JSON as it is.
type rawJSON string

func (r rawJSON) MarshalJSON() ([]byte, error) {
	if r == "" {
		return []byte("null"), nil
	}
	return []byte(r), nil
}
