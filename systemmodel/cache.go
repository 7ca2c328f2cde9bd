package systemmodel

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// MaxBytesEnv names the variable that sets the size of the cache, in bytes.
const MaxBytesEnv = "BSGEN_ACTIVATIONS_BYTES"

// DefaultMaxBytes is the size of the cache where nothing else is said (8 GiB).
const DefaultMaxBytes = 8 << 30

// Cache keeps activations as .npy files, named by a digest of all that they
// depend on. What was used longest ago is removed when it grows beyond its size.
// Several processes may share its folder.
type Cache struct {
	Dir string
	Max int64 // bytes; 0: DefaultMaxBytes

	mu    sync.Mutex
	locks map[string]chan struct{} // by what is being computed
	used  map[string]int           // paths that must not be removed now
}

// NewCache returns the cache in $XDG_CACHE_HOME/bsgen/activations; where the
// machine has no such folder, one of the system's folders for temporary files.
func NewCache() *Cache {
	dir, err := os.UserCacheDir()
	if err != nil {
		dir = os.TempDir()
	}
	c := &Cache{Dir: filepath.Join(dir, "bsgen", "activations")}
	if n, err := strconv.ParseInt(os.Getenv(MaxBytesEnv), 10, 64); err == nil && n > 0 {
		c.Max = n
	}
	return c
}

// MaxBytes returns the size that the cache may have.
func (c *Cache) MaxBytes() int64 { return cmp.Or(c.Max, DefaultMaxBytes) }

// lock waits until nobody else in this process computes the same.
func (c *Cache) lock(ctx context.Context, key string) (unlock func(), err error) {
	for {
		c.mu.Lock()
		busy, ok := c.locks[key]
		if !ok {
			if c.locks == nil {
				c.locks = map[string]chan struct{}{}
			}
			done := make(chan struct{})
			c.locks[key] = done
			c.mu.Unlock()
			return func() {
				c.mu.Lock()
				delete(c.locks, key)
				c.mu.Unlock()
				close(done)
			}, nil
		}
		c.mu.Unlock()
		select {
		case <-busy:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

func (c *Cache) path(name string) string { return filepath.Join(c.Dir, name+".npy") }

// find returns the paths of the names and marks those that are there as used;
// missing are the indices of the others.
func (c *Cache) find(names []string) (paths []string, missing []int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.used == nil {
		c.used = map[string]int{}
	}
	now := time.Now()
	for i, n := range names {
		p := c.path(n)
		if err := os.Chtimes(p, now, now); err != nil {
			missing = append(missing, i)
			continue
		}
		c.used[p]++
		paths = append(paths, p)
	}
	return paths, missing
}

// size is how many bytes the paths, which are held, take.
func (c *Cache) size(paths []string) int64 {
	var sum int64
	for _, p := range paths {
		if info, err := os.Stat(p); err == nil {
			sum += info.Size()
		}
	}
	return sum
}

// release says that the paths are not needed any more.
func (c *Cache) release(paths []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, p := range paths {
		if c.used[p]--; c.used[p] <= 0 {
			delete(c.used, p)
		}
	}
}

// tempPrefix begins the names of files that are being written.
const tempPrefix = ".write-"

func (c *Cache) create() (*os.File, error) {
	if err := os.MkdirAll(c.Dir, 0o755); err != nil {
		return nil, fmt.Errorf("make the cache of activations: %w", err)
	}
	f, err := os.CreateTemp(c.Dir, tempPrefix+"*")
	if err != nil {
		return nil, fmt.Errorf("write to the cache of activations: %w", err)
	}
	return f, nil
}

// put closes a file that was created, gives it its name and marks it as used.
func (c *Cache) put(f *os.File, name string) (path string, err error) {
	path = c.path(name)
	err = f.Chmod(0o644)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
		return "", fmt.Errorf("write to the cache of activations: %w", err)
	}
	c.used[path]++
	return path, nil
}

// abandoned is how old a file must be that its writer did not finish.
const abandoned = 24 * time.Hour

// evict removes what was used longest ago, but not what is in use, until the rest
// is within bounds.
func (c *Cache) evict() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	entries, err := os.ReadDir(c.Dir)
	if err != nil {
		return fmt.Errorf("look into the cache of activations: %w", err)
	}
	type kept struct {
		path string
		size int64
		time time.Time
	}
	var all []kept
	var sum int64
	for _, e := range entries {
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) { // another process was first
			continue
		}
		if err != nil {
			return fmt.Errorf("look into the cache of activations: %w", err)
		}
		p := filepath.Join(c.Dir, e.Name())
		switch {
		case strings.HasPrefix(e.Name(), tempPrefix):
			if time.Since(info.ModTime()) > abandoned {
				os.Remove(p)
			}
		case info.Mode().IsRegular() && strings.HasSuffix(e.Name(), ".npy"):
			sum += info.Size()
			all = append(all, kept{p, info.Size(), info.ModTime()})
		}
	}
	slices.SortFunc(all, func(a, b kept) int { return cmp.Or(a.time.Compare(b.time), strings.Compare(a.path, b.path)) })
	for _, k := range all {
		if sum <= c.MaxBytes() {
			return nil
		}
		if c.used[k.path] > 0 {
			continue
		}
		if err := os.Remove(k.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("make room in the cache of activations: %w", err)
		}
		sum -= k.size
	}
	return nil
}
