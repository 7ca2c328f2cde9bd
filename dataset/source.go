package dataset

import (
	"encoding/hex"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// Source is one data file, pinned by its SHA-256. It comes from a URL, or from
// a file beside the YAML that names it (a lab's private data, a small
// response). Exactly one of URL and File is set.
type Source struct {
	URL    string `yaml:"url,omitempty" json:"url,omitempty"`
	File   string `yaml:"file,omitempty" json:"file,omitempty"`
	SHA256 string `yaml:"sha256,omitempty" json:"sha256,omitempty"` // 64 lower-case hexadecimal digits
	Bytes  int64  `yaml:"bytes,omitempty" json:"bytes,omitempty"`   // exact size; required with a URL
}

// DefaultHosts are the hosts that URLs may name where site.yaml lists none.
var DefaultHosts = []string{"raw.githubusercontent.com"}

// MaxBytes is the largest size that a source may announce (2 GiB). A larger
// file belongs into several sources.
const MaxBytes = 2 << 30

// Check reports the first thing wrong with the source by itself: neither or
// both of url and file, a malformed digest, no size or one above [MaxBytes], a
// URL that is not https or whose host is not on the list.
func (s Source) Check(hosts []string) error {
	switch {
	case s.URL == "" && s.File == "":
		return fmt.Errorf("neither url nor file says where the data are")
	case s.URL != "" && s.File != "":
		return fmt.Errorf("url and file exclude each other")
	}
	if b, err := hex.DecodeString(s.SHA256); err != nil || len(b) != 32 || strings.ToLower(s.SHA256) != s.SHA256 {
		return fmt.Errorf("sha256 %q is not 64 lower-case hexadecimal digits", s.SHA256)
	}
	if s.Bytes < 0 || s.Bytes > MaxBytes {
		return fmt.Errorf("bytes: %d is outside 0 to %d (2 GiB)", s.Bytes, int64(MaxBytes))
	}
	if s.URL == "" {
		return nil
	}
	if s.Bytes == 0 {
		return fmt.Errorf("bytes is missing: a download is capped at the size that is announced")
	}
	return CheckURL(s.URL, hosts)
}

// CheckURL reports why a URL may not be fetched: not https, with a user or
// port, an address instead of a name, or a host that is not on the list.
func CheckURL(raw string, hosts []string) error {
	u, err := url.Parse(raw)
	if err != nil {
		return fmt.Errorf("the URL does not parse: %w", err)
	}
	if u.Scheme != "https" || u.User != nil || u.Port() != "" {
		return fmt.Errorf("the URL %s is not plain https (no user, no port)", u.Redacted())
	}
	host := strings.ToLower(u.Hostname())
	if addr, err := netip.ParseAddr(host); err == nil {
		return fmt.Errorf("the URL names the address %s instead of a host", addr)
	}
	if !slices.Contains(hosts, host) {
		return fmt.Errorf("the host %q is not allowed", host)
	}
	return nil
}
