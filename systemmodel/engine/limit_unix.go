//go:build linux || darwin

package engine

import (
	"fmt"
	"os"
	"os/exec"
	"runtime/debug"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// processMemory is what a child may have where the model may have so much: each
// tensor that is read is copied once, and the model's file is held while it is
// loaded.
func processMemory(memory int64) uint64 { return 2*uint64(memory) + 1<<30 }

// reserve is what the addresses of a process may exceed its memory by: Go and
// malloc reserve more of them than they use.
const reserve = 8 << 30

// limitSelf bounds what the process can use, for good: soft and hard limits are
// the same. Memory of 0 is not bounded.
func limitSelf(memory, cpuSeconds int64) error {
	if memory > 0 && !raceEnabled { // the race detector's own memory is beyond any bound
		// Go's part is the buffers of batches; it collects before it reaches the limit.
		debug.SetMemoryLimit(memory)
		if err := limit("memory", unix.RLIMIT_DATA, processMemory(memory)); err != nil {
			return err
		}
		if err := limit("addresses", unix.RLIMIT_AS, processMemory(memory)+reserve); err != nil && onLinux {
			return err
		}
	}
	if cpuSeconds > 0 {
		if err := limit("processor time", unix.RLIMIT_CPU, uint64(cpuSeconds)); err != nil {
			return err
		}
	}
	if err := limit("file size", unix.RLIMIT_FSIZE, 0); err != nil {
		return err
	}
	return limit("core file", unix.RLIMIT_CORE, 0)
}

// closeDoors lets the process open nothing any more: no file, no connection, no
// library. It is called when the engine is loaded, before the model is read.
func closeDoors() error {
	if err := limit("open files", unix.RLIMIT_NOFILE, 0); err != nil {
		return err
	}
	return forbid()
}

// limit lowers a limit to n, or leaves it where it is lower.
func limit(what string, resource int, n uint64) error {
	var l unix.Rlimit
	if err := unix.Getrlimit(resource, &l); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	n = min(n, l.Max)
	if err := syscall.Setrlimit(resource, &syscall.Rlimit{Cur: n, Max: n}); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// isolate prepares a command so that it and what it starts can be ended together.
func isolate(c *exec.Cmd) {
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	orphan(c.SysProcAttr)
}

// kill ends the group of a process.
func kill(p *os.Process) {
	if syscall.Kill(-p.Pid, syscall.SIGKILL) != nil {
		p.Kill()
	}
}

// killed reports whether a process was ended by SIGKILL or by the limit of
// processor time.
func killed(s *os.ProcessState) bool {
	w, ok := s.Sys().(syscall.WaitStatus)
	return ok && w.Signaled() && (w.Signal() == syscall.SIGKILL || w.Signal() == syscall.SIGXCPU)
}

// cpuTime is the processor time that a process took.
func cpuTime(s *os.ProcessState) time.Duration { return s.UserTime() + s.SystemTime() }
