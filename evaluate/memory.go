package evaluate

import (
	"bufio"
	"fmt"
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
)

// MemoryError says that a pair needs more memory than this machine may use.
// Nothing is recorded: another machine can score it.
type MemoryError struct {
	Need, Have int64 // bytes
}

func (e *MemoryError) Error() string {
	return fmt.Sprintf("this needs about %.1f GB of memory, and each of the pairs that are scored at a time may use %.1f GB (GOMAXPROCS=1 gives one of them all, GOMEMLIMIT sets how much that is)", float64(e.Need)/1e9, float64(e.Have)/1e9)
}

// memoryShare returns how many bytes one of the pairs that are scored at the
// same time may use.
func memoryShare() int64 { return MemoryLimit() / int64(runtime.GOMAXPROCS(0)) }

// MemoryLimit returns how many bytes scoring may use: GOMEMLIMIT where that is
// set, else three quarters of what the control group or the machine has, else
// 8 GB.
func MemoryLimit() int64 {
	if limit := debug.SetMemoryLimit(-1); limit != math.MaxInt64 {
		return limit
	}
	return min(machineMemory(), groupMemory()) / 4 * 3
}

// groupMemory returns the limit of the control group (version 2), where there is one.
func groupMemory() int64 {
	data, err := os.ReadFile("/sys/fs/cgroup/memory.max")
	if err != nil {
		return math.MaxInt64
	}
	if n, err := strconv.ParseInt(strings.TrimSpace(string(data)), 10, 64); err == nil {
		return n
	}
	return math.MaxInt64 // "max"
}

// machineMemory returns the machine's memory, or a guess.
func machineMemory() int64 {
	const guess = 11 << 30
	f, err := os.Open("/proc/meminfo")
	if err != nil {
		return guess
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if rest, ok := strings.CutPrefix(lines.Text(), "MemTotal:"); ok {
			if kb, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64); err == nil {
				return kb * 1024
			}
		}
	}
	return guess
}
