// Package doctor looks for what is unsafe or missing where an archive is
// hosted: in the settings of its repository on GitHub, and in the files and the
// git repository at hand.
//
// A check never says ok of what it could not see. GitHub answers 404 for what a
// token may not know, so "not there" is believed of an administrator's token
// alone.
package doctor

import (
	"cmp"
	"slices"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/archive/audit"
	"github.com/bsgen/bsgen/forge"
)

// State is what a check found.
type State string

// The states, most severe first.
const (
	Unsafe  State = "unsafe"  // somebody can do or see what they must not
	Unknown State = "unknown" // could not be looked at
	Note    State = "note"    // missing, or not as it is recommended
	OK      State = "ok"
)

// severity orders states, most severe first.
var severity = map[State]int{Unsafe: 0, Unknown: 1, Note: 2, OK: 3}

// Check is one thing that was looked at.
type Check struct {
	Name  string `json:"name"`
	State State  `json:"state"`
	What  string `json:"what"`           // what was found; no capital, no full stop
	Hint  string `json:"hint,omitempty"` // what to do about it

	also []Check // found by the same check
}

// Input is what the checks look at.
type Input struct {
	Archive  *archive.Archive
	Problems archive.Problems
	Git      Git
	Audit    *audit.Report // of the repository at hand; nil where AuditErr says why not
	AuditErr error
	// DataHere of DataAll pinned files can be read without a connection.
	DataHere, DataAll int
	// Engine names what runs models here; where it is empty, NoEngine says why and
	// NoEngineHint what to do. OtherEngine: it is not the version that is pinned.
	Engine, NoEngine, NoEngineHint string
	OtherEngine                    bool

	Repository string // owner/name on GitHub; empty where that is not known
	Token      bool   // whether the settings were read with a token
	// Settings are nil where they were not read; NotRead says why, and
	// NotReadHint what to do about it.
	Settings             *forge.Settings
	NotRead, NotReadHint string
}

// Original is the repository that boards are forked from. Its title and its
// placeholders are meant to be as they are.
const Original = "bsgen/bsgen"

// local are the checks of what is at hand, hosted those of the settings.
var local = []struct {
	name string
	of   func(*Input) Check
}{
	{"git", gitProgram},
	{"history", gitHistory},
	{"audit", auditTrail},
	{"archive", archiveProblems},
	{"data", dataAtHand},
	{"engine", engineAtHand},
	{"site", siteFile},
	{"code-owners", codeOwners},
	{"workflows", workflowFiles},
}

var hosted = []struct {
	name string
	of   func(*Input, *forge.Settings) Check
}{
	{"github", repository},
	{"actions", actionsOn},
	{"token-permissions", tokenPermissions},
	{"fork-approval", forkApproval},
	{"allowed-actions", allowedActions},
	{"sha-pinning", shaPinning},
	{"runners", runners},

	{"history-rules", historyRules},
	{"review-rules", reviewRules},
	{"required-checks", requiredChecks},
	{"writer", writer},

	{"results-environment", resultsEnvironment},
	{"pages-environment", pagesEnvironment},
	{"pages", pagesSettings},

	{"issues", issues},
	{"dependabot", dependabot},
	{"secret-scanning", secretScanning},
	{"private-reports", privateReports},
}

// Names returns the names of all checks.
func Names() []string {
	var names []string
	for _, c := range local {
		names = append(names, c.name)
	}
	for _, c := range hosted {
		names = append(names, c.name)
	}
	return names
}

// Run makes all checks and returns what they found, most severe first. A check
// that found several things is there several times.
func Run(in *Input) []Check {
	var out []Check
	add := func(name string, c Check) {
		for _, c := range append([]Check{c}, c.also...) {
			c.Name, c.also = name, nil
			out = append(out, c)
		}
	}
	for _, c := range local {
		add(c.name, c.of(in))
	}
	for _, c := range hosted {
		if in.Settings == nil {
			add(c.name, in.unknown(nil))
		} else {
			add(c.name, c.of(in, in.Settings))
		}
	}
	slices.SortStableFunc(out, func(a, b Check) int { return cmp.Compare(severity[a.State], severity[b.State]) })
	return out
}

func ok(what string) Check { return Check{State: OK, What: what} }

func note(what, hint string) Check { return Check{State: Note, What: what, Hint: hint} }

func unsafe(what, hint string) Check { return Check{State: Unsafe, What: what, Hint: hint} }

// all is what a check returns that may find several things: what is ok counts
// only where nothing else was found.
func all(found ...Check) Check {
	bad := slices.DeleteFunc(slices.Clone(found), func(c Check) bool { return c.State == OK })
	if len(bad) == 0 {
		return found[0]
	}
	bad[0].also = bad[1:]
	return bad[0]
}
