//go:build unix

package archive

import (
	"os"
	"slices"

	"golang.org/x/sys/unix"
)

// readAt reads a regular file of an open folder, of limit bytes at most, into
// room. The name is one that the folder listed; what it names now is not
// followed where it is a link, nor waited for where it is a pipe. It asks the
// system for as little as it can: there are hundreds of thousands of files. For
// anything unusual ok is false, and [Archive.read] says what is wrong.
func readAt(dir *os.File, name string, room []byte, limit int64) (data []byte, ok bool) {
	fd, err := unix.Openat(int(dir.Fd()), name, unix.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, false
	}
	defer unix.Close(fd)
	var info unix.Stat_t
	if err := unix.Fstat(fd, &info); err != nil || info.Mode&unix.S_IFMT != unix.S_IFREG || info.Size > limit {
		return nil, false
	}
	data = slices.Grow(room[:0], int(info.Size))[:info.Size]
	for n := 0; n < len(data); {
		m, err := unix.Read(fd, data[n:])
		if err != nil || m == 0 {
			return nil, false
		}
		n += m
	}
	return data, true
}
