package doctor

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Workflows are the files in .github/workflows that a hosted board consists of.
var Workflows = []string{"audit.yml", "ci.yml", "record.yml", "report.yml", "score-pr.yml", "site.yml"}

// maxWorkflow is the size above which a workflow is not looked at.
const maxWorkflow = 1 << 20

// workflowFiles looks at the files of the archive's workflows, also at those
// that a fork added: are all there, and does none of them give a stranger's code
// a token, or run an action that its owner can exchange?
func workflowFiles(in *Input) Check {
	names, _ := filepath.Glob(filepath.Join(in.Archive.Root, ".github", "workflows", "*.y*ml"))
	have := map[string]bool{}
	found := []Check{}
	for _, name := range names {
		file := filepath.Base(name)
		have[file] = true
		data, err := readSmall(name, maxWorkflow)
		if err != nil {
			found = append(found, Check{State: Unknown, What: file + ": " + err.Error()})
			continue
		}
		found = append(found, workflowFile(file, data)...)
	}
	var missing []string
	for _, w := range Workflows {
		if !have[w] {
			missing = append(missing, w)
		}
	}
	if len(missing) > 0 {
		found = append(found, note("not in .github/workflows: "+strings.Join(missing, ", "), "copy them from "+Original))
	}
	return all(append(found, ok(count(len(names), "workflow")+", none of which takes a stranger's code for its own"))...)
}

func readSmall(name string, limit int64) ([]byte, error) {
	info, err := os.Lstat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > limit {
		return nil, fmt.Errorf("not a regular file of at most %d bytes", limit)
	}
	return os.ReadFile(name)
}

// workflow is what is looked at in a workflow file.
type workflow struct {
	On          yaml.Node `yaml:"on"`
	Permissions yaml.Node `yaml:"permissions"`
	Jobs        map[string]struct {
		Uses  string `yaml:"uses"`
		Steps []struct {
			Uses string         `yaml:"uses"`
			Run  string         `yaml:"run"`
			With map[string]any `yaml:"with"`
		} `yaml:"steps"`
	} `yaml:"jobs"`
}

// pinned is an action at a commit; the version stands in a comment.
var pinned = regexp.MustCompile(`^([^/@]+)/[^@]+@[0-9a-f]{40}$`)

// workflowFile returns what is wrong with a workflow.
func workflowFile(file string, data []byte) (found []Check) {
	var w workflow
	if err := yaml.Load(data, &w); err != nil {
		return []Check{{State: Unknown, What: file + " can not be read: " + strings.Join(strings.Fields(err.Error()), " ")}}
	}
	if slices.Contains(events(&w.On), "pull_request_target") {
		found = append(found, unsafe(file+" runs on pull_request_target, with a token that may write", "use pull_request, and workflow_run for what needs a token"))
	}
	if w.Permissions.Kind == 0 {
		found = append(found, note(file+" does not say what its token may do", "`permissions: {}` at its top, and what a job needs in the job"))
	}
	var actions []string
	for _, name := range sortedKeys(w.Jobs) {
		job := w.Jobs[name]
		actions = append(actions, job.Uses)
		for _, s := range job.Steps {
			actions = append(actions, s.Uses)
			if strings.Contains(s.Run, "${{") {
				found = append(found, unsafe(file+" puts an expression into a shell command of the job "+name, "pass it by env:, which the shell does not parse"))
			}
			if s.With["allow-unsafe-pr-checkout"] != nil {
				found = append(found, unsafe(file+" checks out a stranger's code in the job "+name, "read it as git objects"))
			}
		}
	}
	slices.Sort(actions)
	for _, a := range slices.Compact(actions) {
		m := pinned.FindStringSubmatch(a)
		switch {
		case a == "" || strings.HasPrefix(a, "./"):
		case m == nil:
			found = append(found, note(file+" uses "+a+", which its owner can exchange", "pin it to the SHA of a commit"))
		case m[1] != "actions" && m[1] != "github":
			found = append(found, note(file+" uses "+m[1]+"'s action, which is not GitHub's own", "trust it knowingly, or do without"))
		}
	}
	return found
}

// events returns the names of the events that start a workflow: a text, a list
// or the keys of a mapping.
func events(n *yaml.Node) []string {
	switch n.Kind {
	case yaml.ScalarNode:
		return []string{n.Value}
	case yaml.SequenceNode:
		var names []string
		for _, c := range n.Content {
			names = append(names, c.Value)
		}
		return names
	case yaml.MappingNode:
		var names []string
		for i := 0; i < len(n.Content); i += 2 {
			names = append(names, n.Content[i].Value)
		}
		return names
	}
	return nil
}
