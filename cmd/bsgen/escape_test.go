package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bsgen/bsgen/archive"
)

func TestVisible(t *testing.T) {
	for in, want := range map[string]string{
		"Müller, 模型, 🧠":        "Müller, 模型, 🧠",
		"\x1b[31mred\a":        `\x1b[31mred\a`,
		"over\rwritten\x00":    `over\rwritten\x00`,
		"two\nlines\tand more": `two\nlines\tand more`,
		"\u009b31m":            `\u009b31m`,       // the one-character form of ESC [
		"\x9b31m":              `\x9b31m`,         // the same for a terminal of 8 bits
		"a\u202eb\u2066c":      `a\u202eb\u2066c`, // turned around, isolated
		"\x7f":                 `\x7f`,
	} {
		if got := visible(in); got != want {
			t.Errorf("visible(%q) = %s, want %s", in, got, want)
		}
	}
}

func FuzzVisible(f *testing.F) {
	f.Add("\x1b]0;title\a\u202e\x80")
	f.Fuzz(func(t *testing.T, s string) {
		got := visible(s)
		if strings.ContainsAny(got, "\x1b\r\n\x00\u009b\u202e") || visible(got) != got {
			t.Errorf("visible(%q) = %q", s, got)
		}
	})
}

// Nothing that a command prints may steer the terminal, whichever way it goes.
func TestUIEscapes(t *testing.T) {
	var out, errOut bytes.Buffer
	ui := newUI(&out, &errOut)
	ui.Printf("%s\t%v\n", "a\nb", errors.New("c\x1b"))
	ui.Notef("%s", "d\re")
	ui.Error(withHint(errors.New("f\u202e"), "%s", "g\x00"))
	w := ui.table("HEAD", "ING")
	w.row("h\ti", 1)
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if want := "a\\nb\tc\\x1b\nHEAD  ING\nh\\ti  1\n"; out.String() != want {
		t.Errorf("standard output %q, want %q", &out, want)
	}
	if want := "d\\re\nbsgen: f\\u202e\nhint: g\\x00\n"; errOut.String() != want {
		t.Errorf("standard error %q, want %q", &errOut, want)
	}
}

// In a workflow, nothing but an annotation is a command to the runner.
func TestRunnerCommands(t *testing.T) {
	t.Setenv("GITHUB_ACTIONS", "true")
	var out bytes.Buffer
	ui := newUI(&out, &out)
	ui.Printf("%s\n", "::add-mask::a")
	ui.Notef("%s", "\u00a0 ::stop-commands::x")
	ui.Printf("%s\n  hint: %s\n", "file:1: ##[add-path]/x", "::error::y")
	if want := ": :add-mask::a\n\u00a0 : :stop-commands::x\nfile:1: # #[add-path]/x\n  hint: ::error::y\n"; out.String() != want {
		t.Errorf("got %q, want %q", &out, want)
	}
	out.Reset()
	problems := archive.Problems{{File: "a,b::c%\n.yaml", Line: 3, Msg: "100%\r\n::error::x", Hint: "##[x]"}}
	for range maxErrors {
		problems.Add("f", 0, "", "m")
	}
	ui.annotate(problems)
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	if len(lines) != maxErrors {
		t.Fatalf("%d lines, want %d", len(lines), maxErrors)
	}
	if want := `::error file=a%2Cb%3A%3Ac%25\n.yaml,line=3,title=bsgen::100%25\r\n::error::x%0Ahint: ##[x]`; lines[0] != want {
		t.Errorf("got %s, want %s", lines[0], want)
	}
	if want := "::error title=bsgen::and 2 more problems; the log lists them"; lines[maxErrors-1] != want {
		t.Errorf("got %s, want %s", lines[maxErrors-1], want)
	}
}

// A submission with such a key is reported in its visible form.
func TestSubmissionEscapes(t *testing.T) {
	root := demoArchive(t)
	file := filepath.Join(root, "submissions", "pixels", "model.yaml")
	if err := os.WriteFile(file, []byte("id: pixels\n\"\\e[2J\\u202E\\r\": 1\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if text := command(t, root, exitFindings, "check"); !strings.Contains(text, "x1b[2J") {
		t.Errorf("the key is not named: %s", text)
	}
}

// command runs a command line in the archive at root and returns all that it
// printed, which holds no control characters.
func command(t *testing.T, root string, code int, args ...string) string {
	t.Helper()
	var buf bytes.Buffer
	if got := run(context.Background(), append([]string{"-C", root}, args...), strings.NewReader(""), &buf, &buf); got != code {
		t.Errorf("%s: exit code %d, want %d: %s", args, got, code, &buf)
	}
	if text := buf.String(); strings.ContainsAny(text, "\x1b\r\x00\u202e") {
		t.Errorf("%s: raw control characters: %q", args, text)
	}
	return buf.String()
}
