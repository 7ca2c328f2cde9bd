package doctor

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/bsgen/bsgen/forge"
)

const tokenHint = "a token of an administrator tells: `GITHUB_TOKEN=$(gh auth token) bsgen doctor`"

// unknown says why a setting is not known. Settings that are unknown for one
// reason get one text, so that they can be told together.
func (in *Input) unknown(err error) Check {
	c := Check{State: Unknown}
	var refused *forge.APIError
	var limit *forge.RateLimitError
	var lost *url.Error
	switch {
	case in.Settings == nil:
		c.What, c.Hint = in.NotRead, in.NotReadHint
	case errors.As(err, &limit):
		c.What, c.Hint = limit.Error(), "without a token GitHub answers 60 calls an hour; doctor needs some twenty"
	case errors.As(err, &lost):
		c.What, c.Hint = fmt.Sprintf("GitHub can not be reached: %v", lost.Err), "`bsgen doctor --offline` looks at what is at hand alone"
	case !errors.As(err, &refused):
		c.What = fmt.Sprintf("GitHub's answer can not be read: %v", err)
	case refused.Status >= 500:
		c.What, c.Hint = fmt.Sprintf("GitHub failed to answer (%d)", refused.Status), "try again"
	case !in.Token:
		c.What, c.Hint = "without a token GitHub does not tell", tokenHint
	case refused.Status == http.StatusUnauthorized:
		c.What, c.Hint = "GitHub refuses the token: "+refused.Message, "GITHUB_TOKEN has run out, or is of another server than GITHUB_API_URL"
	case refused.Status == http.StatusNotFound:
		c.What, c.Hint = "GitHub has none, or does not show it to this token (404)", tokenHint
	default:
		c.What, c.Hint = fmt.Sprintf("GitHub does not tell this token (%d: %s)", refused.Status, refused.Message), tokenHint
		if refused.Needs != "" {
			c.Hint = "the token needs " + refused.Needs
		}
	}
	return c
}

// admin reports whether the settings were read as an administrator, who is told
// what is not there.
func (in *Input) admin() bool {
	return in.Settings != nil && in.Settings.Repository.Known() && in.Settings.Repository.Value.Permissions.Admin
}

// absent reports whether the service said, to one who may know, that there is no
// such thing here.
func (in *Input) absent(err error) bool {
	return noSetting(err) || in.admin() && errors.Is(err, forge.ErrNotFound)
}

// noSetting reports that the repository can not have a setting.
func noSetting(err error) bool { return errors.Is(err, forge.ErrNoSetting) }
