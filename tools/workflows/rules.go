package workflows

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/rhysd/actionlint"
	"go.yaml.in/yaml/v4"
)

// rules are all that a workflow must keep. Each has a planted fault in the test.
var rules = []struct {
	name  string
	check func(*workflow)
}{
	{"events", events},
	{"permissions", permissions},
	{"split", split},
	{"pins", pins},
	{"checkout", checkout},
	{"expressions", expressions},
	{"timeout", timeout},
	{"cache", cache},
	{"workflow_run", workflowRun},
	{"tokens", tokens},
	{"artifacts", artifacts},
	{"program", program},
	{"runner", runner},
}

// events: pull_request_target, issue_comment and their like run with the rights
// of the repository on what strangers wrote. Only these events are known to be
// sound: pull_request has no rights, the others start from the default branch.
func events(w *workflow) {
	allowed := []string{"pull_request", "push", "schedule", "workflow_call", "workflow_dispatch", "workflow_run"}
	for _, e := range w.On {
		if !slices.Contains(allowed, e.EventName()) {
			w.add(eventLine(w, e.EventName()), "the event %s is not one of %s", e.EventName(), strings.Join(allowed, ", "))
		}
		if hook, ok := e.(*actionlint.WebhookEvent); ok && e.EventName() == "push" && !onlyMain(hook.Branches) {
			w.add(hook.Pos.Line, "a push starts the workflow on any branch; write branches: [main]")
		}
	}
}

func onlyMain(f *actionlint.WebhookEventFilter) bool {
	return f != nil && len(f.Values) == 1 && f.Values[0].Value == "main"
}

// eventLine finds the line of an event, of which not every kind has a position.
func eventLine(w *workflow, name string) int {
	for i, line := range w.lines {
		if strings.Contains(line, name) {
			return i + 1
		}
	}
	return 1
}

// permissions: a workflow starts with none, and each job says what it needs.
// What that is stands in a golden file. Nobody gets write-all.
func permissions(w *workflow) {
	if p := w.Permissions; p == nil || p.All != nil || len(p.Scopes) > 0 {
		w.add(1, "write permissions: {} at the top, and what each job needs in the job")
	}
	for _, j := range w.jobs() {
		switch {
		case j.Permissions == nil:
			w.add(j.Pos.Line, "job %s does not say what it may do; permissions: {} is nothing", j.ID.Value)
		case j.Permissions.All != nil:
			w.add(j.Permissions.Pos.Line, "job %s may do %s", j.ID.Value, j.Permissions.All.Value)
		}
	}
}

// split: who may write does not compute on what strangers sent, and whoever
// computes may not write. A pull request's own workflow never writes, because the
// pull request may change it.
func split(w *workflow) {
	for _, j := range w.jobs() {
		scope := writes(j)
		if scope == "" {
			continue
		}
		if w.has("pull_request") {
			w.add(j.Permissions.Pos.Line, "job %s may write %s in a workflow that a pull request starts and may change", j.ID.Value, scope)
		}
		for _, s := range j.Steps {
			if r, ok := s.Exec.(*actionlint.ExecRun); ok && r.Run != nil {
				if m := computes.FindStringSubmatch(r.Run.Value); m != nil {
					w.add(r.Run.Pos.Line, "job %s may write %s and runs bsgen %s; do so in a job without rights", j.ID.Value, scope, m[1])
				}
			}
		}
	}
}

var computes = regexp.MustCompile(`bsgen"?(?:\s+-C\s+\S+|\s+-v)*\s+(pr check|pr fetch|pr report|score|run|verify|build)\b`)

// writes returns a scope that the job may write, "" where there is none.
func writes(j *actionlint.Job) string {
	if j.Permissions == nil {
		return ""
	}
	for _, name := range slices.Sorted(maps.Keys(j.Permissions.Scopes)) {
		if j.Permissions.Scopes[name].Value.Value == "write" {
			return name
		}
	}
	return ""
}

