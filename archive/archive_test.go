package archive

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const zeros = "0000000000000000000000000000000000000000000000000000000000000000"

// sound is a small archive without a problem.
var sound = map[string]string{
	"site.yaml": "title: Lab board\nhosts: [raw.githubusercontent.com, data.example.org]\n",
	"boards/vision.yaml": `id: vision
title: Vision
nodes:
  - {id: average, title: Average}
  - {id: IT, title: IT, parent: average}
views:
  - {id: all, title: All, node: average}
`,
	"benchmarks/Lab2026.IT-rdm/README.md": "# Objects in IT\n",
	"benchmarks/Lab2026.IT-rdm/benchmark.yaml": `id: Lab2026.IT-rdm
version: 1
title: Objects in IT
board: vision
parent: IT
dataset: Lab2026.IT
primary: true
assembly:
  reader: mat-rdms
  region: IT
  variable: RDMs
  name_pattern: '(subject\d)'
sources:
  rdms: {url: "https://data.example.org/rdms.mat", sha256: "` + zeros + `", bytes: 1000}
metric: {name: rdm_spearman}
ceiling: {name: rsa_ceiling, scale: band}
normalize: ratio
license: CC0
`,
	"submissions/net/model.yaml": `id: net
name: Net
submitter: {name: A lab}
responses:
  - stimuli: Lab2026.IT
    kind: rdm
    format: npy
    file: rdm.npy
    sha256: ab5df625bc76dbd4e163bed2dd888df828f90159bb93556525c31821b6541d46
metadata:
  year: {value: 2024, source: "https://example.org/paper"}
  parameters: unknown
`,
	"submissions/net/rdm.npy": "three",
	"submissions/other/model.yaml": `id: other
name: Other
submitter: {name: A lab}
responses:
  - {stimuli: Lab2026.IT, kind: rdm, url: "https://data.example.org/o.mat", sha256: "` + zeros + `", bytes: 10, variable: RDM}
`,
	"content/about.md": "# About\n",
}

