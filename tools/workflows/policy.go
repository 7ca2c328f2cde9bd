// Package workflows holds the rules that the files in .github/workflows keep, so
// that whoever sends a pull request can not reach a token, a cache or a runner.
//
// actionlint checks that a workflow is sound; the rules here are what it leaves
// open: which events start a workflow, what each job may do, whose code it runs.
package workflows

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/rhysd/actionlint"
	"go.yaml.in/yaml/v4"
)

// Problem is a rule that a workflow breaks.
type Problem struct {
	File    string // base name
	Line    int    // 1-based
	Rule    string // name of the rule
	Message string
}

func (p Problem) String() string {
	return fmt.Sprintf("%s:%d: %s (%s)", p.File, p.Line, p.Message, p.Rule)
}

// caching are the files that may write to the cache of dependencies. Nobody with
// rights reads what they write.
var caching = []string{"ci.yml", "score-pr.yml"}

// workflow is a parsed file.
type workflow struct {
	*actionlint.Workflow
	lines []string   // the text
	tree  *yaml.Node // the document, for what the syntax tree has no name for
	file  string
	rule  string // the one that is being checked
	found []Problem
}

// Check parses a workflow and returns the rules that it breaks, by line.
func Check(file string, data []byte) []Problem {
	w := &workflow{file: file, lines: strings.Split(string(data), "\n")}
	w.rule = "syntax"
	parsed, errs := actionlint.Parse(data)
	for _, e := range errs {
		w.add(e.Line, "%s", e.Message)
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil || len(doc.Content) != 1 {
		w.add(1, "no YAML document: %v", err)
	}
	if len(w.found) > 0 || parsed == nil {
		return w.found
	}
	w.Workflow, w.tree = parsed, doc.Content[0]
	for _, r := range rules {
		w.rule = r.name
		r.check(w)
	}
	slices.SortStableFunc(w.found, func(a, b Problem) int { return cmp.Compare(a.Line, b.Line) })
	return w.found
}

func (w *workflow) add(line int, format string, args ...any) {
	w.found = append(w.found, Problem{w.file, line, w.rule, fmt.Sprintf(format, args...)})
}

// jobs returns the jobs in the order of their lines.
func (w *workflow) jobs() []*actionlint.Job {
	var jobs []*actionlint.Job
	for _, j := range w.Jobs {
		jobs = append(jobs, j)
	}
	slices.SortFunc(jobs, func(a, b *actionlint.Job) int { return cmp.Compare(a.Pos.Line, b.Pos.Line) })
	return jobs
}

// actions calls f for each step that uses an action.
func (w *workflow) actions(f func(*actionlint.Job, *actionlint.Step, *actionlint.ExecAction)) {
	for _, j := range w.jobs() {
		for _, s := range j.Steps {
			if a, ok := s.Exec.(*actionlint.ExecAction); ok && a.Uses != nil {
				f(j, s, a)
			}
		}
	}
}

// runs calls f for each step that runs a script.
func (w *workflow) runs(f func(*actionlint.Step, *actionlint.ExecRun)) {
	for _, j := range w.jobs() {
		for _, s := range j.Steps {
			if r, ok := s.Exec.(*actionlint.ExecRun); ok && r.Run != nil {
				f(s, r)
			}
		}
	}
}

// has tells whether the event starts the workflow.
func (w *workflow) has(event string) bool {
	return slices.ContainsFunc(w.On, func(e actionlint.Event) bool { return e.EventName() == event })
}

// input returns the value of an action's input, "" where it is not set.
func input(a *actionlint.ExecAction, name string) string {
	if in := a.Inputs[name]; in != nil && in.Value != nil {
		return in.Value.Value
	}
	return ""
}

// isAction tells whether the step uses the action, at any version.
func isAction(a *actionlint.ExecAction, name string) bool {
	used, _, _ := strings.Cut(a.Uses.Value, "@")
	return used == name || strings.HasPrefix(used, name+"/")
}
