package dataset

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// Store finds the files that sources pin. The zero value has no cache and
// downloads nothing; see [NewStore].
type Store struct {
	Cache    string   // folder of files by digest; "" keeps none
	Mirror   string   // a folder or https URL laid out as <owner>/<repo>/<commit>/<path> that replaces raw.githubusercontent.com; "" for none
	Hosts    []string // hosts that may be downloaded from
	Offline  bool     // never open a connection
	Download Downloader
}

// MirrorEnv is the environment variable that names a mirror.
const MirrorEnv = "BSGEN_DATA_MIRROR"

// NewStore returns the store that the environment describes: the cache in
// $XDG_CACHE_HOME/bsgen (or the user's cache folder) and the mirror in
// BSGEN_DATA_MIRROR.
func NewStore(hosts []string) *Store {
	s := &Store{Mirror: os.Getenv(MirrorEnv), Hosts: hosts}
	if dir, err := os.UserCacheDir(); err == nil {
		s.Cache = filepath.Join(dir, "bsgen")
	}
	return s
}

// NotFoundError says that a source is neither cached nor to be had.
type NotFoundError struct {
	Source Source
	Err    error // why it can not be fetched
}

func (e *NotFoundError) Error() string {
	return fmt.Sprintf("%s is not available: %v", cmp.Or(e.Source.URL, e.Source.File), e.Err)
}

// Unwrap returns the reason.
func (e *NotFoundError) Unwrap() error { return e.Err }

// DigestError says that a file is not the one that was pinned.
type DigestError struct {
	Name      string
	Want, Got string
}

func (e *DigestError) Error() string {
	return fmt.Sprintf("%s has the SHA-256 %s, pinned is %s", e.Name, e.Got, e.Want)
}

// Path returns a local file that holds exactly the pinned bytes, fetching it
// where needed. A source with File is looked up in dir. Progress, which may be
// nil, is told of downloaded bytes.
func (s *Store) Path(ctx context.Context, src Source, dir string, progress func(done, total int64)) (string, error) {
	if src.File != "" {
		name := filepath.Join(dir, filepath.FromSlash(src.File))
		if info, err := os.Lstat(name); err != nil {
			return "", &NotFoundError{src, err}
		} else if !info.Mode().IsRegular() {
			return "", fmt.Errorf("%s is not a regular file", src.File)
		}
		return name, verify(name, src)
	}
	if err := src.Check(s.Hosts); err != nil {
		return "", fmt.Errorf("%s: %w", src.URL, err)
	}
	cached := s.cached(src)
	if cached != "" {
		if _, err := os.Stat(cached); err == nil {
			if err := verify(cached, src); err == nil {
				return cached, nil
			}
			// A damaged cache entry is dropped and fetched anew.
			os.Remove(cached)
		}
	}
	if name, ok := s.mirrored(src); ok {
		if _, err := os.Stat(name); err == nil {
			return name, verify(name, src)
		} else if !errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("look into the mirror: %w", err)
		}
	}
	if s.Offline {
		return "", &NotFoundError{src, errors.New("offline")}
	}
	if cached == "" {
		return "", &NotFoundError{src, errors.New("there is no cache folder to download to")}
	}
	from, hosts := src.URL, s.Hosts
	if base, ok := s.mirrorURL(); ok {
		from, hosts = base.String()+"/"+rawPath(src.URL), append([]string{base.Hostname()}, s.Hosts...)
	}
	if err := s.Download.Fetch(ctx, from, hosts, src, cached, progress); err != nil {
		var digest *DigestError
		if errors.As(err, &digest) {
			return "", err
		}
		return "", &NotFoundError{src, err}
	}
	return cached, nil
}

// Read returns the bytes of a source; see [Store.Path].
func (s *Store) Read(ctx context.Context, src Source, dir string) ([]byte, error) {
	name, err := s.Path(ctx, src, dir, nil)
	if err != nil {
		return nil, err
	}
	return os.ReadFile(name)
}

// Cached reports whether the source can be read without a connection, without
// verifying it.
func (s *Store) Cached(src Source, dir string) bool {
	candidates := []string{s.cached(src)}
	if src.File != "" {
		candidates = []string{filepath.Join(dir, filepath.FromSlash(src.File))}
	}
	if name, ok := s.mirrored(src); ok {
		candidates = append(candidates, name)
	}
	for _, name := range candidates {
		if info, err := os.Stat(name); name != "" && err == nil && info.Mode().IsRegular() {
			return true
		}
	}
	return false
}

func (s *Store) cached(src Source) string {
	if s.Cache == "" || len(src.SHA256) != 64 {
		return ""
	}
	return filepath.Join(s.Cache, "sha256", src.SHA256[:2], src.SHA256)
}

// rawHost is the host that a mirror replaces.
const rawHost = "raw.githubusercontent.com"

func rawPath(raw string) string {
	return strings.TrimPrefix(raw, "https://"+rawHost+"/")
}

// mirrored returns the file in a mirror that is a folder.
func (s *Store) mirrored(src Source) (string, bool) {
	if s.Mirror == "" || strings.Contains(s.Mirror, "://") || !strings.HasPrefix(src.URL, "https://"+rawHost+"/") {
		return "", false
	}
	rel, err := url.PathUnescape(rawPath(src.URL))
	if err != nil || !filepath.IsLocal(filepath.FromSlash(rel)) {
		return "", false
	}
	return filepath.Join(s.Mirror, filepath.FromSlash(rel)), true
}

func (s *Store) mirrorURL() (*url.URL, bool) {
	u, err := url.Parse(strings.TrimSuffix(s.Mirror, "/"))
	return u, err == nil && u.Scheme == "https" && u.Host != ""
}

// verify compares a file with its pinned size and digest.
func verify(name string, src Source) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil {
		return err
	} else if src.Bytes > 0 && info.Size() != src.Bytes {
		return fmt.Errorf("%s has %d bytes, pinned are %d", filepath.Base(name), info.Size(), src.Bytes)
	}
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return fmt.Errorf("verify %s: %w", filepath.Base(name), err)
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != src.SHA256 {
		return &DigestError{filepath.Base(name), src.SHA256, got}
	}
	return nil
}
