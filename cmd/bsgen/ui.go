package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"golang.org/x/term"
)

// The voice of bsgen, for whoever adds a message:
//
//   - Results go to standard output and nothing else does.
//   - Everything else goes to standard error. An error starts with "bsgen: ",
//     has no capital and no full stop, and says what was being done.
//   - Where there is a next step, a line "hint: ..." follows and names it,
//     with commands in backquotes.
//   - Problems in files read "file:line: what is wrong", so that editors find them.
//   - No exclamation marks, no apologies, no progress bars into a pipe.
//
// Whatever is printed is in its visible form: no text from a file can steer the
// terminal, or add a line of its own to what bsgen says.
type ui struct {
	out, err io.Writer // both make controls visible
	screen   io.Writer // standard error as it is, for progress
	plain    io.Writer // standard output as it is, for commands of a workflow
	verbose  bool
	tty      bool // standard error is a terminal: progress may overwrite its line
	shown    int  // width of the progress line that stands there now
	last     time.Time
	said     map[string]bool // by Oncef
}

func newUI(out, err io.Writer) *ui {
	u := &ui{out: visibleWriter{out, inWorkflow()}, err: visibleWriter{err, inWorkflow()}, screen: err, plain: out}
	if f, ok := err.(*os.File); ok {
		u.tty = term.IsTerminal(int(f.Fd()))
	}
	return u
}

// Printf writes a result. Layout belongs into the format: newlines and tabs in
// the arguments are made visible.
func (u *ui) Printf(format string, args ...any) {
	fmt.Fprintf(u.out, format, visibleArgs(args)...)
}

// Notef writes a message for the person, under the rules of Printf.
func (u *ui) Notef(format string, args ...any) {
	u.clear()
	fmt.Fprintf(u.err, format+"\n", visibleArgs(args)...)
}

// visibleArgs makes the text among the arguments visible.
func visibleArgs(args []any) []any {
	out := make([]any, len(args))
	for i, a := range args {
		switch a := a.(type) {
		case string:
			out[i] = visible(a)
		case error:
			out[i] = visible(a.Error())
		case fmt.Stringer:
			out[i] = visible(a.String())
		default:
			out[i] = a
		}
	}
	return out
}

// table aligns rows of cells. Its heading is written; Flush ends it.
type table struct{ *tabwriter.Writer }

func (u *ui) table(heading ...any) table {
	t := table{tabwriter.NewWriter(u.out, 0, 0, 2, ' ', 0)}
	if len(heading) > 0 {
		t.row(heading...)
	}
	return t
}

// row writes a row; text is made visible.
func (t table) row(cells ...any) {
	fmt.Fprintf(t, strings.TrimSuffix(strings.Repeat("%v\t", len(cells)), "\t")+"\n", visibleArgs(cells)...)
}

// Oncef writes a message for the person, unless it has been written before.
func (u *ui) Oncef(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if u.said[text] {
		return
	}
	if u.said == nil {
		u.said = map[string]bool{}
	}
	u.said[text] = true
	u.Notef(format, args...)
}

// Error writes an error and its hint.
func (u *ui) Error(err error) {
	u.clear()
	what, hint, _ := strings.Cut(err.Error(), "\nhint: ") // as errors from below bring theirs
	var h *hinted
	if errors.As(err, &h) {
		hint = h.hint
	}
	fmt.Fprintf(u.err, "bsgen: %s\n", visible(what))
	if hint != "" {
		fmt.Fprintf(u.err, "hint: %s\n", visible(hint))
	}
}

// Progressf shows what is going on: on a terminal in one line that is
// overwritten, elsewhere not at all.
func (u *ui) Progressf(format string, args ...any) {
	if !u.tty || time.Since(u.last) < 50*time.Millisecond {
		return
	}
	u.last = time.Now()
	line := visible(fmt.Sprintf(format, args...))
	if width, _, err := term.GetSize(2); err == nil && len(line) >= width && width > 1 {
		line = strings.ToValidUTF8(line[:width-1], "") // not half a character
	}
	fmt.Fprintf(u.screen, "\r%s%s", line, strings.Repeat(" ", max(0, u.shown-len(line))))
	u.shown = len(line)
}

func (u *ui) clear() {
	if u.shown > 0 {
		fmt.Fprintf(u.screen, "\r%s\r", strings.Repeat(" ", u.shown))
		u.shown = 0
	}
}

// Log returns a logger for details that -v asks for.
func (u *ui) Log() *slog.Logger {
	level := slog.LevelWarn
	if u.verbose {
		level = slog.LevelDebug
	}
	return slog.New(slog.NewTextHandler(u.err, &slog.HandlerOptions{
		Level: level,
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		},
	}))
}

// hinted is an error with a next step.
type hinted struct {
	err  error
	hint string
}

func (h *hinted) Error() string { return h.err.Error() }
func (h *hinted) Unwrap() error { return h.err }

// withHint adds a next step to an error.
func withHint(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	return &hinted{err, fmt.Sprintf(format, args...)}
}

// findings ends a command with exit code 1: it ran, and what it found is bad.
type findings struct{ msg string }

func (f *findings) Error() string { return f.msg }

func found(format string, args ...any) error { return &findings{fmt.Sprintf(format, args...)} }

// count writes a number with its noun: 1 problem, 2 problems.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
