//go:build amd64 || arm64

package archive

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// The system calls of [readAt], without what Go does around one in case that it
// waits: it keeps looking whether one takes longer than 20 µs, and then gives the
// processor to another thread. There are as many readers as processors, and a build has
// nothing else to do until they are done. What else the program does, such as answering
// requests in serve or an interruption, waits where a disk or a network hangs.

func openAt(dir int, name string, flags int) (fd int, err error) {
	path, err := unix.BytePtrFromString(name)
	if err != nil {
		return -1, err
	}
	r, _, errno := unix.RawSyscall6(unix.SYS_OPENAT, uintptr(dir), uintptr(unsafe.Pointer(path)), uintptr(flags), 0, 0, 0)
	if errno != 0 {
		return -1, errno
	}
	return int(r), nil
}

func preadAt(fd int, room []byte, offset int64) (n int, err error) {
	r, _, errno := unix.RawSyscall6(unix.SYS_PREAD64, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(room))), uintptr(len(room)), uintptr(offset), 0, 0)
	if errno != 0 {
		return 0, errno
	}
	return int(r), nil
}

func closeFile(fd int) { unix.RawSyscall(unix.SYS_CLOSE, uintptr(fd), 0, 0) }
