package forge

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// transport carries requests to the service. It adds the token, waits as rate
// limits ask, and tries again where that can do no harm:
//
//   - after 403 or 429 of a rate limit, which did nothing: every request;
//   - after a lost connection or 500, 502, 503, 504: only what may happen twice,
//     by its method or because the caller says so ([repeatable]).
//
// See https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api.
type transport struct {
	base     http.RoundTripper
	token    string
	hosts    []string // that may see the token
	attempts int
	maxWait  time.Duration
	now      func() time.Time
	sleep    func(context.Context, time.Duration) error
	waiting  func(why string, d time.Duration)
}

const (
	attemptTimeout = 3 * time.Minute  // for one try, upload and answer together
	maxAnswer      = 32 << 20         // bytes of an answer
	limitWait      = 60 * time.Second // where a limit does not say how long
	failureWait    = time.Second      // after the first failure; doubles
)

func newTransport(o Options, hosts ...string) *transport {
	t := &transport{
		base: o.Transport, token: o.Token, hosts: hosts,
		attempts: o.Attempts, maxWait: o.MaxWait, now: o.Now, sleep: o.Sleep, waiting: o.Waiting,
	}
	if t.base == nil {
		t.base = http.DefaultTransport
	}
	if t.attempts <= 0 {
		t.attempts = 6
	}
	if t.maxWait <= 0 {
		t.maxWait = 15 * time.Minute
	}
	if t.now == nil {
		t.now = time.Now
	}
	if t.sleep == nil {
		t.sleep = sleep
	}
	return t
}

// RateLimitError is a rate limit that lasts longer than the client waits.
type RateLimitError struct {
	Until time.Time // when to try again
	Said  string    // the service's words
}

func (e *RateLimitError) Error() string {
	return fmt.Sprintf("rate limit until %s: %s", e.Until.UTC().Format(time.RFC3339), e.Said)
}

// RoundTrip implements [http.RoundTripper]. The answer is read whole, so that
// one that breaks off is a failure like any other.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	var body []byte
	if req.Body != nil {
		var err error
		body, err = io.ReadAll(req.Body)
		req.Body.Close()
		if err != nil {
			return nil, err
		}
	}
	for try := 1; ; try++ {
		resp, answer, err := t.once(req, body)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		wait, why := failureWait<<min(try-1, 10), ""
		limit := err == nil && isLimit(resp, answer)
		switch {
		case limit:
			wait, why = t.limitWait(resp, try), "rate limit"
		case err != nil:
			why = shorten(err.Error())
		case resp.StatusCode == 500 || resp.StatusCode >= 502 && resp.StatusCode <= 504:
			why = resp.Status
		}
		switch {
		case limit && (try == t.attempts || wait > t.maxWait):
			return nil, &RateLimitError{Until: t.now().Add(wait), Said: said(answer)}
		case !limit && (why == "" || try == t.attempts || !mayRepeat(req)):
			if resp != nil {
				resp.Header = withoutLimits(resp.Header)
			}
			return resp, err
		}
		if t.waiting != nil {
			t.waiting(why, wait)
		}
		if err := t.sleep(ctx, wait); err != nil {
			return nil, err
		}
	}
}

// once sends the request and reads the answer.
func (t *transport) once(req *http.Request, body []byte) (*http.Response, []byte, error) {
	ctx, cancel := context.WithTimeout(req.Context(), attemptTimeout)
	defer cancel()
	req = req.Clone(ctx)
	if body != nil {
		req.Body = io.NopCloser(bytes.NewReader(body))
		req.ContentLength = int64(len(body))
	}
	if t.token != "" && slices.Contains(t.hosts, req.URL.Host) {
		req.Header.Set("Authorization", "Bearer "+t.token)
	}
	resp, err := t.base.RoundTrip(req)
	if err != nil {
		return nil, nil, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return nil, nil, fmt.Errorf("read the answer: %w", err)
	}
	if len(answer) > maxAnswer {
		return nil, nil, fmt.Errorf("the answer has more than %d bytes", maxAnswer)
	}
	out := *resp
	out.Body = io.NopCloser(bytes.NewReader(answer))
	out.ContentLength = int64(len(answer))
	return &out, answer, nil
}

// isLimit tells the answers that mean "not now": 429, and 403 with the marks of
// a primary limit (nothing remains) or of a secondary one. GraphQL says it with
// status 200 too.
func isLimit(resp *http.Response, answer []byte) bool {
	switch resp.StatusCode {
	case http.StatusTooManyRequests:
		return true
	case http.StatusForbidden:
		text := strings.ToLower(said(answer))
		return resp.Header.Get("Retry-After") != "" || resp.Header.Get("X-RateLimit-Remaining") == "0" ||
			strings.Contains(text, "rate limit") || strings.Contains(text, "abuse detection")
	case http.StatusOK:
		if !bytes.Contains(answer, []byte(`"RATE_LIMITED"`)) {
			return false
		}
		var g graphqlAnswer
		return json.Unmarshal(answer, &g) == nil && slices.ContainsFunc(g.Errors, func(e graphqlError) bool { return e.Type == "RATE_LIMITED" })
	}
	return false
}

// limitWait returns how long a limit asks to wait: Retry-After, else the reset of
// the primary limit, else a minute that doubles.
func (t *transport) limitWait(resp *http.Response, try int) time.Duration {
	if s := resp.Header.Get("Retry-After"); s != "" {
		if n, err := strconv.ParseUint(s, 10, 31); err == nil {
			return max(time.Duration(n)*time.Second, time.Second)
		}
		if at, err := http.ParseTime(s); err == nil {
			return max(at.Sub(t.now()), time.Second)
		}
	}
	if resp.Header.Get("X-RateLimit-Remaining") == "0" {
		if n, err := strconv.ParseInt(resp.Header.Get("X-RateLimit-Reset"), 10, 64); err == nil {
			return min(max(time.Unix(n, 0).Sub(t.now()), 0), 24*time.Hour) + time.Second // the clocks differ
		}
	}
	return min(limitWait<<min(try-1, 10), t.maxWait)
}

// said returns the message of an answer.
func said(answer []byte) string {
	var m struct {
		Message string         `json:"message"`
		URL     string         `json:"documentation_url"`
		Errors  []graphqlError `json:"errors"`
	}
	if json.Unmarshal(answer, &m) != nil {
		return shorten(string(answer[:min(len(answer), 600)]))
	}
	if m.Message == "" && len(m.Errors) > 0 {
		m.Message = m.Errors[0].Message
	}
	if strings.Contains(m.URL, "rate-limits") && !strings.Contains(m.Message, "rate limit") {
		m.Message += " (rate limit)"
	}
	return shorten(m.Message)
}

type repeatableKey struct{}

// repeatable marks the calls of a context as ones that may happen twice although
// their method does not say so: to set a text, to add a label, to compare and swap.
func repeatable(ctx context.Context) context.Context {
	return context.WithValue(ctx, repeatableKey{}, true)
}

func mayRepeat(req *http.Request) bool {
	switch req.Method {
	case http.MethodGet, http.MethodHead, http.MethodPut, http.MethodDelete:
		return true
	}
	return req.Context().Value(repeatableKey{}) != nil
}

// sleep pauses until the time is over or the context ends.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// withoutLimits drops the headers by which go-github would refuse the next call
// without making it: the transport waits instead.
func withoutLimits(h http.Header) http.Header {
	h = maps.Clone(h)
	for name := range h {
		if strings.HasPrefix(name, "X-Ratelimit-") || name == "Retry-After" {
			delete(h, name)
		}
	}
	return h
}
