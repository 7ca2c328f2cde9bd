package pull

import (
	"fmt"
	"strings"
	"testing"
)

const yamlPath = "submissions/net/model.yaml"

// with is a sound submission and one thing more.
func with(files ...file) []file {
	return append([]file{{Path: yamlPath, Content: "id: net\n"}}, files...)
}

func in(name string) string { return "submissions/net/" + name }

// TestPolicy has one case for each thing that a pull request may not do, with
// the file and the beginning of what is said of it.
func TestPolicy(t *testing.T) {
	r := newRepository(t)
	base := r.main()
	link := func(path string) file { return file{path, modeLink, "../../../../etc/passwd"} }
	tests := []struct {
		name  string
		files []file
		kind  Kind
		want  []string // "file: message" prefixes; none: sound
	}{
		{"a submission", with(file{Path: in("V4.npy")}), Submission, nil},
		{"files in folders", with(file{Path: in("data/2026/_V4+x.npy")}), Submission, nil},
		{"a change of one that is there", []file{{Path: "submissions/alexnet/model.yaml", Content: "id: alexnet\nname: x\n"}}, Submission, nil},
		{"its removal", []file{{"submissions/alexnet", "D", ""}}, Removal, nil},
		{"code alone", []file{{Path: "main.go"}, {Path: ".github/workflows/ci.yml", Content: "name: x\n"}, link("docs")}, Other, nil},
		{"a benchmark alone", []file{{Path: "benchmarks/new/benchmark.yaml"}}, Other, nil},
		{"the README of all submissions", []file{{Path: "submissions/README.md", Content: "new"}}, Other, nil},

		{"results alone", []file{{Path: "results/alexnet/b@1.json", Content: "{ }\n"}}, Other, []string{"results/alexnet/b@1.json: results are written by the scorer alone"}},
		{"results in capitals", []file{{Path: "Results/net/b@1.json"}}, Other, []string{"Results/net/b@1.json: results are written"}},
		{"results too", with(file{Path: "results/net/b@1.json"}), Submission, []string{"results/net/b@1.json: results are written by the scorer alone"}},
		{"results removed", with(file{"results/alexnet/b@1.json", "D", ""}), Submission, []string{"results/alexnet/b@1.json: results are written"}},
		{"a workflow too", with(file{Path: ".github/workflows/score-pr.yml"}), Submission, []string{".github/workflows/score-pr.yml: a submission can not change the workflows"}},
		{"a workflow in capitals", with(file{Path: ".GitHub/workflows/score-pr.yml"}), Submission, []string{".GitHub/workflows/score-pr.yml: a submission can not change the workflows"}},
		{"a benchmark too", with(file{Path: "benchmarks/b/benchmark.yaml"}), Submission, []string{"benchmarks/b/benchmark.yaml: a submission can not change what models are measured by"}},
		{"settings too", with(file{Path: "site.yaml", Content: "hosts: [evil.example]"}), Submission, []string{"site.yaml: a submission changes nothing outside its own folder"}},
		{"attributes of the repository", with(file{Path: ".gitattributes"}), Submission, []string{".gitattributes: a submission changes nothing outside"}},
		{"two submissions", with(file{Path: "submissions/second/model.yaml"}), Submission, []string{"submissions: the pull request changes 2 submissions: net, second"}},
		{"all submissions replaced by a link", []file{link("submissions")}, Submission, []string{
			"submissions: a submission changes nothing outside", "submissions/README.md: a submission changes nothing outside"}},
		{"submissions in capitals", []file{{Path: "Submissions/net/model.yaml"}}, Other, []string{"Submissions/net/model.yaml: the folder Submissions differs"}},

		{"a link", with(link(in("V4.npy"))), Submission, []string{in("V4.npy") + ": a symbolic link could point anywhere"}},
		{"a link as the folder", []file{link("submissions/net")}, Submission, []string{"submissions/net: a symbolic link"}},
		{"a submodule", with(file{Path: in("data"), Mode: modeSubmodule}), Submission, []string{in("data") + ": a submodule is another repository"}},
		{"a submodule as the folder", []file{{Path: "submissions/net", Mode: modeSubmodule}}, Submission, []string{"submissions/net: a submodule"}},
		{"a submodule that .gitmodules hides", with(
			file{Path: in("data"), Mode: modeSubmodule},
			file{Path: ".gitmodules", Content: "[submodule \"d\"]\n\tpath = " + in("data") + "\n\turl = ./x\n\tignore = all\n"},
		), Submission, []string{".gitmodules: a submission changes nothing outside", in("data") + ": a submodule"}},
		{"an executable", with(file{in("run.sh"), modeExecutable, "#!/bin/sh\n"}), Submission, []string{in("run.sh") + ": the file is executable"}},
		{"a file as the folder", []file{{Path: "submissions/net"}}, Submission, []string{"submissions/net: a file where a folder is expected"}},

		{"attributes", with(file{Path: in(".gitattributes"), Content: "* filter=lfs\n"}), Submission, []string{in(".gitattributes") + ": .gitattributes changes how git reads files"}},
		{"attributes in capitals", with(file{Path: in(".GitAttributes")}), Submission, []string{in(".GitAttributes") + ": .gitattributes changes"}},
		{"submodules", with(file{Path: in(".gitmodules")}), Submission, []string{in(".gitmodules") + ": .gitmodules brings in"}},
		{"a file of git's", with(file{Path: in(".gitignore")}), Submission, []string{in(".gitignore") + ": the name .gitignore is one that git uses"}},
		{"checkpoints", with(file{Path: in(".ipynb_checkpoints/model.yaml")}), Submission, []string{in(".ipynb_checkpoints/model.yaml") + ": .ipynb_checkpoints is a hidden file"}},
		{"an LFS pointer", with(file{Path: in("V4.npy"), Content: pointerPrefix + "v1\noid sha256:0\nsize 5\n"}), Submission, []string{in("V4.npy") + ": the file is a pointer of Git LFS"}},

		{"text turned around", with(file{Path: in("V4\u202enpy.exe")}), Submission, []string{in(`V4\u202enpy.exe`) + `: the name "V4\u202enpy.exe" holds U+202E, which turns the direction`}},
		{"a homoglyph", with(file{Path: in("m\u043edel.yaml")}), Submission, []string{in(`m\u043edel.yaml`) + `: the name "m\u043edel.yaml" holds U+043E, which may look like another`}},
		{"a control character", with(file{Path: in("a\x1b[2J")}), Submission, []string{in(`a\x1b[2J`) + `: the name "a\x1b[2J" holds the control character U+001B`}},
		{"a newline", with(file{Path: in("a\n::error::b")}), Submission, []string{in(`a\n::error::b`) + ": the name"}},
		{"no UTF-8", with(file{Path: in("a\xff")}), Submission, []string{in(`a\xff`) + `: the name "a\xff" is not UTF-8`}},
		{"a shell's characters", with(file{Path: in("$(touch x);.npy")}), Submission, []string{in("$(touch x);.npy") + ": the name $(touch x);.npy has other characters"}},
		{"an option", with(file{Path: in("-rf")}), Submission, []string{in("-rf") + ": the name -rf would be an option"}},
		{"a device", with(file{Path: in("aux.npy")}), Submission, []string{in("aux.npy") + ": the name aux.npy is a device"}},
		{"a long name", with(file{Path: in(strings.Repeat("n", 121))}), Submission, []string{in(strings.Repeat("n", 121)) + ": the name nnnnnnnnnnnnnnnnnnnn… has 121 bytes"}},
		{"deep folders", with(file{Path: in("a/b/c/d/e/f.npy")}), Submission, []string{in("a/b/c/d/e/f.npy") + ": the file lies 5 folders deep"}},
		{"names that differ in capitals", with(file{Path: in("v4.npy")}, file{Path: in("V4.npy")}), Submission, []string{in("v4.npy") + ": clashes with " + in("V4.npy")}},
		{"folders that differ in capitals", with(file{Path: in("d/a")}, file{Path: in("D/b")}), Submission, []string{in("d/a") + ": clashes with " + in("D")}},
		{"a folder that is there in other capitals", []file{{Path: "submissions/AlexNet/model.yaml"}}, Submission, []string{
			"submissions/AlexNet: differs from submissions/alexnet only in capitals", `submissions/AlexNet: the id "AlexNet" has capitals`}},
		{"an id with other characters", []file{{Path: "submissions/\u0430lexnet/model.yaml"}}, Submission, []string{`submissions/\u0430lexnet: the name "\u0430lexnet" holds U+0430`}},
		{"an id with a space", []file{{Path: "submissions/my net/model.yaml"}}, Submission, []string{"submissions/my net: the name my net has other characters"}},
		{"an id that is a path", []file{{Path: "submissions/a..b/model.yaml"}}, Submission, []string{"submissions/a..b: the name a..b has other characters"}},

		{"a large file", with(file{Path: in("V4.npy"), Content: strings.Repeat("\x00", MaxFile+1)}), Submission, []string{in("V4.npy") + ": the file has 20971521 bytes, more than the 20 MB allowed"}},
		{"large files together", with(
			file{Path: in("1"), Content: strings.Repeat("\x00", MaxFile)}, file{Path: in("2"), Content: strings.Repeat("\x00", MaxFile)}, file{Path: in("3"), Content: strings.Repeat("\x00", MaxFile)},
		), Submission, []string{"submissions/net: the files have 62914568 bytes together"}},
		{"many files", with(numbered(MaxFiles, in("%d.npy"))...), Submission, []string{"submissions/net: the submission has more than 200 files"}},
		{"many files elsewhere", with(numbered(maxOutside+3, "docs/%d.md")...), Submission, append(prefixed(maxOutside, "docs/"), "submissions: the pull request changes 3 more files outside")},
		{"more files than anyone looks at", with(numbered(maxChanges, "docs/%d.md")...), Submission, []string{"submissions: the pull request changes more than 2000 files"}},
		{"much code alone", numbered(maxChanges+1, "docs/%d.md"), Other, nil},
	}
	for i, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			head := r.commit(fmt.Sprintf("pull%d", i), base, tt.files...)
			p, err := Inspect(t.Context(), r.Repository, base, head)
			if err != nil {
				t.Fatal(err)
			}
			compare(t, p, tt.kind, tt.want)
		})
	}
}

