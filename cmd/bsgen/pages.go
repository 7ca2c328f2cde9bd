package main

import (
	"encoding/json"
	"io"
	"os"
	"strconv"

	"github.com/bsgen/bsgen/archive"
)

// tellPages sets the output "pages" of a step of a workflow: may the site go to
// GitHub Pages? Outside of a workflow it does nothing.
func tellPages(g *globals, s *archive.Site) error {
	if os.Getenv("GITHUB_OUTPUT") == "" {
		return nil
	}
	pages, why := mayPublish(s, repositoryPrivacy(os.Getenv("GITHUB_EVENT_PATH")))
	if !pages {
		g.ui.Notef("bsgen: the site is not for GitHub Pages: %s\nhint: `pages: true` in site.yaml publishes it there; on most plans everyone can read it then", why)
	}
	return setOutput("pages", strconv.FormatBool(pages))
}

// privacy is what is known about who may read the repository.
type privacy int

const (
	privacyUnknown privacy = iota
	privacyPublic
	privacyPrivate
)

// mayPublish decides whether a site may go where everyone can read it. What is
// said in site.yaml counts. Where nothing is said, only the public board of a
// repository that is known to be public may: a fork that holds a lab's own data
// starts with the site.yaml of a public board.
func mayPublish(s *archive.Site, repository privacy) (ok bool, why string) {
	switch {
	case s.Pages != nil && *s.Pages:
		return true, ""
	case s.Pages != nil:
		return false, "site.yaml says pages: false"
	case s.Visibility != "public":
		return false, "the board is private"
	case repository == privacyPrivate:
		return false, "the repository is private"
	case repository == privacyUnknown:
		return false, "the event does not say whether the repository is private"
	}
	return true, ""
}

// repositoryPrivacy reads the event of a workflow.
func repositoryPrivacy(eventFile string) privacy {
	f, err := os.Open(eventFile)
	if err != nil {
		return privacyUnknown
	}
	defer f.Close()
	var event struct {
		Repository struct {
			Private *bool `json:"private"`
		} `json:"repository"`
	}
	if json.NewDecoder(io.LimitReader(f, 25<<20)).Decode(&event) != nil || event.Repository.Private == nil {
		return privacyUnknown
	}
	if *event.Repository.Private {
		return privacyPrivate
	}
	return privacyPublic
}
