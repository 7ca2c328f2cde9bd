package main

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/bsgen/bsgen/site"
	"github.com/spf13/cobra"
)

// defaultAddr is where the site is served.
const defaultAddr = "127.0.0.1:8000"

func serveCommand(g *globals) *cobra.Command {
	var addr string
	c := &cobra.Command{
		Use:   "serve",
		Short: "look at the site and have it rebuilt on every change",
		Long: `serve renders the archive into a temporary folder, serves it on this machine
alone, and renders it again whenever a file of the archive changes; pages that
are open in a browser load again. A mistake in a file is reported and the last
good site stays. It ends with ctrl-c.`,
		Example: "  bsgen serve\n  bsgen serve --addr 127.0.0.1:9000",
		Args:    noArgs,
		RunE:    func(c *cobra.Command, _ []string) error { return serveSite(c.Context(), g, g.root, addr) },
	}
	c.Flags().StringVar(&addr, "addr", defaultAddr, "`address` on this machine; port 0 takes a free one")
	return c
}

// pollInterval is how often the archive is looked at for changes. Looking is a
// few hundred calls of stat: a millisecond.
const pollInterval = 500 * time.Millisecond

// serveSite serves the archive at root until the context ends. It prints the
// address when the site is there.
func serveSite(ctx context.Context, g *globals, root, addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return withHint(err, "an address reads %s", defaultAddr)
	}
	if !thisMachine(host) {
		return withHint(fmt.Errorf("%s is not this machine", host), "serve is for looking; to publish, build and copy the folder to a web server")
	}
	dir, err := os.MkdirTemp("", "bsgen-serve-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	opts := site.Options{Out: filepath.Join(dir, "site"), Reload: "/-/reload.js"}
	before := fingerprint(root)
	if _, err := renderSite(ctx, g, root, opts); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return withHint(err, "another program may have the port: try --addr 127.0.0.1:0")
	}
	changes := newAnnouncer()
	server := &http.Server{Handler: handler(opts.Out, changes), ReadHeaderTimeout: 10 * time.Second}
	server.RegisterOnShutdown(changes.close)
	g.ui.Printf("http://%s/\n", listener.Addr())

	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	tick := time.NewTicker(pollInterval)
	defer tick.Stop()
	for {
		select {
		case err := <-failed:
			return err
		case <-ctx.Done():
			end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
			defer cancel()
			if err := server.Shutdown(end); err != nil {
				return server.Close() // a page that is slow to arrive does not hold up the end
			}
			return nil
		case <-tick.C:
			now := fingerprint(root)
			if now == before {
				continue
			}
			before = now
			start := time.Now()
			report, err := renderSite(ctx, g, root, opts)
			if ctx.Err() != nil {
				continue // to the end
			}
			if err != nil {
				g.ui.Error(err)
				continue
			}
			g.ui.Notef("%s again after a change, %d ms", count(report.Pages, "page"), time.Since(start).Milliseconds())
			changes.announce()
		}
	}
}

// thisMachine reports whether a host is one of the names of this machine.
func thisMachine(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// handler serves the folder, and tells pages about changes. It answers requests
// for this machine only: a page elsewhere could have its own name resolve to
// this machine, and read a private board under it.
func handler(dir string, changes *announcer) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /-/changes", changes)
	mux.HandleFunc("GET /-/reload.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		w.Write(site.ReloadScript())
	})
	files := http.FileServer(http.Dir(dir))
	mux.HandleFunc("GET /", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		files.ServeHTTP(w, r)
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil { // without a port
			host = strings.Trim(r.Host, "[]")
		}
		if !thisMachine(host) {
			http.Error(w, "this server answers to localhost alone", http.StatusMisdirectedRequest)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// announcer tells every open page the number of the build, as server-sent events.
type announcer struct {
	mu     sync.Mutex
	build  int
	next   chan struct{} // closed at the next build
	ended  chan struct{}
	closer sync.Once
}

func newAnnouncer() *announcer {
	return &announcer{next: make(chan struct{}), ended: make(chan struct{})}
}

func (a *announcer) announce() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.build++
	close(a.next)
	a.next = make(chan struct{})
}

// close ends all streams, so that the server can shut down.
func (a *announcer) close() { a.closer.Do(func() { close(a.ended) }) }

// ServeHTTP implements http.Handler.
func (a *announcer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	out := http.NewResponseController(w)
	for {
		a.mu.Lock()
		build, next := a.build, a.next
		a.mu.Unlock()
		if _, err := fmt.Fprintf(w, "data: %d\n\n", build); err != nil {
			return
		}
		if err := out.Flush(); err != nil {
			return
		}
		select {
		case <-next:
		case <-a.ended:
			return
		case <-r.Context().Done():
			return
		}
	}
}

// watched are the parts of an archive that a site depends on.
var watched = []string{"site.yaml", "boards", "benchmarks", "submissions", "results", "content"}

// fingerprint digests names, sizes and times of the archive's files. Files that
// come and go while it looks count as a change or not at all; the next look
// settles it.
func fingerprint(root string) uint64 {
	h := fnv.New64a()
	for _, part := range watched {
		err := filepath.WalkDir(filepath.Join(root, part), func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || strings.HasPrefix(d.Name(), ".write-") {
				return nil
			}
			if info, err := d.Info(); err == nil {
				fmt.Fprintf(h, "%s %d %d\n", name, info.Size(), info.ModTime().UnixNano())
			}
			return nil
		})
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			fmt.Fprintln(h, err)
		}
	}
	return h.Sum64()
}
