package forgetest

import (
	"fmt"
	"io"
	"net/http"
	"path"
	"strconv"
	"time"
)

// Fault is an answer that goes wrong.
type Fault struct {
	Method string // empty: any
	Path   string // pattern of [path.Match], as in /repos/lab/board/issues/*/comments; empty: any
	Skip   int    // how many requests go well first
	Times  int    // how many go wrong; 0 means 1

	Status int
	Header map[string]string
	Body   string // JSON; empty: a message with the status

	// Lost does what is asked, then closes the connection without an answer.
	Lost bool
}

// Fail makes requests go wrong. Faults are tried in the order in which they came.
func (s *Server) Fail(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f.Times = max(f.Times, 1)
	s.faults = append(s.faults, &f)
}

// Heal ends all faults.
func (s *Server) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// PrimaryLimit is the limit of requests per hour, with status 403 or 429.
func PrimaryLimit(status int, reset time.Time) Fault {
	return Fault{Status: status, Body: `{"message": "API rate limit exceeded for installation ID 1."}`, Header: map[string]string{
		"X-RateLimit-Limit": "1000", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": strconv.FormatInt(reset.Unix(), 10),
	}}
}

// SecondaryLimit is the limit of requests at once, with status 403 or 429. With
// retryAfter 0 (in seconds) it does not say how long to wait.
func SecondaryLimit(status, retryAfter int) Fault {
	f := Fault{Status: status, Body: `{"message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
		"documentation_url": "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits"}`,
		Header: map[string]string{"X-RateLimit-Remaining": "900"}}
	if retryAfter > 0 {
		f.Header["Retry-After"] = strconv.Itoa(retryAfter)
	}
	return f
}

// GraphQLLimit is the primary limit as GraphQL says it, with status 200.
func GraphQLLimit(reset time.Time) Fault {
	f := PrimaryLimit(http.StatusOK, reset)
	f.Path = "/graphql"
	f.Body = `{"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded for installation ID 1."}]}`
	return f
}

// fault returns the fault that a request meets, if any.
func (s *Server) fault(r *http.Request) *Fault {
	for _, f := range s.faults {
		if f.Times == 0 || f.Method != "" && f.Method != r.Method {
			continue
		}
		if ok, _ := path.Match(f.Path, r.URL.Path); !ok && f.Path != "" {
			continue
		}
		if f.Skip > 0 {
			f.Skip--
			continue
		}
		f.Times--
		return f
	}
	return nil
}

func (f *Fault) answer(w http.ResponseWriter) {
	for k, v := range f.Header {
		w.Header().Set(k, v)
	}
	body := f.Body
	if body == "" {
		body = fmt.Sprintf(`{"message": %q}`, http.StatusText(f.Status))
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(f.Status)
	io.WriteString(w, body)
}
