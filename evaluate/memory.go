package evaluate

import (
	"bufio"
	"fmt"
	"math"
	"os"
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
	return fmt.Sprintf("this needs about %.1f GB of memory, and %.1f GB may be used (GOMEMLIMIT sets how much)", float64(e.Need)/1e9, float64(e.Have)/1e9)
}

// MemoryLimit returns how many bytes a fit may use: GOMEMLIMIT where that is
// set, else three quarters of the machine's memory, else 8 GB.
func MemoryLimit() int64 {
	if limit := debug.SetMemoryLimit(-1); limit != math.MaxInt64 {
		return limit
	}
	f, err := os.Open("/proc/meminfo")
	if err != nil {
		return 8e9
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if rest, ok := strings.CutPrefix(lines.Text(), "MemTotal:"); ok {
			if kb, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64); err == nil {
				return kb * 1024 / 4 * 3
			}
		}
	}
	return 8e9
}
