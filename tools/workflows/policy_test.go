package workflows

import (
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rhysd/actionlint"
)

var update = flag.Bool("update", false, "accept what the grants are now")

const folder = "../../.github/workflows"

// TestPolicy holds every workflow against the rules.
func TestPolicy(t *testing.T) {
	for _, file := range workflowFiles(t) {
		for _, p := range Check(filepath.Base(file), read(t, file)) {
			t.Error(p)
		}
	}
}

// TestOnePin wants each action to be at the same commit everywhere, under the same
// name of a version: a commit that calls itself by another's name stands out.
func TestOnePin(t *testing.T) {
	at := map[string]string{}
	for _, file := range workflowFiles(t) {
		for _, m := range regexp.MustCompile(`uses: ([\w/-]+)@(.*)`).FindAllStringSubmatch(string(read(t, file)), -1) {
			if first, ok := at[m[1]]; ok && first != m[2] {
				t.Errorf("%s uses %s at %s, and another workflow at %s", filepath.Base(file), m[1], m[2], first)
			}
			at[m[1]] = m[2]
		}
	}
}

// TestActionlint runs actionlint over every workflow: types of expressions, names
// of outputs and inputs, calls of one workflow by another.
func TestActionlint(t *testing.T) {
	for _, p := range lint(t, workflowFiles(t)...) {
		t.Error(p)
	}
}

// TestGrants compares what each job may do with the list that was reviewed.
func TestGrants(t *testing.T) {
	var lines []string
	for _, file := range workflowFiles(t) {
		grants, err := Grants(filepath.Base(file), read(t, file))
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, grants...)
	}
	got := strings.Join(lines, "\n") + "\n"
	const golden = "testdata/grants.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want := string(read(t, golden))
	if got == want {
		return
	}
	if err := os.WriteFile(golden+".got", []byte(got), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, line := range lines {
		if !strings.Contains("\n"+want, "\n"+line+"\n") {
			t.Errorf("more than was reviewed: %s", line)
		}
	}
	for line := range strings.Lines(want) {
		if !slices.Contains(lines, strings.TrimSuffix(line, "\n")) {
			t.Errorf("less than was reviewed: %s", line)
		}
	}
	t.Errorf("a reviewed change is accepted by: go -C tools test ./workflows -run TestGrants -update")
}

