package main

import (
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// TestWorkflowCommands parses every bsgen command line in the workflows, so that
// no flag is renamed under them: the first to notice would be who sends a model.
func TestWorkflowCommands(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(repository, ".github/workflows/*.yml"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	commands := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var doc yaml.Node
		if err := yaml.Unmarshal(data, &doc); err != nil {
			t.Fatal(err)
		}
		for _, script := range scripts(&doc) {
			for _, line := range commandLines(script) {
				commands++
				if err := parseCommandLine(line); err != nil {
					t.Errorf("%s: bsgen %s: %v", filepath.Base(file), line, err)
				}
			}
		}
	}
	if commands == 0 {
		t.Error("the workflows call no bsgen")
	}
}

func TestCommandLines(t *testing.T) {
	script := "go build -o \"$RUNNER_TEMP/bsgen\" ./cmd/bsgen\n" +
		"\"$RUNNER_TEMP/bsgen\" build --out \"$RUNNER_TEMP/site\" \\\n  --check\n" +
		"head=$(\"$RUNNER_TEMP/bsgen\" -C lab status --emit-array plan.json 2>/dev/null) && bsgen history m; ./bsgen check > out\n"
	want := []string{"build --out 1/site --check", "-C lab status --emit-array plan.json", "history m", "check"}
	got := commandLines(script)
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	for line, sound := range map[string]bool{
		"build --out 1/site --check": true,
		"build --uot 1/site":         false,
		"biuld":                      false,
		"check --all=x":              false,
		"version now":                false,
		"new model":                  false,
		"":                           false,
	} {
		if err := parseCommandLine(line); (err == nil) != sound {
			t.Errorf("bsgen %s: %v", line, err)
		}
	}
}

// scripts returns what stands behind the keys "run".
func scripts(n *yaml.Node) []string {
	var found []string
	for i, c := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 1 && n.Content[i-1].Value == "run" && c.Kind == yaml.ScalarNode {
			found = append(found, c.Value)
		}
		found = append(found, scripts(c)...)
	}
	return found
}

// commandLines returns the arguments of each call of bsgen in a script of the
// simple kind that workflows have; 1 stands for the value of a variable.
func commandLines(script string) []string {
	script = checked.ReplaceAllString(strings.ReplaceAll(script, "\\\n", " "), "")
	var found []string
	for _, m := range bsgenCall.FindAllStringSubmatch(script, -1) {
		if strings.Contains(m[1], "./cmd/bsgen") { // what go build makes
			continue
		}
		line := variable.ReplaceAllString(redirect.ReplaceAllString(m[1], ""), "1")
		found = append(found, strings.Join(strings.Fields(strings.NewReplacer(`"`, "", `'`, "").Replace(line)), " "))
	}
	return found
}

var (
	bsgenCall = regexp.MustCompile(`(?m)(?:^|[\s(;&|])"?(?:\$RUNNER_TEMP/|\./)?bsgen"?(?:[ \t]+([^\n;|&)<>]*)|$)`)
	checked   = regexp.MustCompile(`(?m)^(chmod|echo "\$PROGRAM ) .*$`) // a bsgen that came as an artifact
	redirect  = regexp.MustCompile(` [12]$`)
	variable  = regexp.MustCompile(`\$\{?\w+\}?|"?\$\{\w+\[@\]\}"?`)
)

// parseCommandLine finds the command and reads its flags, and runs nothing.
func parseCommandLine(line string) error {
	root := newRoot(newUI(io.Discard, io.Discard))
	c, args, err := root.Find(strings.Fields(line))
	if err != nil {
		return err
	}
	if err := c.ParseFlags(args); err != nil {
		return err
	}
	if err := c.ValidateArgs(c.Flags().Args()); err != nil {
		return err
	}
	if !c.Runnable() {
		return found("%q is not a command", c.CommandPath())
	}
	return nil
}
