package forgetest

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/bsgen/bsgen/forge"
)

// CheckRun is a check run with the annotations of all requests.
type CheckRun struct {
	ID int64
	forge.Check
}

// Checks returns the check runs, oldest first.
func (s *Server) Checks() []CheckRun {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []CheckRun
	for _, c := range s.checks {
		copied := *c
		copied.Annotations = slices.Clone(c.Annotations)
		out = append(out, copied)
	}
	return out
}

// checkRequest is the body of a request to make or change a check run.
type checkRequest struct {
	Name       string `json:"name"`
	HeadSHA    string `json:"head_sha"`
	DetailsURL string `json:"details_url"`
	Status     string `json:"status"`
	Conclusion string `json:"conclusion"`
	Output     *struct {
		Title       string `json:"title"`
		Summary     string `json:"summary"`
		Annotations []struct {
			Path    string `json:"path"`
			Start   int    `json:"start_line"`
			End     int    `json:"end_line"`
			Level   string `json:"annotation_level"`
			Message string `json:"message"`
			Title   string `json:"title"`
		} `json:"annotations"`
	} `json:"output"`
}

// maxSummary is how many characters a check run's summary may have.
const maxSummary = 65535

// problem says what GitHub would refuse.
func (c *checkRequest) problem() string {
	switch {
	case c.Status == "completed" && c.Conclusion == "":
		return "a completed check run needs a conclusion"
	case c.Conclusion != "" && !slices.Contains([]string{"action_required", "cancelled", "failure", "neutral", "success", "skipped", "timed_out"}, c.Conclusion):
		return "unknown conclusion"
	case c.Output == nil:
		return ""
	case c.Output.Title == "", c.Output.Summary == "":
		return "output needs title and summary"
	case utf8.RuneCountInString(c.Output.Summary) > maxSummary:
		return "the summary is too long"
	case len(c.Output.Annotations) > forge.MaxAnnotations:
		return "only 50 annotations are allowed"
	}
	for _, a := range c.Output.Annotations {
		if a.Path == "" || strings.HasPrefix(a.Path, "/") || a.Start < 1 || a.End < a.Start || a.Message == "" || len(a.Message) > 64<<10 || len(a.Title) > 255 ||
			!slices.Contains([]string{"notice", "warning", "failure"}, a.Level) {
			return "malformed annotation"
		}
	}
	return ""
}

// apply adds what the request says to a check run.
func (c *checkRequest) apply(run *CheckRun) {
	run.Name, run.Conclusion = c.Name, c.Conclusion
	if c.DetailsURL != "" {
		run.DetailsURL = c.DetailsURL
	}
	if c.Output == nil {
		return
	}
	run.Title, run.Summary = c.Output.Title, c.Output.Summary
	for _, a := range c.Output.Annotations {
		run.Annotations = append(run.Annotations, forge.Annotation{Path: a.Path, Line: a.Start, Level: a.Level, Title: a.Title, Message: a.Message})
	}
}

func (s *Server) createCheck(w http.ResponseWriter, r *http.Request) {
	var in checkRequest
	if err := decode(r, &in); err != nil {
		refuse(w, http.StatusUnprocessableEntity, err.Error())
		return
	}
	if _, err := s.git(nil, "cat-file", "-e", in.HeadSHA+"^{commit}"); err != nil || in.Name == "" {
		refuse(w, http.StatusUnprocessableEntity, "No commit found for SHA: "+in.HeadSHA)
		return
	}
	if why := in.problem(); why != "" {
		refuse(w, http.StatusUnprocessableEntity, "Invalid request: "+why)
		return
	}
	run := &CheckRun{ID: int64(5000 + len(s.checks))}
	run.HeadSHA = in.HeadSHA
	in.apply(run)
	s.checks = append(s.checks, run)
	reply(w, http.StatusCreated, map[string]any{"id": run.ID, "name": run.Name, "head_sha": run.HeadSHA, "status": in.Status, "conclusion": in.Conclusion})
}

func (s *Server) editCheck(w http.ResponseWriter, r *http.Request) {
	id, _ := strconv.ParseInt(r.PathValue("id"), 10, 64)
	at := slices.IndexFunc(s.checks, func(c *CheckRun) bool { return c.ID == id })
	if at < 0 {
		refuse(w, http.StatusNotFound, "Not Found")
		return
	}
	var in checkRequest
	if err := decode(r, &in); err != nil {
		refuse(w, http.StatusUnprocessableEntity, err.Error())
		return
	}
	if why := in.problem(); why != "" {
		refuse(w, http.StatusUnprocessableEntity, "Invalid request: "+why)
		return
	}
	in.apply(s.checks[at])
	reply(w, http.StatusOK, map[string]any{"id": id, "name": in.Name})
}
