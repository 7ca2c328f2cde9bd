package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// output is where the bundles lie below the repository's root.
const output = "templates/dist"

// A bundle is a classic script made of one entry and what it imports.
type bundle struct {
	name   string // of the file, without .js
	entry  string // below the repository's root, slash-separated
	global string // variable that holds what the entry exports; "" for none
	banner string // comment in front
}

// scripts returns the bundles that are made of templates/ alone, sorted: one
// for each component that has a script of its own name. Other files beside it
// are there to be imported.
func scripts(root string) ([]bundle, error) {
	names, err := fs.Glob(os.DirFS(root), "templates/*/*.js")
	if err != nil {
		return nil, err
	}
	var out []bundle
	for _, name := range names {
		component := path.Base(path.Dir(name))
		if path.Base(name) == component+".js" {
			out = append(out, bundle{name: component, entry: name})
		}
	}
	return out, nil
}

// build returns the script.
func (b bundle) build(root string) ([]byte, error) {
	options := api.BuildOptions{
		AbsWorkingDir:     root,
		EntryPoints:       []string{b.entry},
		Bundle:            true,
		Format:            api.FormatIIFE, // modules do not load from file://
		GlobalName:        b.global,
		Target:            api.ES2020,
		Platform:          api.PlatformBrowser,
		Charset:           api.CharsetASCII,
		MinifyWhitespace:  true,
		MinifyIdentifiers: true,
		MinifySyntax:      true,
		LegalComments:     api.LegalCommentsNone, // [licences] has the texts
		Define:            map[string]string{"process.env.NODE_ENV": `"production"`},
	}
	if b.banner != "" {
		options.Banner = map[string]string{"js": b.banner}
	}
	result := api.Build(options)
	var errs []error
	for _, m := range slices.Concat(result.Errors, result.Warnings) {
		if m.Location != nil {
			errs = append(errs, fmt.Errorf("%s:%d: %s", m.Location.File, m.Location.Line, m.Text))
		} else {
			errs = append(errs, errors.New(m.Text))
		}
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return result.OutputFiles[0].Contents, nil
}

// parts are the npm packages that end up in the bundle of ECharts, with the
// files that hold their licences.
var parts = []struct {
	name     string
	licences []string
}{
	{"echarts", []string{"LICENSE", "NOTICE", "licenses/LICENSE-d3"}},
	{"zrender", []string{"LICENSE"}},
	{"tslib", []string{"LICENSE.txt"}},
}

// errNotInstalled is the error of npm packages that are not there.
var errNotInstalled = errors.New("not installed")

// echarts returns the bundle of the chart library. Its banner says what it was
// made of, so that the committed file can be held against its sources where npm
// is not at hand.
func echarts(root string) (bundle, error) {
	b := bundle{name: "echarts", entry: "tools/assets/echarts.js", global: "echarts"}
	entry, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(b.entry)))
	if err != nil {
		return b, err
	}
	lock, err := os.ReadFile(filepath.Join(root, "tools/assets/package-lock.json"))
	if err != nil {
		return b, err
	}
	var pinned struct {
		Packages map[string]struct{ Version string }
	}
	if err := json.Unmarshal(lock, &pinned); err != nil {
		return b, fmt.Errorf("tools/assets/package-lock.json: %w", err)
	}
	var names []string
	for _, p := range parts {
		names = append(names, p.name+" "+pinned.Packages["node_modules/"+p.name].Version)
	}
	if n := len(pinned.Packages) - 1; n != len(parts) {
		return b, fmt.Errorf("tools/assets/package-lock.json: %d packages, the licences of %d are known", n, len(parts))
	}
	b.banner = fmt.Sprintf("/* %s; licences: echarts.licences.txt; made of tools/assets/echarts.js %x */",
		strings.Join(names, ", "), sha256.Sum256(append(entry, lock...)))
	return b, nil
}

// installed reports an error where the npm packages are not those that the lock
// file pins: [errNotInstalled] where there are none.
func installed(root string) error {
	modules := filepath.Join(root, "tools/assets/node_modules")
	have, err := os.ReadFile(filepath.Join(modules, ".package-lock.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return errNotInstalled
	}
	if err != nil {
		return err
	}
	want, err := os.ReadFile(filepath.Join(root, "tools/assets/package-lock.json"))
	if err != nil {
		return err
	}
	type lock struct {
		Packages map[string]struct{ Version, Integrity string }
	}
	var h, w lock
	if err := errors.Join(json.Unmarshal(have, &h), json.Unmarshal(want, &w)); err != nil {
		return err
	}
	for name, pin := range w.Packages {
		if name != "" && h.Packages[name] != pin {
			return fmt.Errorf("tools/assets/%s is not the version that package-lock.json pins", name)
		}
	}
	return nil
}

// licences returns the texts of the licences of ECharts and what it is made of.
func licences(root string) ([]byte, error) {
	var out bytes.Buffer
	out.WriteString("What echarts.js is made of, and under which terms.\n")
	for _, p := range parts {
		for _, name := range p.licences {
			text, err := os.ReadFile(filepath.Join(root, "tools/assets/node_modules", p.name, filepath.FromSlash(name)))
			if err != nil {
				return nil, err
			}
			fmt.Fprintf(&out, "\n\n=== %s: %s ===\n\n%s\n", p.name, path.Base(name), bytes.TrimSpace(text))
		}
	}
	return out.Bytes(), nil
}

// outputs returns every file of the output folder by name. Without npm's
// packages it returns what needs none, and errNotInstalled.
func outputs(root string) (map[string][]byte, error) {
	out := map[string][]byte{}
	bundles, err := scripts(root)
	if err != nil {
		return nil, err
	}
	missing := installed(root)
	if missing != nil && !errors.Is(missing, errNotInstalled) {
		return nil, missing
	}
	if missing == nil {
		b, err := echarts(root)
		if err != nil {
			return nil, err
		}
		bundles = append(bundles, b)
		if out["echarts.licences.txt"], err = licences(root); err != nil {
			return nil, err
		}
	}
	for _, b := range bundles {
		if out[b.name+".js"], err = b.build(root); err != nil {
			return nil, err
		}
	}
	return out, missing
}
