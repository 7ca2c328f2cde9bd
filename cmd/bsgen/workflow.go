package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/bsgen/bsgen/archive"
)

// inWorkflow reports whether GitHub Actions runs this program.
func inWorkflow() bool { return os.Getenv("GITHUB_ACTIONS") == "true" }

// setOutput sets an output of a workflow's step. Outside of a workflow it does
// nothing. The value is one line.
func setOutput(name, value string) error {
	return appendTo("GITHUB_OUTPUT", name+"="+value+"\n")
}

// addSummary adds Markdown to the page of a workflow run.
func addSummary(markdown string) error { return appendTo("GITHUB_STEP_SUMMARY", markdown+"\n") }

// appendTo appends to the file that a variable names, where it names one.
func appendTo(variable, text string) error {
	name := os.Getenv(variable)
	if name == "" {
		return nil
	}
	f, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("write to %s: %w", variable, err)
	}
	_, err = f.WriteString(text)
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return fmt.Errorf("write to %s: %w", variable, err)
	}
	return nil
}

// maxErrors is how many annotations GitHub shows of a step's errors, at most.
const maxErrors = 50

// annotate writes the problems as commands of GitHub Actions, which shows them
// at their lines. They are the only lines of bsgen that the runner obeys; see
// [visibleWriter].
func (u *ui) annotate(problems archive.Problems) {
	for i, p := range problems {
		if i == maxErrors-1 && len(problems) > maxErrors {
			fmt.Fprintf(u.plain, "::error title=%s::and %s; the log lists them\n", workflowValue("bsgen"), count(len(problems)-i, "more problem"))
			return
		}
		message := visible(p.Msg)
		if p.Hint != "" {
			message += "\nhint: " + visible(p.Hint)
		}
		fmt.Fprintf(u.plain, "::error file=%s,line=%d,title=%s::%s\n", workflowValue(p.File), max(p.Line, 1), workflowValue("bsgen"), workflowText(message))
	}
}

var (
	workflowEscapes = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	valueEscapes    = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// workflowText escapes a command's message, workflowValue a property's value.
func workflowText(s string) string  { return workflowEscapes.Replace(s) }
func workflowValue(s string) string { return valueEscapes.Replace(visible(s)) }
