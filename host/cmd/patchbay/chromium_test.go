//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"patchbay.example/internal/needtest"
	"patchbay.example/internal/program/programtest"
)

// patience bounds a step in the browser, on a busy machine.
const patience = time.Minute

// step is something to do in a tab.
type step = chromedp.Action[chromedp.Void]

// tab is a tab of Chromium, and what happened in it.
type tab struct {
	*testing.T
	ctx     context.Context //nolint:containedctx // chromedp keeps the tab in it
	witness *witness

	mu       sync.Mutex // guards all below
	problems []string
	asked    []string
	streamed []string // the server-sent events, by name
}

// openTab starts Chromium. Without one the test is skipped, unless
// PATCHBAY_REQUIRE names it. All that it asks for goes by the witness.
func openTab(t *testing.T, w *witness) *tab {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		needtest.Missing(t, "chromium", errors.New("there is none"))
	}
	allocator, stop := chromedp.NewExecAllocator(t.Context(), chromedp.ExecPath(path), chromedp.Headless, chromedp.NoSandbox,
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.WSURLReadTimeout(patience),
		// Without the second, Chromium asks this machine without its proxy.
		chromedp.ProxyServer(w.address), chromedp.Flag("proxy-bypass-list", "<-loopback>"))
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	b := &tab{T: t, ctx: ctx, witness: w}
	if err := chromedp.Listen(ctx, b.heard); err != nil {
		t.Fatal(err)
	}
	b.do(chromedp.EmulateViewport(1280, 900))
	return b
}

// heard notes errors of the console, refusals of the policy, requests and
// server-sent events.
func (b *tab) heard(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *log.EventEntryAdded:
		if strings.Contains(e.Entry.Text, "422 (Unprocessable Entity)") {
			return // a form that came back with what was wrong
		}
		b.problems = append(b.problems, fmt.Sprint(e.Entry.Level, ": ", e.Entry.Text, " ", e.Entry.URL))
	case *runtime.EventExceptionThrown:
		b.problems = append(b.problems, e.ExceptionDetails.Text)
	case *runtime.EventConsoleAPICalled:
		for _, arg := range e.Args {
			b.problems = append(b.problems, fmt.Sprint("console: ", string(arg.Value), arg.Description))
		}
	case *network.EventRequestWillBeSent:
		b.asked = append(b.asked, e.Request.URL)
	case *network.EventEventSourceMessageReceived:
		b.streamed = append(b.streamed, e.EventName)
	}
}

// events is how many server-sent events of a name have come.
func (b *tab) events(name string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := 0
	for _, event := range b.streamed {
		if event == name {
			n++
		}
	}
	return n
}

// quiet checks that nothing went wrong, and that nothing was asked of others
// than the site.
func (b *tab) quiet(site string) {
	b.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, problem := range b.problems {
		b.Errorf("the browser's console: %s", problem)
	}
	for _, address := range b.asked {
		if !strings.HasPrefix(address, site+"/") && !strings.HasPrefix(address, "about:") {
			b.Errorf("the browser asked for %s", address)
		}
	}
	if len(b.asked) == 0 {
		b.Error("the browser asked for nothing: what it asks for is not seen")
	}
}

// do takes steps; where one fails, the test ends with what the page says.
func (b *tab) do(steps ...step) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		at, _ := chromedp.Run(b.ctx, chromedp.Location())
		text, _ := chromedp.Run(b.ctx, chromedp.Evaluate[string]("document.body.innerText"))
		b.Fatalf("at %s: %v\n%s", at, err, programtest.Short(text))
	}
}

// wait waits until what the selector names is seen.
func (b *tab) wait(selector string) {
	b.Helper()
	b.do(again(chromedp.WaitVisible(chromedp.CSS(selector))))
}

// click presses what the selector names, and waits for what comes then.
func (b *tab) click(selector, then string) {
	b.Helper()
	b.do(chromedp.Click(chromedp.CSS(selector)), again(chromedp.WaitVisible(chromedp.CSS(then))))
}

// visit opens a page, and waits for what is on it.
func (b *tab) visit(address, then string) {
	b.Helper()
	b.do(again(chromedp.Navigate(address)), again(chromedp.WaitVisible(chromedp.CSS(then))))
}

// again takes a step anew where the page that it was for has given way to
// another one meanwhile, such as the one that a form has led to. It ends with
// its context at the latest.
func again[A any](action chromedp.Action[A]) chromedp.Action[A] {
	return func(ctx context.Context, t *chromedp.Target) (A, error) {
		for {
			answer, err := action(ctx, t)
			if err == nil || ctx.Err() != nil || !overtaken(err) {
				return answer, err
			}
		}
	}
}

// overtaken reports whether a step failed because another page came.
func overtaken(err error) bool {
	return slices.ContainsFunc([]string{"net::ERR_ABORTED", "Cannot find context", "Execution context was destroyed", "Inspected target navigated"}, func(said string) bool {
		return strings.Contains(err.Error(), said)
	})
}

// paste puts a text into a field at once, as a paste does: what stood there is
// replaced.
func (b *tab) paste(selector, text string) {
	b.Helper()
	b.do(chromedp.Focus(chromedp.CSS(selector)), until(`(document.activeElement.select(), true)`),
		chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
			_, err := cdp.Call(ctx, t, input.InsertText, input.InsertTextParams{Text: text})
			return err
		}))
}

// text is what is written where the selector points.
func (b *tab) text(selector string) string {
	b.Helper()
	return ask(b, chromedp.Text(chromedp.CSS(selector)))
}

// wantText checks that each of the texts is written where the selector points.
func (b *tab) wantText(selector string, texts ...string) {
	b.Helper()
	programtest.WantTexts(b.T, selector, b.text(selector), texts...)
}

// ask is what an action says of the page.
func ask[A any](b *tab, action chromedp.Action[A]) A {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	answer, err := chromedp.Run(ctx, again(action))
	if err != nil {
		b.Fatal(err)
	}
	return answer
}

// until waits until an expression is true.
func until(expression string) step {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := again(chromedp.Poll[bool](expression))(ctx, t)
		return err
	})
}
