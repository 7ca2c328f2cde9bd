package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bsgen/bsgen/archive"
	"github.com/bsgen/bsgen/site"
	"github.com/spf13/cobra"
)

// defaultAddr is where the site is served.
const defaultAddr = "127.0.0.1:8000"

func serveCommand(g *globals) *cobra.Command {
	var addr string
	c := &cobra.Command{
		Use:   "serve",
		Short: "look at the site, up to date after every change",
		Long: `serve shows the site that build would write, on this machine alone. A page is
rendered when a browser asks for it. Whenever a file of the archive changes,
what has changed is read again and pages that are open in a browser load again. A
mistake in a file is reported and the last good site stays. It ends with
ctrl-c.`,
		Example: "  bsgen serve\n  bsgen serve --addr 127.0.0.1:9000",
		Args:    noArgs,
		RunE:    func(c *cobra.Command, _ []string) error { return serveSite(c.Context(), g, g.root, addr) },
	}
	c.Flags().StringVar(&addr, "addr", defaultAddr, "`address` on this machine; port 0 takes a free one")
	return c
}

// The archive is looked at for changes a twentieth of the time at most, at these
// distances.
const minPause, maxPause = 100 * time.Millisecond, 2 * time.Second

// look returns the parts of an archive that have changed, and how long to wait for the
// next look.
func look(w *archive.Watcher) (changed []string, pause time.Duration) {
	start := time.Now()
	changed = w.Look()
	return changed, min(max(20*time.Since(start), minPause), maxPause)
}

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
	watcher := archive.NewWatcher(root)
	now, err := openServed(ctx, g, root)
	if err != nil {
		return err
	}
	var shown atomic.Pointer[site.Site]
	shown.Store(now.site)
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return withHint(err, "another program may have the port: try --addr 127.0.0.1:0")
	}
	changes := newAnnouncer()
	server := &http.Server{Handler: handler(&shown, changes), ReadHeaderTimeout: 10 * time.Second}
	server.RegisterOnShutdown(changes.close)
	g.ui.Printf("http://%s/\n", listener.Addr())

	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	next := time.NewTimer(minPause)
	defer next.Stop()
	var changed []string // parts, since the site was made that is shown
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
		case <-next.C:
			more, pause := look(watcher)
			if len(more) > 0 {
				changed = append(changed, more...)
				start := time.Now()
				after, err := now.renew(ctx, g, changed)
				switch {
				case ctx.Err() != nil: // to the end
				case err != nil:
					g.ui.Error(err)
				default:
					now, changed = after, nil
					shown.Store(now.site)
					g.ui.Notef("read again after a change, %d ms", time.Since(start).Milliseconds())
					changes.announce()
				}
			}
			next.Reset(pause)
		}
	}
}

// thisMachine reports whether a host is one of the names of this machine.
func thisMachine(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// handler serves the site that is shown, and tells pages about changes. It answers requests
// for this machine only: a page elsewhere could have its own name resolve to
// this machine, and read a private board under it.
func handler(shown *atomic.Pointer[site.Site], changes *announcer) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /-/changes", changes)
	mux.HandleFunc("GET /-/reload.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		w.Write(site.ReloadScript())
	})
	mux.HandleFunc("GET /", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		shown.Load().ServeHTTP(w, r)
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
