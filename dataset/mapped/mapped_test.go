package mapped

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
)

// opened returns a file of n bytes that are not all equal.
func opened(t testing.TB, n int) (f *File, path string, want []byte) {
	t.Helper()
	want = make([]byte, n)
	for i := range want {
		want[i] = byte(1 + i%251)
	}
	path = filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, want, 0o666); err != nil {
		t.Fatal(err)
	}
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f, path, want
}

func TestReadAt(t *testing.T) {
	for _, n := range []int{0, 1, 4096, 100_000} {
		f, _, want := opened(t, n)
		if mapped := f.data != nil; mapped != (n > 0) && runtime.GOOS == "linux" {
			t.Errorf("%d bytes: mapped is %v", n, mapped)
		}
		got, err := io.ReadAll(io.NewSectionReader(f, 0, f.Size()))
		if err != nil || !bytes.Equal(got, want) || f.Intact() != nil {
			t.Errorf("%d bytes: read %d of them, %v, %v", n, len(got), err, f.Intact())
		}
		for _, off := range []int64{-1, int64(n), int64(n) + 1, 1 << 40} {
			if k, err := f.ReadAt(make([]byte, 8), off); k != 0 || err == nil {
				t.Errorf("%d bytes at %d of %d: %v", k, off, n, err)
			}
		}
		p := make([]byte, 8)
		if k, err := f.ReadAt(p, int64(n)-3); n > 8 && (k != 3 || err != io.EOF || !bytes.Equal(p[:3], want[n-3:])) {
			t.Errorf("the last bytes: %d, %v", k, err)
		}
	}
	s, _, want := opened(t, 100)
	got, err := io.ReadAll(s.Section(10, 20))
	if err != nil || !bytes.Equal(got, want[10:30]) || s.Section(10, 20).Intact() != nil {
		t.Errorf("section: %v, %v", got, err)
	}
}

// TestShrinks cuts a mapped file: whole pages beyond the end fault, the rest of
// the last page reads as zeros. Neither may end the program or go unnoticed.
func TestShrinks(t *testing.T) {
	for _, size := range []int64{0, 10, 4096, 50_000, 99_999} {
		f, path, want := opened(t, 100_000)
		if err := os.Truncate(path, size); err != nil {
			t.Fatal(err)
		}
		var group sync.WaitGroup
		for range 4 {
			group.Go(func() {
				got, err := io.ReadAll(f.Section(0, f.Size()))
				if err == nil {
					err = f.Intact()
				}
				if !errors.Is(err, io.ErrUnexpectedEOF) {
					t.Errorf("cut to %d bytes: %d bytes read, %v", size, len(got), err)
				}
			})
		}
		group.Wait()
		p := make([]byte, min(size, 1000))
		if n, err := f.ReadAt(p, 0); n != len(p) || err != nil || !bytes.Equal(p, want[:len(p)]) {
			t.Errorf("cut to %d bytes: of those that remain %d, %v", size, n, err)
		}
	}
}

func TestClosed(t *testing.T) {
	f, _, _ := opened(t, 5000)
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := f.ReadAt(make([]byte, 8), 0); !errors.Is(err, os.ErrClosed) {
		t.Errorf("read: %v", err)
	}
	if err := f.Intact(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("intact: %v", err)
	}
	if err := f.Close(); err == nil {
		t.Error("closed twice")
	}
}

func TestOpen(t *testing.T) {
	if _, err := Open(filepath.Join(t.TempDir(), "absent")); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
	f, err := Open(t.TempDir())
	if err == nil { // a folder opens, but has no bytes
		defer f.Close()
		if _, err := f.ReadAt(make([]byte, 1), 0); err == nil {
			t.Error("a folder was read")
		}
	}
}

// BenchmarkReadAt reads 64 MB in pieces of 64 kB, mapped and by system calls.
func BenchmarkReadAt(b *testing.B) {
	f, path, want := opened(b, 64<<20)
	file, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	p := make([]byte, 64<<10)
	for name, r := range map[string]io.ReaderAt{"mapped": f, "read": file} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(want)))
			for b.Loop() {
				for at := 0; at < len(want); at += len(p) {
					if _, err := r.ReadAt(p, int64(at)); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}
