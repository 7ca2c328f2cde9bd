package dataset

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

var testTime = time.Unix(1700000000, 0)

const host = "data.example.org"

var body = []byte(strings.Repeat("one line of data\n", 4096))

func sourceOf(data []byte) Source {
	sum := sha256.Sum256(data)
	return Source{URL: "https://" + host + "/lab/data/abc/file.csv", SHA256: hex.EncodeToString(sum[:]), Bytes: int64(len(data))}
}

// serverFor returns a store whose downloads all go to the handler.
func serverFor(t *testing.T, h http.HandlerFunc) *Store {
	t.Helper()
	srv := httptest.NewTLSServer(h)
	t.Cleanup(srv.Close)
	client := srv.Client()
	base := client.Transport.(*http.Transport).Clone()
	target, _ := url.Parse(srv.URL)
	client.Transport = rewrite{base, target.Host}
	return &Store{Cache: t.TempDir(), Hosts: []string{host}, Download: Downloader{Client: client}}
}

// rewrite sends every request to the test server, whatever host it names.
type rewrite struct {
	rt   http.RoundTripper
	host string
}

func (r rewrite) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	req.URL.Host = r.host
	return r.rt.RoundTrip(req)
}

func TestDownload(t *testing.T) {
	gets := 0
	s := serverFor(t, func(w http.ResponseWriter, r *http.Request) {
		gets++
		if r.URL.Path != "/lab/data/abc/file.csv" || r.Host != host {
			t.Errorf("GET %s from %s", r.URL.Path, r.Host)
		}
		w.Write(body)
	})
	src := sourceOf(body)
	var last int64
	name, err := s.Path(t.Context(), src, "", func(done, total int64) { last = done })
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(name); string(got) != string(body) || last != src.Bytes {
		t.Errorf("%d bytes, progress ended at %d", len(got), last)
	}
	if _, err := s.Path(t.Context(), src, "", nil); err != nil || gets != 1 {
		t.Errorf("the second time: %v after %d downloads, want one", err, gets)
	}
	// A damaged cache entry is noticed and fetched anew.
	if err := os.WriteFile(name, body[1:], 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Path(t.Context(), src, "", nil); err != nil || gets != 2 {
		t.Errorf("after damage: %v after %d downloads, want two", err, gets)
	}
}

// TestResume: a download that breaks off leaves a part that the next one goes on from.
func TestResume(t *testing.T) {
	var ranges []string
	s := serverFor(t, func(w http.ResponseWriter, r *http.Request) {
		ranges = append(ranges, r.Header.Get("Range"))
		if len(ranges) == 1 {
			w.Header().Set("Content-Length", fmt.Sprint(len(body)))
			w.Write(body[:1000])
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}
		http.ServeContent(w, r, "", testTime, strings.NewReader(string(body)))
	})
	src := sourceOf(body)
	_, err := s.Path(t.Context(), src, "", nil)
	var missing *NotFoundError
	if !errors.As(err, &missing) {
		t.Fatalf("a truncated download: %v, want NotFoundError", err)
	}
	if names, _ := filepath.Glob(filepath.Join(s.Cache, "sha256", "*", src.SHA256)); names != nil {
		t.Fatalf("a half-written file has its final name: %v", names)
	}
	if _, err := s.Path(t.Context(), src, "", nil); err != nil {
		t.Fatal(err)
	}
	if len(ranges) != 2 || ranges[1] != "bytes=1000-" {
		t.Errorf("ranges %q, want the second to resume at 1000", ranges)
	}
}

func TestDownloadRefuses(t *testing.T) {
	redirect := func(to string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, http.StatusFound) }
	}
	for _, c := range []struct {
		name string
		h    http.HandlerFunc
		src  func(*Source)
		want string
	}{
		{"wrong digest", func(w http.ResponseWriter, r *http.Request) { w.Write([]byte(strings.ToUpper(string(body)))) }, nil, "has the SHA-256"},
		{"other size announced", func(w http.ResponseWriter, r *http.Request) { w.Write(body[:100]) }, nil, "announces 100 bytes"},
		{"more than announced", func(w http.ResponseWriter, r *http.Request) {
			w.(http.Flusher).Flush() // chunked: no length
			w.Write(append(body, body...))
		}, nil, "more than the"},
		{"less than announced", func(w http.ResponseWriter, r *http.Request) {
			w.(http.Flusher).Flush()
			w.Write(body[:10])
		}, nil, "ended after 10 of"},
		{"not found", http.NotFound, nil, "404"},
		{"redirect off the list", redirect("https://evil.example.com/x"), nil, `refused redirect: the host "evil.example.com" is not allowed`},
		{"redirect to an address", redirect("https://127.0.0.1/x"), nil, "refused redirect: the URL names the address"},
		{"redirect to plain http", redirect("http://" + host + "/x"), nil, "refused redirect"},
		{"redirect for ever", redirect("https://" + host + "/x"), nil, "more than five redirects"},
		{"10 GB announced", nil, func(s *Source) { s.Bytes = 10e9 }, "outside 0 to"},
		{"host that is not allowed", nil, func(s *Source) { s.URL = "https://evil.example.com/x" }, "not allowed"},
		{"private address", nil, func(s *Source) { s.URL = "https://192.168.0.1/x" }, "names the address"},
		{"user in the URL", nil, func(s *Source) { s.URL = "https://a:b@" + host + "/x" }, "not plain https"},
		{"plain http", nil, func(s *Source) { s.URL = "http://" + host + "/x" }, "not plain https"},
		{"file scheme", nil, func(s *Source) { s.URL = "file:///etc/passwd" }, "not plain https"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := c.h
			if h == nil {
				h = func(http.ResponseWriter, *http.Request) { t.Error("a connection was opened") }
			}
			s := serverFor(t, h)
			src := sourceOf(body)
			if c.src != nil {
				c.src(&src)
			}
			_, err := s.Path(t.Context(), src, "", nil)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("error %v, want one with %q", err, c.want)
			}
			filepath.WalkDir(s.Cache, func(name string, d os.DirEntry, _ error) error {
				if !d.IsDir() && !strings.HasSuffix(name, ".part") {
					t.Errorf("left %s", name)
				}
				return nil
			})
		})
	}
}

