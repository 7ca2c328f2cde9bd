// Package browser opens pages in Chromium as a reader would see them: at a width,
// light or dark, printed, with less motion, without scripts. It notes what a page
// asks for and what goes wrong on it.
package browser

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// ErrNone says that there is no Chromium on this machine.
var ErrNone = errors.New("there is no Chromium (Debian: apt-get install chromium)")

// patience bounds every step in a page.
const patience = 60 * time.Second

// Browser is a running Chromium.
type Browser struct {
	ctx   context.Context
	close []func()
}

// find returns Chromium's program, or that which BSGEN_CHROMIUM names.
func find() (string, error) {
	if name := os.Getenv("BSGEN_CHROMIUM"); name != "" {
		return name, nil
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if full, err := exec.LookPath(name); err == nil {
			return full, nil
		}
	}
	return "", ErrNone
}

// Start starts Chromium without a window, with a new profile. The error is
// [ErrNone] where there is none.
func Start() (*Browser, error) {
	program, err := find()
	if err != nil {
		return nil, err
	}
	profile, err := os.MkdirTemp("", "bsgen-browser-*")
	if err != nil {
		return nil, err
	}
	b := &Browser{close: []func(){func() { os.RemoveAll(profile) }}}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(program),
		chromedp.NoSandbox, // it opens our own pages, and does so as root in containers
		chromedp.UserDataDir(profile),
		chromedp.Flag("disable-dev-shm-usage", true),
		chromedp.Flag("force-color-profile", "srgb"),
		chromedp.Flag("hide-scrollbars", false), // they take width from narrow pages
	)
	ctx, stop := chromedp.NewExecAllocator(context.Background(), options...)
	b.close = append(b.close, stop)
	b.ctx, stop = chromedp.NewContext(ctx)
	b.close = append(b.close, stop)
	if err := chromedp.Do(b.ctx); err != nil { // starts it
		b.Close()
		return nil, fmt.Errorf("start %s: %w", program, err)
	}
	return b, nil
}

// Close ends Chromium.
func (b *Browser) Close() {
	for i := len(b.close) - 1; i >= 0; i-- {
		b.close[i]()
	}
}

// View is how a reader looks at a page.
type View struct {
	Width, Height int     // of the window in CSS pixels; 1280 x 800 where 0
	Scale         float64 // device pixels for each; 1 where 0
	Dark          bool    // prefers-color-scheme
	Reduced       bool    // prefers-reduced-motion
	Print         bool    // the media type
	NoScript      bool    // scripts do not run
}

// String names a view for messages.
func (v View) String() string {
	s := fmt.Sprintf("%d px", v.Width)
	for _, word := range []struct {
		on   bool
		name string
	}{{v.Dark, "dark"}, {v.Reduced, "less motion"}, {v.Print, "print"}, {v.NoScript, "no script"}} {
		if word.on {
			s += ", " + word.name
		}
	}
	return s
}

// Tab is an open page.
type Tab struct {
	ctx   context.Context
	close func()

	mu       sync.Mutex
	faults   []string
	requests []string
}

// Tab opens an empty tab with the view.
func (b *Browser) Tab(v View) (*Tab, error) {
	t := &Tab{}
	t.ctx, t.close = chromedp.NewContext(b.ctx)
	if err := chromedp.Listen(t.ctx, t.listen); err != nil {
		t.close()
		return nil, err
	}
	if err := t.View(v); err != nil {
		t.close()
		return nil, err
	}
	return t, nil
}

// Close closes the tab.
func (t *Tab) Close() { t.close() }

func (t *Tab) listen(ev any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch ev := ev.(type) {
	case *runtime.EventExceptionThrown:
		text := ev.ExceptionDetails.Text
		if e := ev.ExceptionDetails.Exception; e != nil {
			text += " " + e.Description
		}
		t.faults = append(t.faults, "exception: "+text)
	case *runtime.EventConsoleAPICalled:
		if ev.Type == "error" || ev.Type == "warning" || ev.Type == "assert" {
			text := string(ev.Type)
			for _, a := range ev.Args {
				text += " " + string(a.Value) + a.Description
			}
			t.faults = append(t.faults, "console: "+text)
		}
	case *log.EventEntryAdded:
		if ev.Entry.Level == "error" || ev.Entry.Level == "warning" {
			t.faults = append(t.faults, fmt.Sprintf("%s: %s %s", ev.Entry.Source, ev.Entry.Text, ev.Entry.URL))
		}
	case *network.EventRequestWillBeSent:
		if !strings.HasPrefix(ev.Request.URL, "data:") {
			t.requests = append(t.requests, ev.Request.URL)
		}
	}
}

