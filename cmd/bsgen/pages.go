package main

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"strconv"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/forge"
)

// tellPages sets the output "pages" of a step of a workflow: may the site go to
// GitHub Pages? Outside of a workflow it does nothing.
func tellPages(ctx context.Context, g *globals, s *archive.Site) error {
	if os.Getenv("GITHUB_OUTPUT") == "" {
		return nil
	}
	known := privacyUnknown
	if s.Pages == nil && s.Visibility == "public" {
		var err error
		if known, err = repositoryPrivacy(ctx); err != nil {
			g.ui.Notef("bsgen: %v", err)
		}
	}
	pages, why := mayPublish(s, known)
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
		return false, "it is not known whether the repository is private"
	}
	return true, ""
}

// repositoryPrivacy reads the event of a workflow. The event of a schedule may not
// say; then GitHub is asked, where the step has a token.
func repositoryPrivacy(ctx context.Context) (privacy, error) {
	var event struct {
		Repository repositorySettings `json:"repository"`
	}
	if f, err := os.Open(os.Getenv("GITHUB_EVENT_PATH")); err == nil {
		err := json.NewDecoder(io.LimitReader(f, forge.MaxEvent)).Decode(&event)
		f.Close()
		if err == nil && event.Repository.Private != nil {
			return event.Repository.privacy(), nil
		}
	}
	if os.Getenv("GITHUB_TOKEN") == "" {
		return privacyUnknown, nil
	}
	hub, err := forge.NewGitHub(forge.FromEnv(os.Getenv))
	if err != nil {
		return privacyUnknown, err
	}
	var settings repositorySettings
	if err := hub.Get(ctx, "", &settings); err != nil {
		return privacyUnknown, err
	}
	return settings.privacy(), nil
}

// repositorySettings are what GitHub says about a repository.
type repositorySettings struct {
	Private *bool `json:"private"`
}

func (s repositorySettings) privacy() privacy {
	switch {
	case s.Private == nil:
		return privacyUnknown
	case *s.Private:
		return privacyPrivate
	}
	return privacyPublic
}