// TestPlantedFaults changes one thing in a workflow that keeps every rule, and
// wants the rule to say so, and no other.
func TestPlantedFaults(t *testing.T) {
	const (
		checkoutPin = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1"
		runsOn      = "    runs-on: ubuntu-latest\n    timeout-minutes: 10\n    permissions:\n      contents: read\n    steps:\n      - uses: actions/checkout"
	)
	faults := []struct {
		rule, name, file, old, new string
	}{
		{"syntax", "no such key", "sound.yml", "    timeout-minutes: 10\n", "    time-out: 10\n"},
		{"syntax", "not YAML", "sound.yml", "name: sound", "name: [sound"},

		{"events", "pull_request_target", "sound_run.yml", "  workflow_run:\n    workflows: [sound]\n    types: [completed]\n", "  pull_request_target:\n"},
		{"events", "issue_comment", "sound.yml", "  pull_request:\n", "  issue_comment:\n"},
		{"events", "push to any branch", "sound.yml", "    branches: [main]\n", "    branches: ['**']\n"},
		{"events", "push to any branch", "sound.yml", "  push:\n    branches: [main]\n", "  push:\n"},

		{"permissions", "none at the top", "sound.yml", "permissions: {}\n", ""},
		{"permissions", "some at the top", "sound.yml", "permissions: {}\n", "permissions:\n  contents: read\n"},
		{"permissions", "all at the top", "sound.yml", "permissions: {}\n", "permissions: read-all\n"},
		{"permissions", "none in a job", "sound.yml", "    permissions:\n      contents: read\n", ""},
		{"permissions", "write-all in a job", "sound.yml", "    permissions:\n      contents: read\n", "    permissions: write-all\n"},

		{"split", "a pull request writes", "sound.yml", "      contents: read\n", "      contents: write\n"},
		{"split", "who scores may write", "sound_run.yml", "      contents: read\n", "      checks: write\n"},
		{"split", "who writes scores too", "sound_run.yml", "pr publish", "-C archive pr report out && bsgen pr publish"},

		{"pins", "a tag", "sound.yml", checkoutPin + " # v7.0.1", "actions/checkout@v7"},
		{"pins", "a short hash", "sound.yml", checkoutPin + " # v7.0.1", checkoutPin[:len("actions/checkout@")+12]},
		{"pins", "no version", "sound.yml", checkoutPin + " # v7.0.1", checkoutPin},
		{"pins", "half a version", "sound.yml", checkoutPin + " # v7.0.1", checkoutPin + " # v7"},
		{"pins", "another comment", "sound.yml", checkoutPin + " # v7.0.1", checkoutPin + " # the newest"},
		{"pins", "someone else's", "sound.yml", "actions/upload-artifact@", "some-lab/upload-artifact@"},
		{"pins", "an image", "sound.yml", checkoutPin + " # v7.0.1", "docker://alpine:3"},
		{"pins", "someone else's workflow", "sound.yml", "jobs:\n", "jobs:\n  call:\n    permissions: {}\n    uses: some-lab/board/.github/workflows/ci.yml@main\n"},

		{"checkout", "keeps the token", "sound.yml", "          persist-credentials: false\n", "          fetch-depth: 1\n"},
		{"checkout", "keeps the token on demand", "sound.yml", "persist-credentials: false", "persist-credentials: true"},
		{"checkout", "unsafe", "sound.yml", "persist-credentials: false\n", "persist-credentials: false\n          allow-unsafe-pr-checkout: true\n"},

		{"expressions", "a title", "sound.yml", "run: bsgen pr check", "run: echo ${{ github.event.pull_request.title }}"},
		{"expressions", "in a folder's name", "sound.yml", "run: bsgen pr check", "run: bsgen pr check\n        working-directory: ${{ github.head_ref }}"},
		{"expressions", "in many lines", "sound.yml", "run: bsgen pr check", "run: |\n          bsgen pr check\n          echo '${{ github.head_ref }}'"},

		{"timeout", "none", "sound.yml", "    timeout-minutes: 10\n", ""},
		{"timeout", "too long", "sound.yml", "timeout-minutes: 10\n", "timeout-minutes: 1000\n"},

		{"cache", "of setup-go", "sound.yml", "          cache: false\n", ""},
		{"cache", "of its own", "sound.yml", checkoutPin + " # v7.0.1\n        with:\n          persist-credentials: false\n", "actions/cache@" + strings.Repeat("0", 40) + " # v0.0.0\n"},
		{"cache", "save", "sound.yml", checkoutPin + " # v7.0.1\n        with:\n          persist-credentials: false\n", "actions/cache/save@" + strings.Repeat("0", 40) + " # v0.0.0\n"},

		{"workflow_run", "for any event", "sound_run.yml", "    if: github.event.workflow_run.event == 'pull_request'\n", ""},
		{"workflow_run", "the head's commit", "sound_run.yml", "persist-credentials: false", "persist-credentials: false\n          ref: ${{ github.event.workflow_run.head_sha }}"},
		{"workflow_run", "the head's repository", "sound_run.yml", "persist-credentials: false", "persist-credentials: false\n          repository: ${{ github.event.workflow_run.head_repository.full_name }}"},
		{"workflow_run", "by git", "sound_run.yml", "run: bsgen pr report out", "run: git fetch origin pull/1/head && git checkout FETCH_HEAD"},
		{"workflow_run", "by gh", "sound_run.yml", "run: bsgen pr report out", "run: gh pr checkout 1"},

		{"tokens", "in the workflow", "sound.yml", "permissions: {}\n", "permissions: {}\nenv:\n  GITHUB_TOKEN: ${{ secrets.GITHUB_TOKEN }}\n"},
		{"tokens", "in a job", "sound.yml", runsOn, "    env:\n      KEY: ${{ secrets['KEY'] }}\n" + runsOn},
		{"tokens", "all", "sound.yml", runsOn, "    env:\n      ALL: ${{ toJSON(secrets) }}\n" + runsOn},
		{"tokens", "inherited", "sound.yml", "jobs:\n", "jobs:\n  call:\n    permissions: {}\n    uses: ./.github/workflows/ci.yml\n    secrets: inherit\n"},

		{"artifacts", "of another run", "sound.yml", "          name: out\n      - run", "          name: out\n          run-id: ${{ github.event.workflow_run.id }}\n      - run"},
		{"artifacts", "by gh", "sound.yml", "run: cat out", "run: gh run download"},

		{"program", "unchecked", "sound_run.yml", "          echo \"$PROGRAM  $RUNNER_TEMP/bsgen\" | sha256sum --check --strict\n", ""},
		{"program", "checked against its own word", "sound_run.yml", "${{ needs.verify.outputs.program }}", "${{ hashFiles('bsgen') }}"},

		{"runner", "of a lab", "sound.yml", "    runs-on: ubuntu-latest\n", "    runs-on: self-hosted\n"},
		{"runner", "by an expression", "sound.yml", "    runs-on: ubuntu-latest\n", "    runs-on: ${{ inputs.runner }}\n"},
		{"runner", "with a container", "sound.yml", runsOn, "    container: alpine:3\n" + runsOn},
	}
	planted := map[string]bool{"syntax": true}
	for _, file := range []string{"sound.yml", "sound_run.yml"} {
		for _, p := range Check(file, read(t, filepath.Join("testdata", file))) {
			t.Errorf("without a fault: %s", p)
		}
	}
	for _, f := range faults {
		planted[f.rule] = true
		t.Run(f.rule+"/"+f.name, func(t *testing.T) {
			text := string(read(t, filepath.Join("testdata", f.file)))
			if !strings.Contains(text, f.old) {
				t.Fatalf("%s has no %q", f.file, f.old)
			}
			problems := Check(f.file, []byte(strings.Replace(text, f.old, f.new, 1)))
			if len(problems) == 0 {
				t.Error("not found")
			}
			for _, p := range problems {
				if p.Rule != f.rule || p.Line < 1 {
					t.Errorf("found something else: %s", p)
				}
			}
		})
	}
	for _, r := range rules {
		if !planted[r.name] {
			t.Errorf("no fault is planted for rule %s", r.name)
		}
	}
}