// do runs steps with patience.
func (t *Tab) do(steps ...chromedp.Action[chromedp.Void]) error {
	ctx, cancel := context.WithTimeout(t.ctx, patience)
	defer cancel()
	return chromedp.Do(ctx, steps...)
}

// View changes how the page is looked at; it need not be loaded again. Scripts
// are switched for pages that are opened after.
func (t *Tab) View(v View) error {
	if v.Width == 0 {
		v.Width = 1280
	}
	if v.Height == 0 {
		v.Height = 800
	}
	if v.Scale == 0 {
		v.Scale = 1
	}
	media := emulation.SetEmulatedMediaParams{Media: "screen", Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: "light"},
		{Name: "prefers-reduced-motion", Value: "no-preference"},
	}}
	if v.Dark {
		media.Features[0].Value = "dark"
	}
	if v.Reduced {
		media.Features[1].Value = "reduce"
	}
	if v.Print {
		media.Media = "print"
	}
	return t.do(
		chromedp.EmulateViewport(int64(v.Width), int64(v.Height), chromedp.EmulateScale(v.Scale)),
		chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
			if _, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, media); err != nil {
				return err
			}
			_, err := cdp.Call(ctx, target, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: v.NoScript})
			return err
		}))
}

// Open goes to an address and waits until the page has loaded. What was noted
// of the page before is forgotten.
func (t *Tab) Open(url string) error {
	t.mu.Lock()
	t.faults, t.requests = nil, nil
	t.mu.Unlock()
	if err := t.do(chromedp.Navigate(url)); err != nil {
		return fmt.Errorf("open %s: %w", url, err)
	}
	return nil
}

// Back and Forward go through the tab's history, within a page too.
func (t *Tab) Back() error { return t.travel("history.back()") }

// Forward is the opposite of [Tab.Back].
func (t *Tab) Forward() error { return t.travel("history.forward()") }

// travel goes through the history and waits until the page is there: a page that
// is told of the way by popstate or hashchange has been when Eval runs again.
func (t *Tab) travel(js string) error {
	if _, err := Eval[chromedp.Void](t, js); err != nil {
		return err
	}
	time.Sleep(150 * time.Millisecond) // no event says that nothing else will come
	return t.Wait(`document.readyState === "complete"`)
}

// Press types keys into what has the focus; package kb names special ones.
func (t *Tab) Press(keys string) error { return t.do(chromedp.KeyEvent(keys)) }

// Wait waits until a JavaScript expression is true.
func (t *Tab) Wait(js string) error {
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if ok, err := Eval[bool](t, "!!("+js+")"); err == nil && ok {
			return nil
		} else if time.Now().After(end) {
			return fmt.Errorf("never: %s (%v)", js, err)
		}
	}
}

// Eval returns the value of a JavaScript expression in the page; promises are
// waited for.
func Eval[T any](t *Tab, js string) (T, error) {
	ctx, cancel := context.WithTimeout(t.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](js, chromedp.EvalAwaitPromise))
	if err != nil {
		err = fmt.Errorf("%.80s: %w", js, err)
	}
	return v, err
}

// Faults returns what went wrong since the page was opened: exceptions, errors
// and warnings on the console, requests that failed or were refused.
func (t *Tab) Faults() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]string(nil), t.faults...)
}

// Requests returns the addresses that were asked for since the page was opened.
func (t *Tab) Requests() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]string(nil), t.requests...)
}

// Picture returns what the window shows as PNG.
func (t *Tab) Picture() ([]byte, error) {
	ctx, cancel := context.WithTimeout(t.ctx, patience)
	defer cancel()
	return chromedp.Run(ctx, chromedp.CaptureScreenshot())
}

// Settle waits until fonts and pictures are there and charts that are near the
// screen have been drawn.
func (t *Tab) Settle() error {
	_, err := Eval[chromedp.Void](t, `document.fonts.ready.then(() => new Promise(done => setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(done)), 700)))`)
	return err
}
