package site

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/bsgen/bsgen/archive"
)

// Site is the site of an archive for a server: a file is rendered when it is
// first asked for, and has the bytes that [Build] writes. All methods may be
// called at the same time.
type Site struct {
	Warnings []string // as in [Report]

	site  *site
	work  *work
	files *memory
	mu    sync.Mutex
	at    map[string]*job // by place
}

// Open prepares the site of an archive, of which it renders nothing yet.
// [Options.Out] has no meaning here. The archive must not change afterwards.
func Open(a *archive.Archive, opts Options) (*Site, error) { return (&Site{}).Renew(a, opts) }

// Renew is [Open] for an archive that was read again by [archive.Archive.Renew]: it
// takes from s, which stays as it is, what has not changed.
func (s *Site) Renew(a *archive.Archive, opts Options) (*Site, error) {
	out := &memory{}
	site, w, err := prepare(a, opts, out, s.site)
	if err != nil {
		return nil, fmt.Errorf("prepare the site: %w", err)
	}
	s = &Site{Warnings: site.warnings, site: site, work: w, files: out, at: make(map[string]*job, len(w.jobs))}
	s.note(w.jobs)
	return s, nil
}

func (s *Site) note(jobs []*job) {
	for _, j := range jobs {
		for _, at := range j.places {
			s.at[at] = j
		}
	}
}

// File returns the file at a place, a path below the root such as
// "vision/index.html", as [Build] writes it. The error is [fs.ErrNotExist]
// where the site has none. The caller must not change the bytes.
func (s *Site) File(place string) ([]byte, error) {
	j, err := s.job(place)
	if err != nil {
		return nil, err
	}
	if j == nil {
		return nil, fmt.Errorf("%s: %w", place, fs.ErrNotExist)
	}
	if err := j.run(); err != nil {
		return nil, err
	}
	data, ok := s.files.at.Load(place)
	if !ok {
		return nil, fmt.Errorf("%s was not written", place)
	}
	return data.([]byte), nil
}

// job returns what writes the file at the place, nil where nothing does.
func (s *Site) job(place string) (*job, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if j := s.at[place]; j != nil {
		return j, nil
	}
	err := s.open(func(g group) bool { return g.holds(place) })
	return s.at[place], err
}

// open notes the places of the groups that are chosen.
func (s *Site) open(chosen func(group) bool) error {
	var err error
	s.work.groups = slices.DeleteFunc(s.work.groups, func(g group) bool {
		if err != nil || !chosen(g) {
			return false
		}
		var jobs []*job
		jobs, err = s.work.open(g)
		s.note(jobs)
		return err == nil
	})
	return err
}

// Places returns the places of all files, sorted.
func (s *Site) Places() ([]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.open(func(group) bool { return true })
	return sortedKeys(s.at), err
}

// ServeHTTP implements http.Handler: it answers with files, for folders with
// their index.html. What can not be rendered is answered with the error, which
// may name files of the archive: this is for looking at one's own.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	place := strings.TrimPrefix(r.URL.Path, "/")
	if place == "" || strings.HasSuffix(place, "/") {
		place += "index.html"
	}
	data, err := s.File(place)
	switch {
	case err == nil:
		http.ServeContent(w, r, place, time.Time{}, bytes.NewReader(data))
	case !errors.Is(err, fs.ErrNotExist):
		http.Error(w, err.Error(), http.StatusInternalServerError)
	default:
		if j, err := s.job(place + "/index.html"); j != nil && err == nil {
			// The last part alone: "//host" would lead to another server.
			http.Redirect(w, r, path.Base(place)+"/", http.StatusMovedPermanently)
			return
		}
		http.NotFound(w, r)
	}
}

// memory is a target: files that are kept by their places.
type memory struct{ at sync.Map } // place -> []byte

func (m *memory) file(at string, data []byte) error {
	m.at.Store(at, bytes.Clone(data))
	return nil
}

func (m *memory) create(at string) (io.WriteCloser, error) {
	return &memoryFile{to: m, place: at}, nil
}

// memoryFile is a file that is being written.
type memoryFile struct {
	bytes.Buffer
	to    *memory
	place string
}

func (f *memoryFile) Close() error {
	f.to.at.Store(f.place, f.Bytes())
	return nil
}
