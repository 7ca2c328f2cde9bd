//go:build unix

package archive

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

func init() {
	special["a pipe"] = func(full string) error { return unix.Mkfifo(full, 0o644) }
}

// TestReadAt: files of any size are read whole, up to the limit, whatever room
// there is; a pipe is not, even if somebody writes into it.
func TestReadAt(t *testing.T) {
	dir := t.TempDir()
	folder, err := os.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	const limit = 100_000
	var room []byte
	for _, size := range []int{0, 1, 1 << 14, 1<<14 - 1, 1<<14 + 1, 1 << 16, 1<<16 + 1, limit - 1, limit, limit + 1, 5, 2 * limit} {
		want := make([]byte, size)
		for i := range want {
			want[i] = byte(i * 7 / 3)
		}
		if err := os.WriteFile(filepath.Join(dir, "file"), want, 0o644); err != nil {
			t.Fatal(err)
		}
		for _, given := range [][]byte{nil, make([]byte, 10), room} {
			if data, ok := readAt(folder, "file", given, limit); ok != (size <= limit) || ok && !bytes.Equal(data, want) {
				t.Errorf("%d bytes in room for %d: %d, %t", size, cap(given), len(data), ok)
			} else if ok {
				room = data
			}
		}
	}
	if _, ok := readAt(folder, "gone", nil, limit); ok {
		t.Error("a file that is not there is read")
	}
	name := filepath.Join(dir, "pipe")
	if err := unix.Mkfifo(name, 0o644); err != nil {
		t.Skip(err)
	}
	pipe, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer pipe.Close()
	if _, err := pipe.WriteString("a result"); err != nil {
		t.Fatal(err)
	}
	if data, ok := readAt(folder, "pipe", nil, limit); ok {
		t.Errorf("%q is read from a pipe", data)
	}
}