// TestActionlintFaults shows that actionlint is run in earnest.
func TestActionlintFaults(t *testing.T) {
	sound := string(read(t, "testdata/sound.yml"))
	for _, f := range []struct{ old, new, want string }{
		{"needs: build", "needs: built", "built"},
		{"run: bsgen pr check", "run: echo ${{ github.event.pull_request.title }}", "untrusted"},
		{"run: cat out", "run: cat out\n        if: needs.build.outputs.count != '0'", "count"},
	} {
		file := filepath.Join(t.TempDir(), "fault.yml")
		if err := os.WriteFile(file, []byte(strings.Replace(sound, f.old, f.new, 1)), 0o644); err != nil {
			t.Fatal(err)
		}
		problems := strings.Join(lint(t, file), "\n")
		if !strings.Contains(problems, f.want) {
			t.Errorf("%s: %q", f.new, problems)
		}
	}
}

// lint runs actionlint without the programs that it calls where they happen to
// be installed, so that it finds the same everywhere.
func lint(t *testing.T, files ...string) []string {
	t.Helper()
	linter, err := actionlint.NewLinter(io.Discard, &actionlint.LinterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	errs, err := linter.LintFiles(files, nil)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, e := range errs {
		found = append(found, e.Error())
	}
	return found
}

func workflowFiles(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(folder + "/*")
	if err != nil || len(files) < 2 {
		t.Fatal(files, err)
	}
	return files
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
