//go:build unix

package archive

import "golang.org/x/sys/unix"

func init() { makePipe = func(full string) error { return unix.Mkfifo(full, 0o644) } }