func write(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		if err := WriteFile(filepath.Join(root, filepath.FromSlash(name)), []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func TestOpen(t *testing.T) {
	files := maps.Clone(sound)
	// printf three | sha256sum
	files["submissions/net/model.yaml"] = strings.Replace(files["submissions/net/model.yaml"],
		"ab5df625bc76dbd4e163bed2dd888df828f90159bb93556525c31821b6541d46", "8b5b9db0c13db24256c829aa364aa90c6d2eba318b9232a4ab9313b954d3555f", 1)
	a, problems, err := Open(write(t, files))
	if err != nil || len(problems) > 0 {
		t.Fatalf("%v, %v", problems, err)
	}
	m, ok := a.Model("net")
	if !ok || m.Role != RoleModel || m.Metadata.Year.Value != "2024" || m.Metadata.Parameters.Value != "" || m.Line("responses", 0, "kind") != 6 {
		t.Errorf("model %+v", m)
	}
	b, ok := a.Benchmark("Lab2026.IT-rdm")
	if !ok || b.StimulusSet() != "Lab2026.IT" || b.Direction != "higher" || string(b.Readme) == "" {
		t.Errorf("benchmark %+v", b)
	}
	if a.Site.Title != "Lab board" || len(a.Boards) != 1 || len(a.Models) != 2 || string(a.Content["about"]) != "# About\n" {
		t.Errorf("archive %+v", a)
	}
	if _, _, err := Open(t.TempDir()); err == nil {
		t.Error("an empty folder opens as an archive")
	}
	if _, _, err := Open(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a folder that is not there opens as an archive")
	}
}

func TestProblems(t *testing.T) {
	const bench, model, other = "benchmarks/Lab2026.IT-rdm/benchmark.yaml", "submissions/net/model.yaml", "submissions/other/model.yaml"
	good := maps.Clone(sound)
	good[model] = strings.Replace(good[model], "ab5df625bc76dbd4e163bed2dd888df828f90159bb93556525c31821b6541d46", "8b5b9db0c13db24256c829aa364aa90c6d2eba318b9232a4ab9313b954d3555f", 1)
	swap := func(file, old, new string) func(map[string]string) {
		return func(f map[string]string) {
			if !strings.Contains(f[file], old) {
				panic(old + " is not in " + file)
			}
			f[file] = strings.Replace(f[file], old, new, 1)
		}
	}
	put := func(file, text string) func(map[string]string) {
		return func(f map[string]string) { f[file] = text }
	}
	ask := func(rest string) func(map[string]string) {
		return func(f map[string]string) {
			f["boards/vision.yaml"] += "questions:\n  - id: q\n    title: Does it?\n    " + rest + "\n"
		}
	}
	for _, c := range []struct {
		name   string
		change func(map[string]string)
		want   string // the problem
		hint   string // part of its hint
	}{
		// YAML
		{"unknown key", swap(model, "submitter:", "submiter:"), model + `:3: unknown key "submiter"`, `did you mean "submitter"?`},
		{"principal components", swap(bench, "name: rdm_spearman", "name: rdm_spearman, pca: 1000"), bench + `:15: unknown key "pca"`, "activations are scored whole"},
		{"unknown key inside", swap(bench, "name: rdm_spearman", "nmae: rdm_spearman"), bench + `:15: unknown key "nmae"`, `did you mean "name"?`},
		{"duplicate key", swap(model, "name: Net", "name: Net\nname: Not"), model + `:3: key "name" stands twice (first on line 2)`, "keep one"},
		{"fraction for a version", swap(bench, "version: 1", "version: 1.10"), bench + ":2: 1.10 is not a whole number", "whole numbers"},
		{"version 0", swap(bench, "version: 1", "version: 0"), bench + ":2: version 0 is below 1", "version: 1"},
		{"text for a number", swap(bench, "version: 1", "version: one"), bench + `:2: "one" is text where a whole number belongs`, ""},
		{"list for text", swap(bench, "version: 1", "version: 1\nsummary: [a, b]"), bench + `:3: a list stands where text belongs`, ""},
		{"text for a mapping", swap(bench, "version: 1", "version: 1\nstimuli: faces"), bench + `:3: "faces" is text where a mapping of keys to values belongs`, ""},
		{"broken YAML", swap(model, "responses:", "  responses: ["), model + ":4: not valid YAML", "indentation"},
		{"empty file", put(model, ""), model + ": there is nothing in the file", "bsgen new"},
		{"two documents", swap(model, "name: Net", "name: Net\n---\na: b"), model + ": a second document", "---"},
		{"too large", put(model, "id: net\n#"+strings.Repeat("x", maxYAML)), model + ": has 1048585 bytes, more than the 1048576 allowed", ""},
		// ids and places
		{"id with a way out", swap(model, "id: net", "id: ../net"), model + `:1: the id "../net" has characters other than`, "folder and the id"},
		{"id of dots", swap(model, "id: net", "id: n..t"), model + `:1: the id "n..t" has dots`, ""},
		{"id of a device", swap(bench, "id: Lab2026.IT-rdm", "id: NUL.txt"), bench + `:1: the id "NUL.txt" is a device name`, ""},
		{"id with capitals", swap(model, "id: net", "id: Net"), model + `:1: the id "Net" has capitals`, "net"},
		{"id of another folder", swap(model, "id: net", "id: ned"), model + `:1: id "ned" stands in the folder "net"`, "rename"},
		{"two submissions with one id", swap(other, "id: other", "id: net"), other + `:1: id "net" stands in the folder "other"`, "rename"},
		{"folders that differ in capitals", put("submissions/NET/model.yaml", good[model]), "submissions/NET: differs from net only in capitals", "rename"},
		{"a file among the folders", put("submissions/model.yaml", good[model]), "submissions/model.yaml: a file where a folder is expected", "submissions/<id>/model.yaml"},
		{"a folder without model.yaml", put("submissions/empty/x", ""), "submissions/empty/model.yaml: is not there", "every folder"},
		{"no name", swap(model, "name: Net\n", ""), model + ":1: name is missing", ""},
		{"no submitter", swap(model, "submitter: {name: A lab}\n", ""), model + ":1: submitter.name is missing", ""},
		{"unknown role", swap(model, "name: Net", "name: Net\nrole: champion"), model + `:3: role "champion" does not exist`, "baseline"},
		// responses
		{"unknown stimuli", swap(model, "stimuli: Lab2026.IT", "stimuli: Lab2026.TI"), model + `:5: no benchmark has the stimuli "Lab2026.TI"`, "did you mean Lab2026.IT?"},
		{"unknown kind", swap(model, "kind: rdm", "kind: RDM"), model + `:6: kind "RDM" does not exist`, "choices"},
		{"unknown format", swap(model, "format: npy", "format: xlsx"), model + `:7: format "xlsx" does not exist`, "mat, npy"},
		{"wrong hash", swap(model, "8b5b9db", "8b5b9dc"), model + ":9: rdm.npy has the digest 8b5b9db", "sha256sum rdm.npy"},
		{"malformed hash", swap(model, "8b5b9db", "8B5B9DB"), model + ":9: sha256", "sha256sum"},
		{"file that is not there", swap(model, "file: rdm.npy", "file: rdn.npy"), model + ":8: rdn.npy is not there", "commit the file"},
		{"file outside the folder", swap(model, "file: rdm.npy", "file: ../other/model.yaml"), model + `:8: the path "../other/model.yaml" leaves`, "beside the YAML"},
		{"absolute file", swap(model, "file: rdm.npy", "file: /etc/passwd"), model + `:8: the path "/etc/passwd" leaves`, ""},
		{"file and url", swap(model, "file: rdm.npy", "file: rdm.npy\n    url: https://data.example.org/x"), model + ":5: url and file exclude each other", ""},
		{"neither file nor url", swap(model, "    file: rdm.npy\n", ""), model + ":5: neither url nor file", ""},
		{"host that is not allowed", swap(other, "data.example.org", "evil.example.com"), other + `:5: the host "evil.example.com" is not allowed`, "site.yaml"},
		{"private address", swap(other, "data.example.org", "127.0.0.1"), other + ":5: the URL names the address 127.0.0.1", ""},
		{"plain http", swap(other, "https:", "http:"), other + ":5: the URL http://data.example.org/o.mat is not plain https", ""},
		{"10 GB announced", swap(other, "bytes: 10", "bytes: 10000000000"), other + ":5: bytes: 10000000000 is outside 0 to 2147483648", ""},
		{"no size announced", swap(other, ", bytes: 10", ""), other + ":5: bytes is missing", ""},
		{"the same response twice", swap(other, "responses:\n", "responses:\n  - {stimuli: Lab2026.IT, kind: rdm, url: \"https://data.example.org/o.mat\", sha256: \""+zeros+"\", bytes: 10, variable: RDM}\n"), other + ":6: the responses to Lab2026.IT of kind rdm stand twice", "keep one"},
		{"no responses", put(other, "id: other\nname: Other\nsubmitter: {name: A lab}\n"), other + ":1: the model responds to nothing", ""},
		{"fact without a source", swap(model, "parameters: unknown", "parameters: 25000000"), model + ":12: ", ""},
		{"a file that word-length does not read", swap(other, "kind: rdm", "kind: surprisal, format: word-length"), other + ":5: the format word-length reads no file", "remove"},
		{"activations of no region", swap(other, "kind: rdm", "kind: activations"), other + ":5: region is missing", "V4"},
		{"activations of another region", swap(other, "kind: rdm", "kind: activations, region: V1"), other + `:5: no benchmark on Lab2026.IT measures the region "V1"`, "measured there: IT"},
		{"a control character", swap(other, "name: Other", "name: \"Ot\\e[31mher\""), other + ":2: the text holds the control character U+001B", "remove"},
		{"a character that reverses text", swap(other, "name: Other", "name: Ot\u202eher"), other + ":2: the text holds the control character U+202E", "remove"},
		{"training data almost named", swap(other, "responses:", "neural_training: [{dataset: lab2026.it}]\nresponses:"), other + `:4: the dataset "lab2026.it" is almost one of this archive`, "did you mean Lab2026.IT"},
		// benchmarks
		{"no README", func(f map[string]string) { delete(f, "benchmarks/Lab2026.IT-rdm/README.md") }, "benchmarks/Lab2026.IT-rdm/README.md: the benchmark has no README.md", "cite"},
		{"samples that are no picture", put("benchmarks/Lab2026.IT-rdm/samples.png", "<svg>not a picture of pixels</svg>"), "benchmarks/Lab2026.IT-rdm/samples.png: png: invalid format", "--samples"},
		{"unknown metric", swap(bench, "rdm_spearman", "rdm_spearmen"), bench + `:15: metric "rdm_spearmen" does not exist`, "rdm_spearman"},
		{"unknown reader", swap(bench, "mat-rdms", "netcdf"), bench + `:9: reader "netcdf" does not exist`, "trials"},
		{"what the reader needs", swap(bench, "  variable: RDMs\n", ""), bench + ":8: the reader mat-rdms needs variable", "struct array"},
		{"data file that is not there", swap(bench, `url: "https://data.example.org/rdms.mat"`, "file: rdms.mat"), bench + ":14: rdms.mat is not there", "beside benchmark.yaml"},
		{"unknown rule", swap(bench, "normalize: ratio", "normalize: square"), bench + `:17: rule "square" does not exist`, "explained_variance"},
		{"rule that does not fit", swap(bench, "normalize: ratio", "normalize: explained_variance"), bench + `:17: the rule explained_variance does not fit a ceiling of scale "band"`, "compat: upstream"},
		{"primary without a rule", swap(bench, "normalize: ratio", "normalize: none"), bench + ":17: a benchmark without a normalised score can not count", "primary: false"},
		{"constant without a source", swap(bench, "{name: rsa_ceiling, scale: band}", "{name: constant, value: 1, scale: band}"), bench + ":16: a constant ceiling has no source", "published"},
		{"pattern that does not compile", swap(bench, `(subject\d)`, `(subject`), bench + ":12: name_pattern does not compile", "regexp"},
		{"pattern without a group", swap(bench, `(subject\d)`, `subject`), bench + ":12: name_pattern has no group", "parentheses"},
		{"source that does not exist", swap(bench, "reader: mat-rdms", "reader: mat-rdms\n  sources: [brains]"), bench + `:10: assembly reads "brains"`, "sources"},
		{"unknown board", swap(bench, "board: vision", "board: hearing"), bench + `:4: board "hearing" does not exist`, "boards/hearing.yaml"},
		{"unknown parent", swap(bench, "parent: IT", "parent: V1"), bench + `:5: the board vision has no node "V1"`, "boards/vision.yaml"},
		{"lower is better in a mean", swap(bench, "primary: true", "primary: true\ndirection: lower"), bench + ":8: a benchmark where lower is better can not count", "primary: false"},
		{"id of a node", swap("boards/vision.yaml", "{id: IT,", "{id: Lab2026.IT-rdm,"), bench + `:1: the id "Lab2026.IT-rdm" is that of a node`, "rename"},
		// boards and site
		{"cycle in the tree", swap("boards/vision.yaml", "{id: average, title: Average}", "{id: average, title: Average, parent: IT}"), `boards/vision.yaml:5: the parents of "IT" form a cycle: IT > average > IT`, "root"},
		{"parent that does not exist", swap("boards/vision.yaml", "parent: average", "parent: averge"), `boards/vision.yaml:5: the parent "averge" of "IT" does not exist`, ""},
		{"mean of what is not there", swap("boards/vision.yaml", "{id: average, title: Average}", "{id: average, title: Average}\n  - {id: some, mean: [IT, V9]}"), `boards/vision.yaml:5: the mean "some" is of "V9", which the board vision does not have`, "benchmarks of the board"},
		{"mean with a parent", swap("boards/vision.yaml", "{id: average, title: Average}", "{id: average, title: Average}\n  - {id: some, parent: average, mean: [IT]}"), `boards/vision.yaml:5: the node "some" has a mean of its own and a parent`, "beside the tree"},
		{"mean of a mean", swap("boards/vision.yaml", "{id: average, title: Average}", "{id: average, title: Average}\n  - {id: some, mean: [IT]}\n  - {id: more, mean: [some]}"), `boards/vision.yaml:6: the mean "more" is of "some", which is such a mean itself`, ""},
		{"view of no column", swap("boards/vision.yaml", "node: average", "node: average, columns: [average, nothing]"), `boards/vision.yaml:7: the view "all" shows "nothing", which the board vision does not have`, ""},
		{"view of no node", swap("boards/vision.yaml", "node: average", "node: V4"), `boards/vision.yaml:7: the view "all" ranks by "V4"`, ""},
		{"question without a quantity", ask("x: {title: X}\n    y: {node: IT}"), "boards/vision.yaml:11: x of the question \"q\" names 0 quantities", "metadata"},
		{"question of two quantities", ask("x: {node: IT, metadata: year}\n    y: {node: IT}"), "boards/vision.yaml:11: x of the question \"q\" names 2 quantities", ""},
		{"question about words", ask("x: {metadata: family}\n    y: {node: IT}"), `boards/vision.yaml:11: metadata "family" is no number`, "year"},
		{"question about nothing there", ask("x: {node: IT}\n    y: {node: V2}"), `boards/vision.yaml:12: the question "q" names "V2", which the board vision does not have`, "node or a benchmark"},
		{"question to another board", ask("x: {node: IT}\n    y: {node: V2, board: touch}"), `boards/vision.yaml:12: there is no board "touch"`, ""},
		{"claim without a source", ask("x: {node: IT}\n    y: {node: average}\n    claim: It rises."), "boards/vision.yaml:13: a claim has no source", "short"},
		{"expectation of nobody", ask("x: {node: IT}\n    y: {node: average}\n    expect: rises"), "boards/vision.yaml:13: a question expects something that no claim says", ""},
		{"expectation that does not exist", ask("x: {node: IT}\n    y: {node: average}\n    expect: up"), `boards/vision.yaml:13: expect "up" does not exist`, "falls"},
		{"question asked twice", ask("x: {node: IT}\n    y: {node: average}\n  - id: Q\n    title: A\n    x: {node: IT}\n    y: {node: IT}"), `boards/vision.yaml:13: the question "Q" stands twice`, "capitals"},
		{"mean without a title", ask("x: {node: IT}\n    y: {mean: [IT, average]}"), "boards/vision.yaml:12: the mean in y of the question", "title"},
		{"colour that is none", put("site.yaml", "accent: {light: \"red;}\", dark: \"#000000\"}\n"), `site.yaml:1: accent.light "red;}" is no colour`, "hexadecimal"},
		{"address without a scheme", put("site.yaml", "hosts: [data.example.org]\nbase_url: lab.example.org/board\n"), `site.yaml:2: base_url "lab.example.org/board" is no address`, "https://"},
		{"address with a query", put("site.yaml", "hosts: [data.example.org]\nbase_url: https://lab.example.org/?a=b\n"), `site.yaml:2: base_url "https://lab.example.org/?a=b" is no address`, "https://"},
		{"board that does not exist", put("site.yaml", "hosts: [data.example.org]\nboards: [vision, hearing]\n"), `site.yaml:2: there is no board "hearing"`, "boards/hearing.yaml"},
		{"baseline that is no hash", put("site.yaml", "hosts: [data.example.org]\naudit:\n  baseline: HEAD\n"), `site.yaml:3: audit.baseline "HEAD" is no hash of git`, "git rev-parse"},
		{"writer without a name", put("site.yaml", "hosts: [data.example.org]\naudit: {writers: [Lab, \"\"]}\n"), `site.yaml:2: the writer is empty`, "git log"},
		{"host that is an address", put("site.yaml", "hosts: [10.0.0.1, data.example.org]\n"), `site.yaml:1: host "10.0.0.1" is not allowed`, "bare host"},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := maps.Clone(good)
			c.change(files)
			_, problems, err := Open(write(t, files))
			if err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(problems, func(p Problem) bool {
				return strings.HasPrefix(p.String(), c.want) && strings.Contains(p.Hint, c.hint)
			}) {
				t.Errorf("want %q with the hint %q; got:", c.want, c.hint)
				for _, p := range problems {
					t.Errorf("  %s\n    hint: %s", p, p.Hint)
				}
			}
		})
	}
}