// TestPrivateNetworks: the address that a name resolves to is checked when it
// is dialled, so a public name for a private address gets nowhere.
func TestPrivateNetworks(t *testing.T) {
	for addr, ok := range map[string]bool{
		"127.0.0.1:443": false, "10.1.2.3:443": false, "172.16.0.1:443": false, "192.168.1.1:443": false,
		"169.254.169.254:80": false, "100.64.0.1:443": false, "0.0.0.0:443": false, "224.0.0.1:443": false,
		"[::1]:443": false, "[fe80::1]:443": false, "[fc00::1]:443": false, "[::ffff:127.0.0.1]:443": false,
		"185.199.108.133:443": true, "[2606:50c0:8000::154]:443": true, "nonsense": false,
	} {
		if err := checkAddress(addr); (err == nil) != ok {
			t.Errorf("%s: %v, want allowed %v", addr, err, ok)
		}
	}
	s := &Store{Cache: t.TempDir(), Hosts: []string{"localhost"}}
	src := sourceOf(body)
	src.URL = "https://localhost/x"
	if _, err := s.Path(t.Context(), src, "", nil); err == nil || !strings.Contains(err.Error(), "not public") {
		t.Errorf("a name that resolves to this machine: %v", err)
	}
}

func TestMirror(t *testing.T) {
	mirror := t.TempDir()
	src := sourceOf(body)
	src.URL = "https://raw.githubusercontent.com/lab/data/abc/a%20b.csv"
	s := &Store{Mirror: mirror, Hosts: DefaultHosts, Offline: true}
	var missing *NotFoundError
	if _, err := s.Path(t.Context(), src, "", nil); !errors.As(err, &missing) {
		t.Errorf("offline without the file: %v, want NotFoundError", err)
	}
	name := filepath.Join(mirror, "lab/data/abc/a b.csv")
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, body, 0o644); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Path(t.Context(), src, "", nil); err != nil || got != name {
		t.Errorf("%s, %v", got, err)
	}
	if err := os.WriteFile(name, append([]byte{'x'}, body[1:]...), 0o644); err != nil {
		t.Fatal(err)
	}
	var digest *DigestError
	if _, err := s.Path(t.Context(), src, "", nil); !errors.As(err, &digest) {
		t.Errorf("a changed file in the mirror: %v, want DigestError", err)
	}
	src.URL = "https://raw.githubusercontent.com/lab/../../../../etc/passwd"
	if got, ok := s.mirrored(src); ok {
		t.Errorf("the mirror path %s leaves the mirror", got)
	}
}