func numbered(n int, format string) []file {
	var out []file
	for i := range n {
		out = append(out, file{Path: fmt.Sprintf(format, i)})
	}
	return out
}

func prefixed(n int, prefix string) []string {
	var out []string
	for range n {
		out = append(out, prefix)
	}
	return out
}

// compare wants the problems to begin as given, and each to have a hint.
func compare(t *testing.T, p *Pull, kind Kind, want []string) {
	t.Helper()
	if p.Kind != kind && len(want) == 0 {
		t.Errorf("kind %q, want %q", p.Kind, kind)
	}
	for i, problem := range p.Problems {
		if i >= len(want) || !strings.HasPrefix(problem.String(), want[i]) {
			t.Errorf("problem %d is %q", i, problem)
		}
		if problem.Hint == "" {
			t.Errorf("%q has no hint", problem)
		}
	}
	if len(p.Problems) < len(want) {
		t.Errorf("%d problems, want %q", len(p.Problems), want[len(p.Problems):])
	}
}

// TestPolicyRawTrees has trees that git itself would not write.
func TestPolicyRawTrees(t *testing.T) {
	r := newRepository(t)
	base := r.rawCommit("", nil, "")
	for _, tt := range []struct {
		name string
		path []string
		want string
	}{
		{"out of the folder", []string{"submissions", "net", "..", "..", "x"}, `submissions/net/../../x: the name ".." leads out`},
		{"out of submissions", []string{"submissions", "..", "x"}, `submissions/..: the name ".." leads out`},
		{"the folder itself", []string{"submissions", "net", ".", "x"}, `submissions/net/./x: the name "." leads out`},
		{"a repository", []string{"submissions", "net", ".git", "config"}, `submissions/net/.git/config: the name .git is one that git uses`},
		{"a repository for Windows", []string{"submissions", "net", "git~1", "config"}, `submissions/net/git~1/config: the name git~1 has other`},
		{"a name with a slash", []string{"submissions", "net", "../../x"}, `submissions/net/../../x: the name ".." leads out`},
		{"a name with a backslash", []string{"submissions", "net", `..\..\x`}, `submissions/net/..\\..\\x: "..\\..\\x" is a hidden file`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			head := r.rawCommit(base, tt.path, "x")
			p, err := Inspect(t.Context(), r.Repository, base, head)
			if err != nil {
				t.Fatal(err)
			}
			compare(t, p, Submission, []string{tt.want})
			if !p.Unsound {
				t.Error("the submission counts as sound")
			}
		})
	}
}
