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
	"sync"
)

// Store finds the files that sources pin. The zero value has no cache and
// downloads nothing; see [NewStore].
type Store struct {
	Cache    string   // folder of files by digest; "" keeps none
	Mirror   string   // a folder or https URL laid out as <owner>/<repo>/<commit>/<path> that replaces raw.githubusercontent.com (see [Store.CheckMirror]); "" for none
	Hosts    []string // hosts that may be downloaded from
	Offline  bool     // never open a connection
	Download Downloader

	fetching sync.Map // digest -> *sync.Mutex, held while it is downloaded
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

// SourceError says that the pinned bytes of a source could not be had: a
// [*NotFoundError], a [*DigestError], another size, a disk that fails. It is
// about this machine and this moment, never about what the bytes say. Errors of
// [Store.Path] and [Store.Read] are of this type.
type SourceError struct {
	Source Source
	Err    error // names the source
}

func (e *SourceError) Error() string { return e.Err.Error() }

// Unwrap returns the reason.
func (e *SourceError) Unwrap() error { return e.Err }

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
// where needed. A source with File is looked up in dir, which no symbolic link
// may leave. Progress, which may be nil, is told of downloaded bytes. It may be
// called from several goroutines at once: one downloads, the others wait.
func (s *Store) Path(ctx context.Context, src Source, dir string, progress func(done, total int64)) (string, error) {
	find := s.find
	if src.File != "" {
		find = beside
	}
	name, err := find(ctx, src, dir, progress)
	if err != nil {
		return "", &SourceError{src, err}
	}
	return name, nil
}

// beside finds and verifies a source in the folder that names it.
func beside(_ context.Context, src Source, dir string, _ func(done, total int64)) (string, error) {
	file := filepath.FromSlash(src.File)
	if !filepath.IsLocal(file) {
		return "", fmt.Errorf("the file %.60q is not inside the folder that names it", src.File)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return "", &NotFoundError{src, withoutPath(err)}
	}
	defer root.Close()
	if info, err := root.Lstat(file); err != nil {
		return "", &NotFoundError{src, withoutPath(err)}
	} else if !info.Mode().IsRegular() {
		return "", fmt.Errorf("%s is not a regular file", src.File)
	}
	f, err := root.Open(file)
	if err != nil {
		return "", &NotFoundError{src, withoutPath(err)}
	}
	defer f.Close()
	return filepath.Join(dir, file), verify(f, src.File, src)
}

// find finds a source with a URL in the cache or the mirror, or downloads it.
func (s *Store) find(ctx context.Context, src Source, _ string, progress func(done, total int64)) (string, error) {
	if err := src.Check(s.Hosts); err != nil {
		return "", fmt.Errorf("%s: %w", src.URL, err)
	}
	if err := s.CheckMirror(); err != nil {
		return "", err
	}
	cached := s.cached(src)
	if cached != "" && verifyFile(cached, src) == nil {
		return cached, nil
	}
	if name, ok := s.mirrored(src); ok {
		if _, err := os.Stat(name); err == nil {
			if err := verifyFile(name, src); err != nil {
				return "", fmt.Errorf("the mirror's file for %s is damaged: %w", src.URL, err)
			}
			return name, nil
		} else if !errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("look into the mirror for %s: %w", src.URL, withoutPath(err))
		}
	}
	if s.Offline {
		return "", &NotFoundError{src, errors.New("offline")}
	}
	if cached == "" {
		return "", &NotFoundError{src, errors.New("there is no cache folder to download to")}
	}
	lock, _ := s.fetching.LoadOrStore(src.SHA256, new(sync.Mutex))
	lock.(*sync.Mutex).Lock()
	defer lock.(*sync.Mutex).Unlock()
	if verifyFile(cached, src) == nil { // another goroutine was first
		return cached, nil
	}
	return cached, s.download(ctx, src, cached, progress)
}

// download fetches a source from the mirror, if it has one, or its own URL.
func (s *Store) download(ctx context.Context, src Source, cached string, progress func(done, total int64)) error {
	d, from := s.Download, src.URL
	if base := s.mirrorURL(); base != nil && onRawHost(src.URL) {
		d.Trusted, from = base.Host, base.String()+"/"+rawPath(src.URL)
	}
	err := d.Fetch(ctx, from, s.Hosts, src, cached, progress)
	if _, ok := errors.AsType[*DigestError](err); ok || err == nil {
		return err
	}
	return &NotFoundError{src, withoutPath(err)}
}

// Read returns the bytes of a source; see [Store.Path].
func (s *Store) Read(ctx context.Context, src Source, dir string) ([]byte, error) {
	name, err := s.Path(ctx, src, dir, nil)
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, &SourceError{src, fmt.Errorf("read %s: %w", cmp.Or(src.URL, src.File), withoutPath(err))}
	}
	return data, nil
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

func onRawHost(raw string) bool { return strings.HasPrefix(raw, "https://"+rawHost+"/") }

func rawPath(raw string) string {
	return strings.TrimPrefix(raw, "https://"+rawHost+"/")
}

// CheckMirror reports why the mirror is neither a folder nor plain https. Its
// host may have a port and a private address: the operator names it, not a
// stranger.
func (s *Store) CheckMirror() error {
	if !s.remoteMirror() {
		return nil
	}
	u, err := url.Parse(s.Mirror)
	if err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return fmt.Errorf("the mirror %.60q is neither a folder nor an https address such as https://host/path (%s)", s.Mirror, MirrorEnv)
	}
	return nil
}

// remoteMirror reports whether the mirror is meant as an address.
func (s *Store) remoteMirror() bool {
	lower := strings.ToLower(s.Mirror)
	return strings.Contains(s.Mirror, "://") || strings.HasPrefix(lower, "http:") || strings.HasPrefix(lower, "https:")
}

// mirrored returns the file in a mirror that is a folder.
func (s *Store) mirrored(src Source) (string, bool) {
	if s.Mirror == "" || s.remoteMirror() || !onRawHost(src.URL) {
		return "", false
	}
	rel, err := url.PathUnescape(rawPath(src.URL))
	if err != nil || !filepath.IsLocal(filepath.FromSlash(rel)) {
		return "", false
	}
	return filepath.Join(s.Mirror, filepath.FromSlash(rel)), true
}

// mirrorURL returns the address of a mirror that is one; CheckMirror approves it.
func (s *Store) mirrorURL() *url.URL {
	if !s.remoteMirror() {
		return nil
	}
	u, _ := url.Parse(strings.TrimSuffix(s.Mirror, "/"))
	return u
}

func verifyFile(name string, src Source) error {
	f, err := os.Open(name)
	if err != nil {
		return withoutPath(err)
	}
	defer f.Close()
	return verify(f, filepath.Base(name), src)
}

// verify compares a file with its pinned size and digest.
func verify(f *os.File, name string, src Source) error {
	if info, err := f.Stat(); err != nil {
		return fmt.Errorf("verify %s: %w", name, withoutPath(err))
	} else if src.Bytes > 0 && info.Size() != src.Bytes {
		return fmt.Errorf("%s has %d bytes, pinned are %d", name, info.Size(), src.Bytes)
	}
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return fmt.Errorf("verify %s: %w", name, withoutPath(err))
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != src.SHA256 {
		return &DigestError{name, src.SHA256, got}
	}
	return nil
}

// withoutPath takes the path of this machine out of an error of package os: the
// caller names the source.
func withoutPath(err error) error {
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		return pe.Err
	}
	return err
}