// TestOneBadFile: what is wrong with one submission never takes another away.
func TestOneBadFile(t *testing.T) {
	a, problems, err := Open(write(t, sound)) // net has a wrong digest
	if err != nil {
		t.Fatal(err)
	}
	if len(problems) != 1 || problems[0].Line != 9 {
		t.Errorf("problems %v", problems)
	}
	if _, ok := a.Model("net"); ok {
		t.Error("a submission with a problem is in the archive")
	}
	if _, ok := a.Model("other"); !ok || len(a.Benchmarks) != 1 {
		t.Error("a sound submission is missing")
	}
}

func TestSymbolicLinks(t *testing.T) {
	root := write(t, sound)
	link := filepath.Join(root, "submissions/other/model.yaml")
	if err := os.Remove(link); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("../net/model.yaml", link); err != nil {
		t.Skip("no symbolic links here")
	}
	_, problems, err := Open(root)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(problems, func(p Problem) bool { return p.String() == "submissions/other/model.yaml: is not a regular file" }) {
		t.Errorf("a symbolic link is followed: %v", problems)
	}
}

func TestDatasetsAgree(t *testing.T) {
	files := maps.Clone(sound)
	files["benchmarks/Lab2026.IT-two/README.md"] = "# Two\n"
	files["benchmarks/Lab2026.IT-two/benchmark.yaml"] = strings.NewReplacer("id: Lab2026.IT-rdm", "id: Lab2026.IT-two", "bytes: 1000", "bytes: 1001").
		Replace(files["benchmarks/Lab2026.IT-rdm/benchmark.yaml"])
	_, problems, err := Open(write(t, files))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(problems, func(p Problem) bool { return strings.Contains(p.Msg, "the sources of dataset Lab2026.IT differ") }) {
		t.Errorf("two benchmarks on one dataset with other data: %v", problems)
	}
}

func FuzzOpen(f *testing.F) {
	f.Add([]byte(sound["submissions/net/model.yaml"]), []byte(sound["benchmarks/Lab2026.IT-rdm/benchmark.yaml"]), []byte(sound["boards/vision.yaml"]))
	f.Fuzz(func(t *testing.T, model, bench, board []byte) {
		var ps Problems
		m := &Model{Dir: "submissions/net"}
		if doc, ok := decode("model.yaml", model, m, &ps); ok {
			m.check(doc, nil, &ps)
		}
		b := &Benchmark{Dir: "benchmarks/x"}
		if doc, ok := decode("benchmark.yaml", bench, b, &ps); ok {
			b.check(doc, nil, &ps)
		}
		bd := &Board{File: "boards/x.yaml"}
		if doc, ok := decode("board.yaml", board, bd, &ps); ok {
			bd.check(doc, &ps)
		}
	})
}
