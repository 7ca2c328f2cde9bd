package report

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/bsgen/bsgen/archive"
)

// maxExample is how many lines of an example are shown.
const maxExample = 24

// example shows how it is done: where model.yaml has a problem, the beginning of
// that of a model on the board, down to a response of a kind that the submission
// has too; else the files of a sound submission.
func example(a *archive.Archive, r *Report) Example {
	if r.Model == "" {
		return Example{}
	}
	own := "submissions/" + r.Model + "/model.yaml"
	inYAML := false
	for _, p := range r.Problems {
		inYAML = inYAML || p.File == own
	}
	if !inYAML {
		return Example{Text: strings.Join([]string{own, "submissions/" + r.Model + "/V4.npy"}, "\n")}
	}
	submitted, _ := os.ReadFile(filepath.Join(a.Root, filepath.FromSlash(own)))
	best := Example{}
	for _, m := range a.Models {
		if m.ID == r.Model || m.Role == archive.RoleReference {
			continue
		}
		for i := range m.Responses {
			if !names(submitted, m.Responses[i].Kind) && best.File != "" {
				continue
			}
			if text := excerpt(a, m, i); text != "" {
				best = Example{m.File(), text}
			}
			if best.File != "" && names(submitted, m.Responses[i].Kind) {
				return best
			}
		}
	}
	return best
}

// names reports whether a model.yaml, sound or not, names a kind of response.
func names(yaml []byte, kind string) bool {
	ok, err := regexp.Match(`kind:\s*["']?`+regexp.QuoteMeta(kind)+`\b`, yaml)
	return err == nil && ok
}

// excerpt returns the lines of a model.yaml up to its responses, and of these
// the one with the index. Comments and empty lines are left out.
func excerpt(a *archive.Archive, m *archive.Model, response int) string {
	data, err := os.ReadFile(filepath.Join(a.Root, filepath.FromSlash(m.File())))
	if err != nil {
		return ""
	}
	lines := strings.Split(string(data), "\n")
	first, from := m.Line("responses", 0), m.Line("responses", response)
	if first < 2 || from < first || from > len(lines) {
		return ""
	}
	out := slices.Clone(lines[:first-1])
	indent := len(lines[from-1]) - len(strings.TrimLeft(lines[from-1], " "))
	for i, l := range lines[from-1:] {
		in := len(l) - len(strings.TrimLeft(l, " "))
		if i > 0 && l != "" && (in < indent || in == indent && strings.HasPrefix(l[in:], "-")) {
			break
		}
		out = append(out, l)
	}
	kept := out[:0]
	for _, l := range out {
		if t := strings.TrimSpace(l); t != "" && !strings.HasPrefix(t, "#") {
			kept = append(kept, clipLine(l))
		}
	}
	if len(kept) > maxExample {
		return ""
	}
	return strings.Join(kept, "\n")
}

// clipLine shortens a line to what a comment can show without scrolling far.
func clipLine(l string) string {
	if r := []rune(l); len(r) > 220 {
		return string(r[:219]) + "…"
	}
	return l
}
