package forge

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/google/go-github/v62/github"
)

// MaxEvent is the size above which an event is refused unread (GitHub sends at
// most 25 MB).
const MaxEvent = 25 << 20

// Event is what made a workflow run. GitHub fills it in, so numbers, hashes and
// names of repositories can be trusted to be what they say; titles and names of
// branches are a stranger's.
type Event struct {
	Name          string // pull_request, workflow_run, push, schedule, workflow_dispatch
	Action        string // such as opened, completed; empty for some
	Repository    string // owner/name; "" where the event of a schedule does not say
	DefaultBranch string
	Private       bool
	Sender        string // login

	Pull     *PullRequest      // of pull_request
	Run      *Run              // of workflow_run
	Push     *Push             // of push
	Ref      string            // of workflow_dispatch: refs/heads/...
	Inputs   map[string]string // of workflow_dispatch
	Schedule string            // of schedule: the cron line
}

// Run is the workflow run that another one follows.
type Run struct {
	ID         int64
	Attempt    int
	Name       string // of the workflow
	Path       string // of the workflow's file
	Event      string // that made it: pull_request
	Conclusion string // success, failure, cancelled ...
	HeadSHA    string
	HeadBranch string // in the fork
	HeadRepo   string // owner/name; "" where the fork is gone
	HeadOwner  string // login; "" where the fork is gone
	URL        string // page
}

// Push is a move of a branch or tag.
type Push struct {
	Ref           string // refs/heads/main
	Before, After string // hashes; zeros for a ref that is new or gone
	Forced        bool
}

// EventFromEnv reads the event that GITHUB_EVENT_PATH and GITHUB_EVENT_NAME
// name. The error is [ErrNoEvent] where there is none.
func EventFromEnv(getenv func(string) string) (*Event, error) {
	name, path := getenv("GITHUB_EVENT_NAME"), getenv("GITHUB_EVENT_PATH")
	if name == "" || path == "" {
		return nil, ErrNoEvent
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read the event: %w", err)
	}
	defer f.Close()
	return ReadEvent(name, f)
}

// ErrNoEvent says that the program does not run in a workflow.
var ErrNoEvent = errors.New("GITHUB_EVENT_NAME and GITHUB_EVENT_PATH are not set")

// ReadEvent reads the JSON of an event with the name. Fields that bsgen does not
// use are passed over; those that it acts upon must be there and well-formed.
func ReadEvent(name string, r io.Reader) (*Event, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxEvent+1))
	if err != nil {
		return nil, fmt.Errorf("read the event: %w", err)
	}
	if len(data) > MaxEvent {
		return nil, fmt.Errorf("read the event: more than the %d bytes allowed", MaxEvent)
	}
	e, err := parseEvent(name, data)
	if err != nil {
		return nil, fmt.Errorf("read the %s event: %w", shorten(name), err)
	}
	return e, nil
}

func parseEvent(name string, data []byte) (*Event, error) {
	var common struct {
		Action string             `json:"action"`
		Repo   *github.Repository `json:"repository"`
		Sender *github.User       `json:"sender"`
	}
	if err := json.Unmarshal(data, &common); err != nil {
		return nil, err
	}
	e := &Event{
		Name: name, Action: common.Action, Sender: common.Sender.GetLogin(),
		Repository: common.Repo.GetFullName(), DefaultBranch: common.Repo.GetDefaultBranch(), Private: common.Repo.GetPrivate(),
	}
	if common.Repo == nil && name == "schedule" {
		// Its payload is not documented, and has not always had a repository.
	} else if _, _, err := splitRepository(e.Repository); err != nil {
		return nil, err
	}
	switch name {
	case "pull_request":
		var p struct {
			Number int                 `json:"number"`
			Pull   *github.PullRequest `json:"pull_request"`
		}
		if err := json.Unmarshal(data, &p); err != nil {
			return nil, err
		}
		if p.Pull == nil {
			return nil, errors.New("it has no pull_request")
		}
		e.Pull = pullRequest(p.Pull)
		return e, e.Pull.check()
	case "workflow_run":
		var w struct {
			Run *workflowRun `json:"workflow_run"`
		}
		if err := json.Unmarshal(data, &w); err != nil {
			return nil, err
		}
		if w.Run == nil {
			return nil, errors.New("it has no workflow_run")
		}
		e.Run = run(w.Run)
		return e, e.Run.check()
	case "push":
		var p struct {
			Ref    string `json:"ref"`
			Before string `json:"before"`
			After  string `json:"after"`
			Forced bool   `json:"forced"`
		}
		if err := json.Unmarshal(data, &p); err != nil {
			return nil, err
		}
		e.Push = &Push{p.Ref, p.Before, p.After, p.Forced}
		if p.Ref == "" || !isHash(p.Before) || !isHash(p.After) {
			return nil, errors.New("ref, before or after is missing")
		}
		return e, nil
	case "schedule":
		var s struct {
			Schedule string `json:"schedule"`
		}
		err := json.Unmarshal(data, &s)
		e.Schedule = s.Schedule
		return e, err
	case "workflow_dispatch":
		var d struct {
			Ref    string         `json:"ref"`
			Inputs map[string]any `json:"inputs"` // null where the workflow has none
		}
		if err := json.Unmarshal(data, &d); err != nil {
			return nil, err
		}
		e.Ref = d.Ref
		e.Inputs = make(map[string]string, len(d.Inputs))
		for k, v := range d.Inputs {
			switch v := v.(type) {
			case nil:
				e.Inputs[k] = ""
			case string, bool, float64:
				e.Inputs[k] = fmt.Sprint(v)
			default:
				return nil, fmt.Errorf("the input %q is no text", k)
			}
		}
		return e, nil
	}
	return nil, errors.New("bsgen does not handle events of this kind")
}

// workflowRun adds the field that go-github lacks.
type workflowRun struct {
	github.WorkflowRun
	Path string `json:"path"`
}

// run takes what bsgen uses.
func run(w *workflowRun) *Run {
	return &Run{
		ID: w.GetID(), Attempt: w.GetRunAttempt(), Name: w.GetName(), Path: w.Path, Event: w.GetEvent(), Conclusion: w.GetConclusion(),
		HeadSHA: w.GetHeadSHA(), HeadBranch: w.GetHeadBranch(), URL: w.GetHTMLURL(),
		HeadRepo: w.GetHeadRepository().GetFullName(), HeadOwner: w.GetHeadRepository().GetOwner().GetLogin(),
	}
}

func (r *Run) check() error {
	switch {
	case r.ID <= 0:
		return errors.New("the run has no id")
	case !isHash(r.HeadSHA):
		return fmt.Errorf("the run's head_sha %q is no hash", shorten(r.HeadSHA))
	case r.Event == "":
		return errors.New("the run's event is missing")
	}
	return nil
}

func (p *PullRequest) check() error {
	switch {
	case p.Number <= 0:
		return errors.New("the pull request has no number")
	case !isHash(p.HeadSHA), !isHash(p.BaseSHA):
		return fmt.Errorf("the pull request's head %q or base %q is no hash", shorten(p.HeadSHA), shorten(p.BaseSHA))
	case p.BaseRef == "":
		return errors.New("the pull request has no base branch")
	}
	return nil
}
