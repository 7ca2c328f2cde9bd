package forge

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// gitEnv returns the environment of git calls: that of the process without what
// binds git to a repository (as in a hook), and with more configuration.
func gitEnv(environ []string, config [][2]string) []string {
	bound := []string{"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_COMMON_DIR", "GIT_NAMESPACE", "GIT_PREFIX", "GIT_QUARANTINE_PATH"}
	n := 0
	env := slices.DeleteFunc(slices.Clone(environ), func(e string) bool {
		key, value, _ := strings.Cut(e, "=")
		if key == "GIT_CONFIG_COUNT" { // ours follow
			n, _ = strconv.Atoi(value)
			return true
		}
		return slices.Contains(bound, key)
	})
	for i, c := range config {
		env = append(env, fmt.Sprintf("GIT_CONFIG_KEY_%d=%s", n+i, c[0]), fmt.Sprintf("GIT_CONFIG_VALUE_%d=%s", n+i, c[1]))
	}
	return append(env, fmt.Sprintf("GIT_CONFIG_COUNT=%d", n+len(config)), "LC_ALL=C", "GIT_TERMINAL_PROMPT=0")
}

// authorization is the configuration that sends a token to a remote, as the
// password of a user whose name GitHub and Gitea do not look at.
func authorization(remote, token string) ([2]string, error) {
	u, err := url.Parse(remote)
	if err != nil || u.Host == "" || u.Scheme != "https" && !(u.Scheme == "http" && loopback(u.Hostname())) {
		return [2]string{}, fmt.Errorf("a token is for remotes by https")
	}
	basic := base64.StdEncoding.EncodeToString([]byte("x-access-token:" + token))
	return [2]string{"http." + u.Scheme + "://" + u.Host + "/.extraHeader", "Authorization: Basic " + basic}, nil
}
