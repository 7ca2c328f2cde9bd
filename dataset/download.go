package dataset

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// Downloader fetches over https. The zero value is ready to use and refuses
// private addresses.
type Downloader struct {
	// Client replaces the HTTP client, and with it the check of addresses. For tests.
	Client *http.Client
	// Trusted is a host, with its port if it has one, that the operator of this
	// machine named. It may be in a private network, and needs not be on the list.
	Trusted string
}

// Fetch downloads the source from a URL to the file dst, which appears only
// when it is complete and verified. An interrupted download leaves dst.part
// and is resumed; who resumes it takes it under a name of its own first, so that
// several processes may fetch the same file. Redirects to hosts off the list,
// addresses inside private networks and bodies that are not of the announced
// size are refused.
func (d Downloader) Fetch(ctx context.Context, from string, hosts []string, src Source, dst string, progress func(done, total int64)) error {
	if err := d.checkURL(from, hosts); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(dst), 0o755); err != nil {
		return fmt.Errorf("make the cache folder: %w", withoutPath(err))
	}
	f, err := takePart(dst)
	if err != nil {
		return fmt.Errorf("open the partial download: %w", err)
	}
	err = d.fill(ctx, from, hosts, src, f, progress)
	if cerr := f.Close(); err == nil && cerr != nil {
		err = fmt.Errorf("write the download: %w", withoutPath(cerr))
	}
	switch _, wrong := errors.AsType[*DigestError](err); {
	case wrong: // resuming could never mend it
		os.Remove(f.Name())
	case err != nil:
		os.Rename(f.Name(), dst+".part") // for the next to resume
	default:
		if err = os.Rename(f.Name(), dst); err != nil {
			os.Remove(f.Name())
			if verifyFile(dst, src) == nil { // another process was first
				return nil
			}
			err = fmt.Errorf("put the download into its place: %w", withoutLink(err))
		}
	}
	return err
}

// takePart opens what an interrupted download left, or an empty file, under a
// name that no other process has.
func takePart(dst string) (*os.File, error) {
	f, err := os.CreateTemp(filepath.Dir(dst), filepath.Base(dst)+".*.part")
	if err != nil {
		return nil, withoutPath(err)
	}
	f.Close()
	_ = os.Rename(dst+".part", f.Name()) // there may be none, or it is taken
	if f, err = os.OpenFile(f.Name(), os.O_RDWR, 0); err != nil {
		return nil, withoutPath(err)
	}
	return f, nil
}

// withoutLink is [withoutPath] for errors of os.Rename.
func withoutLink(err error) error {
	if le, ok := errors.AsType[*os.LinkError](err); ok {
		return le.Err
	}
	return err
}

