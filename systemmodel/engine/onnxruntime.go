package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strings"
	"time"

	"github.com/bsgen/bsgen/systemmodel/onnx"
)

// ONNXRuntime is the engine of that name. Only its child processes load the
// library.
type ONNXRuntime struct {
	library Library
	version string
}

// New finds ONNX Runtime for the archive at root, as FindLibrary does, and asks it
// for its version, in a child process. The error is an *Unavailable, or that of the
// context.
func New(ctx context.Context, root string) (*ONNXRuntime, error) {
	if !built {
		return nil, &Unavailable{"this bsgen was built without cgo, or for a system that has none", "build it with CGO_ENABLED=1 and a C compiler, on Linux or macOS"}
	}
	library, err := FindLibrary(root)
	if err != nil {
		return nil, err
	}
	e := &ONNXRuntime{library: library}
	limits := Limits{Load: time.Minute}.withDefaults()
	s, err := e.start(ctx, setup{Library: library.Path, CPUSeconds: 60}, limits)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	<-s.done // it has told its version, or why it can not
	select {
	case e.version = <-s.ready:
		return e, nil
	default:
	}
	var u *Unavailable
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.As(s.err, &u):
		return nil, u
	}
	return nil, &Unavailable{"ONNX Runtime does not start: " + s.err.Error(), installHint}
}

// Name is "onnxruntime".
func (e *ONNXRuntime) Name() string { return "onnxruntime" }

// Version is what the library says, such as "1.30.0".
func (e *ONNXRuntime) Version() string { return e.version }

// Library is the file that is in use.
func (e *ONNXRuntime) Library() Library { return e.library }