// pins: a tag can be moved to other code. Every action is GitHub's own, at a
// commit, with its version behind it, which Dependabot raises together with the
// commit.
func pins(w *workflow) {
	w.actions(func(_ *actionlint.Job, _ *actionlint.Step, a *actionlint.ExecAction) {
		uses, line := a.Uses.Value, a.Uses.Pos.Line
		_, version, _ := strings.Cut(w.lines[line-1], uses)
		switch {
		case !strings.HasPrefix(uses, "actions/") && !strings.HasPrefix(uses, "github/"):
			w.add(line, "%s is no action of GitHub's own", uses)
		case !pinned.MatchString(uses):
			w.add(line, "%s is not pinned to a commit", uses)
		case !versioned.MatchString(version):
			w.add(line, "%s does not say which version it is; write it behind: # v1.2.3", uses)
		}
	})
	for _, j := range w.jobs() {
		if j.WorkflowCall != nil && !strings.HasPrefix(j.WorkflowCall.Uses.Value, "./") {
			w.add(j.WorkflowCall.Uses.Pos.Line, "%s is no workflow of this repository", j.WorkflowCall.Uses.Value)
		}
	}
}

var (
	pinned    = regexp.MustCompile(`@[0-9a-f]{40}$`)
	versioned = regexp.MustCompile(`^ # v\d+\.\d+\.\d+\s*$`)
)

// checkout: the token does not stay in .git/config, where any later step can read
// it, and the guard of actions/checkout against code from forks stays up.
func checkout(w *workflow) {
	w.actions(func(_ *actionlint.Job, s *actionlint.Step, a *actionlint.ExecAction) {
		if !isAction(a, "actions/checkout") {
			return
		}
		if input(a, "persist-credentials") != "false" {
			w.add(s.Pos.Line, "the checkout keeps the token; write persist-credentials: false")
		}
		if input(a, "allow-unsafe-pr-checkout") != "" {
			w.add(s.Pos.Line, "allow-unsafe-pr-checkout lets the code of a fork in")
		}
	})
}

// expressions: ${{ }} in a script is pasted into it before the shell reads it, so
// that a title or a branch name becomes code. Scripts read the environment, and
// bsgen reads the event itself.
func expressions(w *workflow) {
	w.runs(func(_ *actionlint.Step, r *actionlint.ExecRun) {
		for _, s := range []*actionlint.String{r.Run, r.Shell, r.WorkingDirectory} {
			if s != nil && strings.Contains(s.Value, "${{") {
				w.add(s.Pos.Line, "an expression in a script; pass it by env")
			}
		}
	})
}

// timeout: a job that hangs holds a runner for six hours.
func timeout(w *workflow) {
	for _, j := range w.jobs() {
		if j.WorkflowCall != nil {
			continue // the called workflow says how long
		}
		if t := j.TimeoutMinutes; t == nil || t.Expression != nil || t.Value <= 0 || t.Value > 360 {
			w.add(j.Pos.Line, "job %s needs timeout-minutes, 1 to 360", j.ID.Value)
		}
	}
}

// cache: whatever a job with rights restores from a cache, another job put there.
// Workflows with rights neither save nor restore, but for data that bsgen checks
// by SHA-256 as it reads them (actions/cache/restore).
func cache(w *workflow) {
	w.actions(func(_ *actionlint.Job, s *actionlint.Step, a *actionlint.ExecAction) {
		switch {
		case slices.Contains(caching, w.file) || isAction(a, "actions/cache/restore"):
		case isAction(a, "actions/cache"):
			w.add(s.Pos.Line, "%s writes to the cache", a.Uses.Value)
		case isAction(a, "actions/setup-go") && input(a, "cache") != "false":
			w.add(s.Pos.Line, "actions/setup-go writes to the cache; write cache: false")
		}
	})
}

// workflowRun: such a workflow has rights and is started by what strangers sent.
// It runs for pull requests alone, and never checks their code out.
func workflowRun(w *workflow) {
	if !w.has("workflow_run") {
		return
	}
	for _, j := range w.jobs() {
		if len(j.Needs) == 0 && (j.If == nil || !strings.Contains(j.If.Value, "github.event.workflow_run.event == 'pull_request'")) {
			w.add(j.Pos.Line, "job %s runs whatever started the other workflow; add if: github.event.workflow_run.event == 'pull_request'", j.ID.Value)
		}
	}
	w.actions(func(_ *actionlint.Job, s *actionlint.Step, a *actionlint.ExecAction) {
		if isAction(a, "actions/checkout") && (a.Inputs["ref"] != nil || a.Inputs["repository"] != nil) {
			w.add(s.Pos.Line, "checks out something else than the default branch")
		}
	})
	w.runs(func(_ *actionlint.Step, r *actionlint.ExecRun) {
		if m := gitCheckout.FindString(r.Run.Value); m != "" {
			w.add(r.Run.Pos.Line, "`%s` may write a stranger's files to disk; bsgen pr fetch reads them as data", m)
		}
	})
}