// fill completes the file and verifies it.
func (d Downloader) fill(ctx context.Context, from string, hosts []string, src Source, f *os.File, progress func(done, total int64)) error {
	h := sha256.New()
	have, err := io.Copy(h, io.LimitReader(f, src.Bytes+1))
	if err != nil {
		return fmt.Errorf("read the partial download: %w", withoutPath(err))
	}
	if have > src.Bytes { // not ours
		if have, err = restart(f, h); err != nil {
			return err
		}
	}
	if have < src.Bytes {
		if err := d.get(ctx, from, hosts, src, f, h, have, progress); err != nil {
			return err
		}
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != src.SHA256 {
		return &DigestError{from, src.SHA256, got}
	}
	if err := f.Chmod(0o644); err != nil { // a temporary file is the owner's alone
		return fmt.Errorf("write the download: %w", withoutPath(err))
	}
	if err := f.Sync(); err != nil {
		return fmt.Errorf("write the download: %w", withoutPath(err))
	}
	return nil
}

// checkURL is [CheckURL], but for the trusted host.
func (d Downloader) checkURL(raw string, hosts []string) error {
	if u, err := url.Parse(raw); err == nil && d.Trusted != "" && u.Host == d.Trusted && u.Scheme == "https" && u.User == nil {
		return nil
	}
	return CheckURL(raw, hosts)
}

func restart(f *os.File, h hash.Hash) (int64, error) {
	h.Reset()
	if err := f.Truncate(0); err != nil {
		return 0, fmt.Errorf("restart the download: %w", withoutPath(err))
	}
	_, err := f.Seek(0, io.SeekStart)
	return 0, err
}

// get appends the rest of the body to f and h.
func (d Downloader) get(ctx context.Context, from string, hosts []string, src Source, f *os.File, h hash.Hash, have int64, progress func(done, total int64)) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, from, nil)
	if err != nil {
		return err
	}
	if have > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", have))
	}
	req.Header.Set("Accept-Encoding", "identity")
	resp, err := d.client(hosts).Do(req)
	if err != nil {
		var ue *url.Error
		if errors.As(err, &ue) { // the caller names the address
			err = ue.Err
		}
		return err
	}
	defer resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusPartialContent:
	case http.StatusOK:
		if have, err = restart(f, h); err != nil {
			return err
		}
	default:
		return fmt.Errorf("the server answers %s", resp.Status)
	}
	if n := resp.ContentLength; n >= 0 && have+n != src.Bytes {
		return fmt.Errorf("the server announces %d bytes, pinned are %d", have+n, src.Bytes)
	}
	w := &counter{w: io.MultiWriter(f, h), done: have, total: src.Bytes, progress: progress}
	n, err := io.Copy(w, io.LimitReader(resp.Body, src.Bytes-have+1))
	switch {
	case err != nil:
		return fmt.Errorf("download: %w", withoutPath(err))
	case have+n > src.Bytes:
		return errors.Join(fmt.Errorf("the server sends more than the %d bytes pinned", src.Bytes), f.Truncate(0))
	case have+n < src.Bytes:
		return fmt.Errorf("the download ended after %d of %d bytes; run the command again to resume", have+n, src.Bytes)
	}
	return nil
}

func (d Downloader) client(hosts []string) *http.Client {
	c := http.Client{Timeout: 30 * time.Minute, Transport: guarded{d.Trusted}}
	if d.Client != nil {
		c = *d.Client
	}
	c.CheckRedirect = func(req *http.Request, via []*http.Request) error {
		if len(via) >= 5 {
			return errors.New("more than five redirects")
		}
		if err := d.checkURL(req.URL.String(), hosts); err != nil {
			return fmt.Errorf("refused redirect: %w", err)
		}
		return nil
	}
	return &c
}

// guarded connects to the trusted host wherever it is, and to others at public
// addresses only.
type guarded struct{ trusted string }

// RoundTrip implements [http.RoundTripper].
func (g guarded) RoundTrip(req *http.Request) (*http.Response, error) {
	if g.trusted != "" && req.URL.Host == g.trusted {
		return trustedTransport.RoundTrip(req)
	}
	return publicTransport.RoundTrip(req)
}

var trustedTransport = &http.Transport{
	TLSHandshakeTimeout:   20 * time.Second,
	ResponseHeaderTimeout: 60 * time.Second,
	ForceAttemptHTTP2:     true,
	DialContext:           (&net.Dialer{Timeout: 20 * time.Second}).DialContext,
}

// publicTransport connects to public addresses only. The check is made on the
// address that is dialled, after the name was resolved, so a host name that
// resolves to a private address gets nowhere.
var publicTransport = &http.Transport{
	TLSHandshakeTimeout:   20 * time.Second,
	ResponseHeaderTimeout: 60 * time.Second,
	ForceAttemptHTTP2:     true,
	DialContext: (&net.Dialer{
		Timeout: 20 * time.Second,
		Control: func(_, address string, _ syscall.RawConn) error { return checkAddress(address) },
	}).DialContext,
}

// sharedSpace is the carrier-grade NAT range of RFC 6598, private in effect.
var sharedSpace = netip.MustParsePrefix("100.64.0.0/10")

// checkAddress refuses an address:port that is not on the public internet.
func checkAddress(address string) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("refused address %s: %w", address, err)
	}
	a := ap.Addr().Unmap()
	if !a.IsGlobalUnicast() || a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() || sharedSpace.Contains(a) {
		return fmt.Errorf("refused address %s: it is not public", a)
	}
	return nil
}

type counter struct {
	w           io.Writer
	done, total int64
	progress    func(done, total int64)
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.done += int64(n)
	if c.progress != nil {
		c.progress(c.done, c.total)
	}
	return n, err
}
