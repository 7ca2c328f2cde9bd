//go:build !linux && !darwin

package engine

import (
	"errors"
	"os"
	"os/exec"
	"time"
)

// There is no engine on these systems: built is false, and nothing of this is
// reached.

var errNoLimits = errors.New("processes can not be limited on this system")

func limitSelf(int64, int64) error             { return errNoLimits }
func closeDoors() error                        { return errNoLimits }
func isolate(*exec.Cmd)                        {}
func kill(p *os.Process)                       { p.Kill() }
func killed(*os.ProcessState) bool             { return false }
func cpuTime(s *os.ProcessState) time.Duration { return s.UserTime() + s.SystemTime() }
func self() (string, error)                    { return os.Executable() }
