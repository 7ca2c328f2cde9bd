package engine

import "syscall"

const onLinux = true

// orphan has the kernel end the child when the parent dies, however it dies.
func orphan(a *syscall.SysProcAttr) { a.Pdeathsig = syscall.SIGKILL }

// self is this program, even where its file was replaced meanwhile.
func self() (string, error) { return "/proc/self/exe", nil }
