package forge

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"slices"
)

// maxRuns is how many runs [GitHub.RunHeads] looks back: one page.
const maxRuns = 100

var workflowFile = regexp.MustCompile(`^[A-Za-z0-9_.-]+\.ya?ml$`)

// RunHeads returns the newest commits of the default branch at the last runs of
// a workflow that have ended, each once, newest first. The workflow is named by
// its file, such as audit.yml. GitHub keeps this record, not the repository: who
// rewrites the branch does not change it.
func (g *GitHub) RunHeads(ctx context.Context, workflow string) ([]string, error) {
	doing := "read the runs of " + workflow
	if !workflowFile.MatchString(workflow) {
		return nil, fmt.Errorf("%s: a workflow is named by its file, such as audit.yml", doing)
	}
	var repository struct {
		DefaultBranch string `json:"default_branch"`
	}
	if err := g.Get(ctx, "", &repository); err != nil {
		return nil, err
	}
	var answer struct {
		Runs []struct {
			Head   string `json:"head_sha"`
			Branch string `json:"head_branch"`
			Status string `json:"status"`
			Event  string `json:"event"`
		} `json:"workflow_runs"`
	}
	query := url.Values{"branch": {repository.DefaultBranch}, "per_page": {fmt.Sprint(maxRuns)}}
	if err := g.Get(ctx, "actions/workflows/"+workflow+"/runs?"+query.Encode(), &answer); err != nil {
		return nil, err
	}
	var heads []string
	for _, r := range answer.Runs {
		// A pull request from a branch of the same name is not the branch.
		ours := r.Event == "schedule" || r.Event == "workflow_dispatch" || r.Event == "push"
		if ours && r.Status == "completed" && r.Branch == repository.DefaultBranch && isHash(r.Head) && !slices.Contains(heads, r.Head) {
			heads = append(heads, r.Head)
		}
	}
	return heads, nil
}
