package workflows

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/rhysd/actionlint"
	"go.yaml.in/yaml/v4"
)

// Grants lists what each job of a workflow may do, a line each: file, job, and
// permission, environment or token. Files and jobs without rights are listed
// too, with a dash.
func Grants(file string, data []byte) ([]string, error) {
	w, errs := actionlint.Parse(data)
	if len(errs) > 0 {
		return nil, errs[0]
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return nil, err
	}
	var lines []string
	for id, j := range w.Jobs {
		var grants []string
		if p := j.Permissions; p != nil {
			for scope, s := range p.Scopes {
				grants = append(grants, scope+": "+s.Value.Value)
			}
		}
		if e := j.Environment; e != nil {
			grants = append(grants, "environment "+e.Name.Value)
		}
		walk(doc.Content[0], nil, func(path []string, n *yaml.Node) {
			if len(path) > 1 && path[0] == "jobs" && strings.EqualFold(path[1], id) && token.MatchString(n.Value) {
				grants = append(grants, "token "+path[len(path)-1])
			}
		})
		slices.Sort(grants)
		grants = slices.Compact(grants)
		if len(grants) == 0 {
			grants = []string{"-"}
		}
		for _, g := range grants {
			lines = append(lines, fmt.Sprintf("%s %s %s", file, cmp.Or(j.ID.Value, id), g))
		}
	}
	slices.Sort(lines)
	return lines, nil
}
