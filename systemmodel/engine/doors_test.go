//go:build linux

package engine

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
)

func init() {
	if len(os.Args) == 2 && os.Args[1] == "doors" {
		tryDoors()
	}
}

// tryDoors closes the doors of this process, tries them, and prints which are open.
func tryDoors() {
	file, _ := os.CreateTemp(".", "there")
	if err := closeDoors(); err != nil {
		fmt.Println(err)
	}
	for name, try := range map[string]func() error{
		"open":    func() error { _, err := os.Open("/etc/passwd"); return err },
		"create":  func() error { _, err := os.Create("new"); return err },
		"remove":  func() error { return os.Remove(file.Name()) },
		"rename":  func() error { return os.Rename(file.Name(), "other") },
		"mkdir":   func() error { return os.Mkdir("folder", 0o755) },
		"write":   func() error { return os.Truncate(file.Name(), 10) },
		"connect": func() error { _, err := net.Dial("udp", "127.0.0.1:9"); return err },
		"exec":    func() error { return syscall.Exec("/bin/true", []string{"true"}, nil) },
		"fork":    func() error { return exec.Command("/bin/true").Run() },
		"kill":    func() error { return syscall.Kill(os.Getppid(), 0) },
		"limits":  func() error { return syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{Cur: 100, Max: 100}) },
	} {
		// In a thread that is there, and in one that is new.
		var wait sync.WaitGroup
		for range 2 {
			wait.Go(func() {
				runtime.LockOSThread()
				if try() == nil {
					fmt.Println("open:", name)
				}
			})
		}
		wait.Wait()
	}
	fmt.Println("tried")
	os.Exit(0)
}

// TestDoors wants that the child can reach nothing when it holds a model.
func TestDoors(t *testing.T) {
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(program, "doors")
	c.Dir = t.TempDir()
	out, err := c.CombinedOutput()
	if err != nil || strings.TrimSpace(string(out)) != "tried" {
		t.Errorf("%v\n%s", err, out)
	}
	if left, _ := filepath.Glob(filepath.Join(c.Dir, "there*")); len(left) != 1 {
		t.Errorf("in the folder: %v", left)
	}
}
