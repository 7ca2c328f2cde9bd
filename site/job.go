package site

import (
	"fmt"
	"html/template"
	"io"
	"sync"
)

// target takes the files of a site: a folder, or the memory of a server.
// Different files may go to it at the same time.
type target interface {
	// file takes one file. The bytes are the caller's again when it returns.
	file(at string, data []byte) error
	// create returns what one file, which need not be held whole, is written to.
	create(at string) (io.WriteCloser, error)
}

// job writes the files at some places, when the first of them is wanted.
type job struct {
	places []string
	run    func() error // a second call does nothing and returns the same
}

// group stands for jobs whose places are known only after a computation that
// most pages do without.
type group struct {
	holds func(place string) bool // may the place be one of them?
	add   func(w *work) error
}

// work is what a site consists of: what is to be written, and where to.
type work struct {
	out       target
	templates map[string]*template.Template
	jobs      []*job
	groups    []group
}

// do adds a job that writes the files at the places.
func (w *work) do(write func() error, places ...string) {
	w.jobs = append(w.jobs, &job{places, sync.OnceValue(write)})
}

// page adds a page of a kind; its model is computed when its turn comes.
func (w *work) page(at, kind string, model func() any) {
	w.write(at, func(m *markup) error { return render(m, w.templates[kind], model()) })
}

// buffers are what files are written into. A page of a large board has some
// hundred kilobytes: a new buffer for each would be most of a build's garbage.
var buffers = sync.Pool{New: func() any { return &markup{} }}

// write adds a file, which is written when its turn comes.
func (w *work) write(at string, write func(m *markup) error) {
	w.do(func() error {
		m := buffers.Get().(*markup)
		defer buffers.Put(m)
		*m = (*m)[:0]
		if err := write(m); err != nil {
			return fmt.Errorf("%s: %w", at, err)
		}
		return w.out.file(at, *m)
	}, at)
}

// file adds a file, whose content is computed when its turn comes.
func (w *work) file(at string, data func() ([]byte, error)) {
	w.do(func() error {
		b, err := data()
		if err != nil {
			return fmt.Errorf("%s: %w", at, err)
		}
		return w.out.file(at, b)
	}, at)
}

// later adds a group.
func (w *work) later(holds func(place string) bool, add func(w *work) error) {
	w.groups = append(w.groups, group{holds, add})
}

// open returns the jobs of a group.
func (w *work) open(g group) ([]*job, error) {
	part := &work{out: w.out, templates: w.templates}
	err := g.add(part)
	return part.jobs, err
}

// run does all jobs. Pages do not depend on one another, so they are rendered
// side by side; nothing in them depends on the order. Groups come first, because
// one of them may take as long as many pages. What they consist of is done in
// turn with the other jobs, the first of which take long: it may hold what it
// writes.
func (w *work) run() error {
	var found opened
	err := each(len(w.groups)+len(w.jobs), func(i int) error {
		if i < len(w.groups) {
			jobs, err := w.open(w.groups[i])
			found.add(jobs)
			return err
		}
		if j := found.take(); j != nil {
			if err := j.run(); err != nil {
				return err
			}
		}
		return w.jobs[i-len(w.groups)].run()
	})
	if err != nil {
		return err
	}
	return runAll(found.jobs)
}

// opened are jobs of groups that wait to be done. It forgets those that are.
type opened struct {
	mu   sync.Mutex
	jobs []*job
}

func (o *opened) add(jobs []*job) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.jobs = append(o.jobs, jobs...)
}

// take returns a job, or nil where none is left.
func (o *opened) take() *job {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.jobs) == 0 {
		return nil
	}
	j := o.jobs[0]
	o.jobs[0], o.jobs = nil, o.jobs[1:]
	return j
}

func runAll(jobs []*job) error {
	return each(len(jobs), func(i int) error { return jobs[i].run() })
}

// render writes a page.
func render(m *markup, t *template.Template, data any) error {
	if p, ok := data.(interface{ into(m *markup) }); ok {
		p.into(m)
	}
	return t.ExecuteTemplate(m, "page", data)
}
