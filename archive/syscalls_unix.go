//go:build unix && !(linux && (amd64 || arm64))

package archive

import "golang.org/x/sys/unix"

func openAt(dir int, name string, flags int) (fd int, err error) {
	return unix.Openat(dir, name, flags, 0)
}

func preadAt(fd int, room []byte, offset int64) (n int, err error) {
	return unix.Pread(fd, room, offset)
}

func closeFile(fd int) { unix.Close(fd) }