// Open implements Engine.
func (e *ONNXRuntime) Open(ctx context.Context, model []byte, input string, outputs []string, limits Limits) (Session, error) {
	if len(outputs) == 0 {
		return nil, errors.New("open a model: no tensor is named")
	}
	if _, err := onnx.Check(model, onnx.Use{Input: input, Tensors: outputs}); err != nil {
		return nil, err
	}
	limits = limits.withDefaults()
	s, err := e.start(ctx, setup{
		Library: e.library.Path, Memory: limits.Memory, Output: limits.Output,
		CPUSeconds: int64((limits.CPU + time.Second - 1) / time.Second), Parallel: limits.Parallel,
		Input: input, Outputs: outputs,
	}, limits)
	if err != nil {
		return nil, err
	}
	if err := s.load(ctx, onnx.Expose(model, outputs...)); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// withDefaults fills in what is zero.
func (l Limits) withDefaults() Limits {
	l.Output = cmp.Or(l.Output, 512<<20)
	l.Load = cmp.Or(l.Load, 2*time.Minute)
	l.Batch = cmp.Or(l.Batch, 5*time.Minute)
	l.CPU = cmp.Or(l.CPU, 6*time.Hour)
	l.Parallel = cmp.Or(l.Parallel, runtime.GOMAXPROCS(0))
	l.Memory = cmp.Or(l.Memory, 2<<30+int64(l.Parallel)<<30)
	return l
}

// start starts a child in an empty folder and an empty environment, and tells it
// its limits.
func (e *ONNXRuntime) start(ctx context.Context, set setup, limits Limits) (*session, error) {
	program, err := self()
	if err != nil {
		return nil, fmt.Errorf("start the engine: %w", err)
	}
	dir, err := os.MkdirTemp("", "bsgen-engine-")
	if err != nil {
		return nil, fmt.Errorf("start the engine: %w", err)
	}
	var pipes [4]*os.File // the child's in, ours to it, ours from it, the child's out
	if pipes[0], pipes[1], err = os.Pipe(); err == nil {
		pipes[2], pipes[3], err = os.Pipe()
	}
	s := &session{engine: e, limits: limits, outputs: set.Outputs, dir: dir, in: pipes[1], out: pipes[2],
		ready: make(chan string, 1), loaded: make(chan struct{}), done: make(chan struct{}), waiting: map[uint32]chan []tensor{}}
	s.stderr.limit = 4 << 10
	if err == nil {
		c := exec.Command(program, childArg)
		c.Args[0] = "bsgen"
		c.Dir, c.Env = dir, []string{}
		c.Stdout, c.Stderr = &s.stderr, &s.stderr
		c.ExtraFiles = []*os.File{pipes[0], pipes[3]} // 3 and 4
		c.WaitDelay = time.Second
		isolate(c)
		s.cmd = c
		err = c.Start()
	}
	for _, p := range []*os.File{pipes[0], pipes[3]} {
		if p != nil {
			p.Close()
		}
	}
	if err != nil {
		for _, p := range []*os.File{pipes[1], pipes[2]} {
			if p != nil {
				p.Close()
			}
		}
		os.RemoveAll(dir)
		return nil, fmt.Errorf("start the engine: %w", err)
	}
	s.watchdog = time.AfterFunc(limits.Load, s.late)
	s.release = context.AfterFunc(ctx, func() { s.stop(ctx.Err()) })
	go s.read()
	if err := writeJSON(s.in, kindSetup, 0, set); err != nil {
		s.stop(fmt.Errorf("start the engine: %w", err))
	}
	return s, nil
}

// head keeps the first bytes that are written to it.
type head struct {
	limit int
	text  []byte
}

func (h *head) Write(b []byte) (int, error) {
	h.text = append(h.text, b[:min(len(b), h.limit-len(h.text))]...)
	return len(b), nil
}

// ended says why the child ended by itself: said is what it told last, if it did.
func (s *session) ended(said *failure, broken error) error {
	state, text := s.cmd.ProcessState, string(s.stderr.text)
	// The limit depends on the machine, and so it does not stand in the reason.
	memory := &Error{What: "the model wants more memory than its limit",
		Hint: "the limit was " + size(s.limits.Memory) + "; a smaller batch takes less, and so do fewer and smaller layers"}
	switch {
	case said != nil && said.reason == noLibrary:
		return &Unavailable{clean(said.what), installHint}
	case said != nil && said.reason == noMemory:
		return memory
	case said != nil:
		e := &Error{What: "ONNX Runtime " + s.version + ": " + clean(said.what)}
		if lacking.MatchString(said.what) {
			e.Hint = "this version lacks the operator for these types; export the model with another opset, or without it"
		}
		return e
	case state == nil:
		return fmt.Errorf("the engine's process: %w", cmp.Or(broken, errBroken))
	case killed(state) && cpuTime(state) >= s.limits.CPU-time.Second/2:
		return &Error{What: fmt.Sprintf("the model took more processor time than its limit of %s", s.limits.CPU)}
	case killed(state): // not by us
		return errors.New("the engine's process was killed, perhaps because the machine ran out of memory")
	case wantsMemory(text):
		return memory
	case state.Success():
		return fmt.Errorf("the engine's process ended early: %w", cmp.Or(broken, errBroken))
	}
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return &Error{What: strings.TrimSuffix("the engine crashed on the model: "+cmp.Or(clean(line), state.String()), ": ")}
}

// lacking matches what ONNX Runtime says of an operator that it has not.
var lacking = regexp.MustCompile(`Could not find an implementation|No Op registered|is not a registered function|NOT_IMPLEMENTED`)

// addresses differ from run to run, and say nothing.
var addresses = regexp.MustCompile(`0x[0-9a-fA-F]{4,}`)

// clean makes a message of the library fit for a result: one line, of bounded
// length, without addresses.
func clean(text string) string {
	text = addresses.ReplaceAllString(strings.ToValidUTF8(text, "?"), "0x…")
	text = strings.Join(strings.Fields(text), " ")
	if r := []rune(text); len(r) > 400 {
		text = string(r[:400]) + " …"
	}
	return text
}

// size writes a number of bytes.
func size(n int64) string {
	if n >= 1<<30 && n%(1<<30) == 0 {
		return fmt.Sprintf("%d GiB", n>>30)
	}
	return fmt.Sprintf("%d MiB", n>>20)
}