var gitCheckout = regexp.MustCompile(`\b(git\b[^\n;|&]*\b(checkout|switch|worktree|restore|pull|merge|clone)|gh\s+(pr|repo)\b)`)

// tokens: a secret or the workflow's token is handed to the one step that needs
// it. A job or a workflow that has it in its environment hands it to all.
func tokens(w *workflow) {
	walk(w.tree, nil, func(path []string, n *yaml.Node) {
		if token.MatchString(n.Value) && !inStep(path) {
			w.add(n.Line, "a token outside of a step: every step of the job can read it")
		}
	})
}

// token finds the expressions that name a token, the forms with brackets and
// toJSON(secrets) too.
var token = regexp.MustCompile(`\$\{\{[^}]*\b(secrets|github\s*\.\s*token|github\s*\[)|toJSON\(\s*github\s*\)|^inherit$`)

// inStep tells whether a place is jobs.<job>.steps.<step>.env or .with.
func inStep(path []string) bool {
	return len(path) > 5 && path[0] == "jobs" && path[2] == "steps" && (path[4] == "env" || path[4] == "with")
}

// walk calls f for each scalar value with the keys and indexes that lead to it.
func walk(n *yaml.Node, path []string, f func([]string, *yaml.Node)) {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			walk(n.Content[i+1], append(slices.Clip(path), n.Content[i].Value), f)
		}
	case yaml.SequenceNode:
		for _, c := range n.Content {
			walk(c, append(slices.Clip(path), "-"), f)
		}
	case yaml.ScalarNode:
		f(path, n)
	}
}

// artifacts: those of another run may be forged, since the workflow that made
// them came from the pull request. Only those of the same run are read.
func artifacts(w *workflow) {
	w.actions(func(_ *actionlint.Job, s *actionlint.Step, a *actionlint.ExecAction) {
		if !isAction(a, "actions/download-artifact") {
			return
		}
		for _, name := range []string{"run-id", "repository", "github-token"} {
			if a.Inputs[name] != nil {
				w.add(s.Pos.Line, "reads the artifacts of another run (%s)", name)
			}
		}
	})
	w.runs(func(_ *actionlint.Step, r *actionlint.ExecRun) {
		if strings.Contains(r.Run.Value, "gh run download") {
			w.add(r.Run.Pos.Line, "reads the artifacts of another run")
		}
	})
}

// program: whoever gets hold of a job can exchange the artifacts of its run. What
// a job with rights runs of them must have the digest that the job which built it
// gave as its output, before it read anything of a stranger's.
func program(w *workflow) {
	for _, j := range w.jobs() {
		if writes(j) == "" {
			continue
		}
		for _, s := range j.Steps {
			r, ok := s.Exec.(*actionlint.ExecRun)
			if !ok || r.Run == nil || !strings.Contains(r.Run.Value, "chmod +x") {
				continue
			}
			before, _, _ := strings.Cut(r.Run.Value, "chmod +x")
			digest := env(s, "PROGRAM")
			if !strings.Contains(before, `"$PROGRAM `) || !strings.Contains(before, "| sha256sum --check") || !outputOfNeeds.MatchString(digest) {
				w.add(r.Run.Pos.Line, "runs an artifact without holding it against the digest of the job that built it")
			}
		}
	}
}

var outputOfNeeds = regexp.MustCompile(`^\$\{\{ needs\.\w+\.outputs\.program \}\}$`)

// env returns a variable that the step sets.
func env(s *actionlint.Step, name string) string {
	if s.Env == nil {
		return ""
	}
	if v := s.Env.Vars[strings.ToLower(name)]; v != nil && v.Value != nil {
		return v.Value.Value
	}
	return ""
}

// runner: a machine that lives on after the job can be lived on. Only GitHub's
// own, without containers, whose images are not pinned.
func runner(w *workflow) {
	for _, j := range w.jobs() {
		if j.Container != nil || j.Services != nil {
			w.add(j.Pos.Line, "job %s runs a container", j.ID.Value)
		}
		if r := j.RunsOn; r != nil && (r.LabelsExpr != nil || r.Group != nil || len(r.Labels) != 1 || r.Labels[0].Value != "ubuntu-latest") {
			w.add(j.Pos.Line, "job %s does not run on ubuntu-latest", j.ID.Value)
		}
	}
}
