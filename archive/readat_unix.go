//go:build unix

package archive

import (
	"os"
	"slices"

	"golang.org/x/sys/unix"
)

// readAt reads a file of an open folder, of limit bytes at most, into room. It
// asks the system for as little as it can, since there are hundreds of thousands
// of files: not what the file is, nor how long. A link is not followed, a pipe not
// waited for, and neither a pipe nor a folder can be read at an offset; what fills
// less than its room is taken for all there is, and the caller finds out by what it
// holds. For anything unusual ok is false, and [Archive.read] says what is wrong.
func readAt(dir *os.File, name string, room []byte, limit int64) (data []byte, ok bool) {
	fd, err := openAt(int(dir.Fd()), name, unix.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK|unix.O_CLOEXEC)
	if err != nil {
		return nil, false
	}
	defer closeFile(fd)
	data = room[:cap(room)]
	for n := 0; ; {
		if n == len(data) {
			data = slices.Grow(data, max(n, 1<<14))
			data = data[:cap(data)]
		}
		m, err := preadAt(fd, data[n:], int64(n))
		n += m
		if err != nil || int64(n) > limit {
			return nil, false
		}
		if n < len(data) {
			return data[:n], true
		}
	}
}
