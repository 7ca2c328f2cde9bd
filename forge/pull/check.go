package pull

import (
	"strings"

	"github.com/bsgen/bsgen/archive"
)

// Check opens the archive that [Pull.Extract] wrote and adds to the problems
// those that the archive has with the submission. What is wrong elsewhere is
// not the pull request's.
func (p *Pull) Check(dir string) (*archive.Archive, error) {
	a, problems, err := archive.Open(dir)
	if err != nil {
		return nil, err
	}
	if p.Kind == Submission && !p.Unsound {
		own := "submissions/" + p.Model
		for _, problem := range problems {
			if problem.File == own || strings.HasPrefix(problem.File, own+"/") {
				p.Problems = append(p.Problems, problem)
			}
		}
		p.Problems = p.Problems.Sort()
	}
	return a, nil
}
