package browser

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/chromedp/chromedp"
)

// axeFile is where npm puts axe-core (MPL-2.0), which package.json pins.
const axeFile = "node_modules/axe-core/axe.min.js"

// Axe is the text of axe-core; see [Tab.Violations]. The error says how to get it.
func Axe() (string, error) {
	_, here, _, _ := runtime.Caller(0)
	for _, dir := range []string{filepath.Dir(here), "."} { // with -trimpath the source has no folder
		if data, err := os.ReadFile(filepath.Join(dir, axeFile)); err == nil {
			return string(data), nil
		}
	}
	return "", fmt.Errorf("axe-core is not installed: npm ci in tools/browser")
}

// Violations runs axe-core on the page as it is seen now and returns what it
// finds, a line for each element.
func (t *Tab) Violations(axe string) ([]string, error) {
	if ok, err := Eval[bool](t, "typeof axe === 'object'"); err != nil {
		return nil, err
	} else if !ok {
		if _, err := Eval[chromedp.Void](t, axe); err != nil {
			return nil, err
		}
	}
	type node struct {
		Target         []any
		FailureSummary string
	}
	type violation struct {
		ID, Help string
		Nodes    []node
	}
	found, err := Eval[[]violation](t, `axe.run(document, {resultTypes: ["violations"]}).then(r => r.violations)`)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, v := range found {
		for _, n := range v.Nodes {
			out = append(out, fmt.Sprintf("%s (%s): %v: %s", v.ID, v.Help, n.Target, strings.ReplaceAll(n.FailureSummary, "\n", " ")))
		}
	}
	return out, nil
}
