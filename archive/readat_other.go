//go:build !unix

package archive

import "os"

// readAt leaves it to [Archive.read].
func readAt(dir *os.File, name string, room []byte, limit int64) (data []byte, ok bool) {
	return nil, false
}
