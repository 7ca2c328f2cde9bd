package archive

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v4"
)

// maxYAML is the size above which a YAML file is refused unread. The largest
// benchmark that ships has 3 kB.
const maxYAML = 1 << 20

// document is a strictly decoded YAML file that remembers where its values stood.
type document struct {
	file string
	data []byte
	root *yaml.Node // nil where it is not valid YAML
}

// later returns what document.line gives, without holding the parsed file for
// the rare case that somebody asks: it has ten times the size of the file.
func (d document) later() func(path ...any) int {
	data := d.data
	return func(path ...any) int { return document{root: parse(data)}.line(path...) }
}

func parse(data []byte) *yaml.Node {
	var node yaml.Node
	if err := yaml.Load(data, &node); err != nil {
		return nil
	}
	return &node
}

// decode parses data into out, a pointer to a struct. Every mistake becomes a
// problem of its own. The document can be asked for lines even after problems;
// ok says whether out is usable at all.
func decode(file string, data []byte, out any, ps *Problems) (doc document, ok bool) {
	doc = document{file, data, parse(data)}
	var err error
	if doc.root != nil {
		err = doc.root.Load(out, yaml.WithKnownFields())
	} else {
		err = yaml.Load(data, out, yaml.WithKnownFields()) // which says what is wrong
	}
	if err == nil {
		return doc, !hasControls(file, doc.root, ps)
	}
	var many *yaml.LoadErrors
	var one *yaml.LoadError
	switch {
	case errors.As(err, &many):
		for _, e := range many.Errors {
			msg, hint := explain(e.Message, out)
			ps.Add(file, e.Mark.Line, hint, "%s", msg)
		}
	case errors.As(err, &one):
		ps.Add(file, one.Mark.Line, "check the indentation and the quotes around this line", "not valid YAML: %s", one.Message)
	default:
		ps.Add(file, 0, "", "not valid YAML: %v", err)
	}
	return doc, false
}

const formHint = "`bsgen new` writes a file in the right form to compare with"

// hasControls reports characters that a terminal or a page would obey instead
// of showing them: control characters other than line breaks and tabs, and those
// that reverse the direction of text.
func hasControls(file string, n *yaml.Node, ps *Problems) bool {
	if n == nil {
		return false
	}
	found := false
	for _, r := range n.Value {
		if unicode.IsControl(r) && r != '\n' && r != '\t' || unicode.Is(unicode.Bidi_Control, r) {
			ps.Add(file, n.Line, "remove it", "the text holds the control character %U", r)
			found = true
			break
		}
	}
	for _, c := range n.Content {
		found = hasControls(file, c, ps) || found
	}
	return found
}

var (
	unknownField = regexp.MustCompile(`^field (\S+) not found in type`)
	duplicateKey = regexp.MustCompile(`^mapping key "(.*)" already defined at line (\d+)`)
	wrongType    = regexp.MustCompile("^cannot construct !!(\\w+)(?: `(.*)`)? into (.+)$") // lists and mappings have no value
)

// explain turns the YAML library's message into one about the file.
func explain(msg string, out any) (text, hint string) {
	switch msg {
	case "yaml: no documents in stream":
		return "there is nothing in the file", formHint
	case "yaml: expected single document, found multiple":
		return "a second document follows the first", "remove the lines from `---` on"
	}
	if m := unknownField.FindStringSubmatch(msg); m != nil {
		hint = "remove it, or see `bsgen new` for the keys that exist"
		if why, ok := declined[strings.ToLower(m[1])]; ok {
			return fmt.Sprintf("unknown key %q", m[1]), why
		}
		if near := nearest(m[1], keysOf(reflect.TypeOf(out), map[reflect.Type]bool{})); near != "" {
			hint = fmt.Sprintf("did you mean %q?", near)
		}
		return fmt.Sprintf("unknown key %q", m[1]), hint
	}
	if m := duplicateKey.FindStringSubmatch(msg); m != nil {
		return fmt.Sprintf("key %q stands twice (first on line %s)", m[1], m[2]), "keep one of them"
	}
	if m := wrongType.FindStringSubmatch(msg); m != nil {
		if m[3] == "int" && m[1] == "float" {
			return fmt.Sprintf("%s is not a whole number", m[2]), "versions, seeds and counts are whole numbers: 1, 2, 3"
		}
		what := cmp.Or(tagKinds[m[1]], m[1]) + " stands"
		if m[2] != "" {
			what = fmt.Sprintf("%q is %s", m[2], cmp.Or(tagKinds[m[1]], m[1]))
		}
		return fmt.Sprintf("%s where %s belongs", what, goKind(m[3])), formHint
	}
	return msg, ""
}

// declined are keys that one may expect, and why there are none.
var declined = map[string]string{
	"pca": "remove it: activations are scored whole, without principal components; `pls` reduces them by itself",
}

// tagKinds are the kinds of YAML values in words.
var tagKinds = map[string]string{
	"str": "text", "int": "a whole number", "float": "a number", "bool": "true or false", "null": "nothing",
	"seq": "a list", "map": "a mapping of keys to values", "timestamp": "a date",
}

func goKind(t string) string {
	switch {
	case strings.HasPrefix(t, "[]"):
		return "a list"
	case strings.HasPrefix(t, "map["), strings.Contains(t, "."):
		return tagKinds["map"]
	case strings.Contains(t, "int"):
		return "a whole number"
	case strings.Contains(t, "float"):
		return "a number"
	case t == "bool":
		return "true or false"
	}
	if t == "string" {
		return tagKinds["str"]
	}
	return "a " + t
}

// keysOf lists the YAML keys that a type and the types inside it know.
func keysOf(t reflect.Type, seen map[reflect.Type]bool) []string {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || seen[t] {
		return nil
	}
	seen[t] = true
	var keys []string
	for f := range t.Fields() {
		if name, _, _ := strings.Cut(f.Tag.Get("yaml"), ","); name != "" && name != "-" {
			keys = append(keys, name)
		}
		keys = append(keys, keysOf(f.Type, seen)...)
	}
	return keys
}

// nearest returns the candidate within two edits of word, or "".
func nearest(word string, candidates []string) string {
	best, dist := "", 3
	for _, c := range candidates {
		if d := editDistance(word, c); d < dist && d < len(word) {
			best, dist = c, d
		}
	}
	return best
}

// editDistance is Levenshtein's: insertions, deletions and substitutions.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diag := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diag, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, diag+cost)
		}
	}
	return row[len(b)]
}

// line returns the line of the value at a path of keys and list indices, such
// as line("responses", 0, "sha256"), or of the deepest ancestor that exists.
func (d document) line(path ...any) int {
	n := d.root
	if n == nil {
		return 0
	}
	if n.Kind == yaml.DocumentNode && len(n.Content) > 0 {
		n = n.Content[0]
	}
	line := n.Line
walk:
	for _, p := range path {
		switch key := p.(type) {
		case string:
			for i := 0; i+1 < len(n.Content) && n.Kind == yaml.MappingNode; i += 2 {
				if n.Content[i].Value == key {
					line, n = n.Content[i].Line, n.Content[i+1]
					continue walk
				}
			}
			return line
		case int:
			if n.Kind != yaml.SequenceNode || key >= len(n.Content) {
				return line
			}
			n = n.Content[key]
			line = n.Line
		default:
			panic("archive: path of " + strconv.Quote(fmt.Sprint(p)))
		}
	}
	return line
}
