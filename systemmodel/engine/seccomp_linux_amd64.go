package engine

import "golang.org/x/sys/unix"

// moreCalls are those that only this machine has.
var moreCalls = []uintptr{unix.SYS_EPOLL_WAIT, unix.SYS_ARCH_PRCTL, unix.SYS_TIME}