func TestFileSource(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.csv"), body, 0o644); err != nil {
		t.Fatal(err)
	}
	src := sourceOf(body)
	src.URL, src.File = "", "a.csv"
	s := &Store{Offline: true}
	if _, err := s.Path(t.Context(), src, dir, nil); err != nil {
		t.Error(err)
	}
	if err := os.Symlink("/etc/passwd", filepath.Join(dir, "link.csv")); err != nil {
		t.Skip("no symbolic links here")
	}
	src.File = "link.csv"
	if _, err := s.Path(t.Context(), src, dir, nil); err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("a symbolic link: %v", err)
	}
	outside := t.TempDir()
	if err := os.WriteFile(filepath.Join(outside, "a.csv"), body, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(dir, "folder")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "short.csv"), body[1:], 0o644); err != nil {
		t.Fatal(err)
	}
	// Whatever is wrong is about the source, and names no path of this machine.
	for _, file := range []string{"folder/a.csv", "../" + filepath.Base(outside) + "/a.csv", filepath.Join(outside, "a.csv"), "absent.csv", "short.csv", "a.csv/b"} {
		src.File = file
		_, err := s.Path(t.Context(), src, dir, nil)
		var source *SourceError
		if !errors.As(err, &source) || source.Source != src || strings.Contains(err.Error(), dir) {
			t.Errorf("%s: %v (%T), want a SourceError", file, err, err)
		}
		if _, err := s.Read(t.Context(), src, dir); !errors.As(err, &source) {
			t.Errorf("read %s: %v", file, err)
		}
	}
}

// TestConcurrently: one of many goroutines downloads, those of a second store
// on the same cache, like those of another process, do no harm.
func TestConcurrently(t *testing.T) {
	var gets atomic.Int32
	s := serverFor(t, func(w http.ResponseWriter, r *http.Request) {
		gets.Add(1)
		http.ServeContent(w, r, "", testTime, strings.NewReader(string(body)))
	})
	other := &Store{Cache: s.Cache, Hosts: s.Hosts, Download: s.Download}
	src := sourceOf(body)
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() {
			store := s
			if i%2 == 1 {
				store = other
			}
			name, err := store.Path(t.Context(), src, "", nil)
			if err != nil {
				t.Error(err)
			} else if got, _ := os.ReadFile(name); string(got) != string(body) {
				t.Errorf("%d bytes", len(got))
			}
		})
	}
	wg.Wait()
	if n := gets.Load(); n < 1 || n > 2 {
		t.Errorf("%d downloads, want one for each store at most", n)
	}
	if left, _ := filepath.Glob(filepath.Join(s.Cache, "sha256", "*", "*.part")); left != nil {
		t.Errorf("left %q", left)
	}
}

// TestMirrorAddress: what raw.githubusercontent.com has comes from the mirror,
// what another host has from there.
func TestMirrorAddress(t *testing.T) {
	var asked []string
	s := serverFor(t, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Host+r.URL.Path)
		w.Write(body)
	})
	s.Hosts = []string{host, rawHost}
	s.Mirror = "https://intranet:8443/mirror/"
	raw, own := sourceOf(body), sourceOf(body)
	raw.URL = "https://" + rawHost + "/lab/data/abc/file.csv"
	for _, src := range []Source{raw, own} {
		s.Cache = t.TempDir()
		if _, err := s.Path(t.Context(), src, "", nil); err != nil {
			t.Error(err)
		}
	}
	if want := []string{"intranet:8443/mirror/lab/data/abc/file.csv", host + "/lab/data/abc/file.csv"}; !slices.Equal(asked, want) {
		t.Errorf("asked for %q, want %q", asked, want)
	}
	for _, bad := range []string{"http://" + host, "https://", "https:/" + host, "ftp://" + host, "https://a:b@" + host, "https://" + host + "?x", "https://%zz"} {
		s.Mirror = bad
		if _, err := s.Path(t.Context(), raw, "", nil); err == nil || !strings.Contains(err.Error(), "neither a folder nor an https address") {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

// TestMirrorInPrivateNetwork: the operator's mirror may be there, but nothing else.
func TestMirrorInPrivateNetwork(t *testing.T) {
	srv := httptest.NewUnstartedServer(http.NotFoundHandler())
	srv.Config.ErrorLog = log.New(io.Discard, "", 0) // of the handshake that fails
	srv.StartTLS()
	t.Cleanup(srv.Close)
	s := &Store{Cache: t.TempDir(), Hosts: []string{rawHost, "localhost"}, Mirror: srv.URL}
	src := sourceOf(body)
	src.URL = "https://" + rawHost + "/lab/data/abc/file.csv"
	// The connection is made; then the server's certificate is refused.
	if _, err := s.Path(t.Context(), src, "", nil); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("the mirror: %v", err)
	}
	src.URL = "https://localhost/x"
	if _, err := s.Path(t.Context(), src, "", nil); err == nil || !strings.Contains(err.Error(), "not public") {
		t.Errorf("another host: %v", err)
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	over := make(chan struct{})
	defer close(over)
	s := serverFor(t, func(w http.ResponseWriter, r *http.Request) {
		cancel()
		<-over // no answer may leave before the client has gone
	})
	if _, err := s.Path(ctx, sourceOf(body), "", nil); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want context.Canceled", err)
	}
}
