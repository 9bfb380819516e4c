package web_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"patchbay.example/internal/needtest"
	"patchbay.example/internal/web/webtest"
)

// patience bounds a step in the browser, on a busy machine.
const patience = time.Minute

// browser is a tab, and what went wrong or was asked for in it.
type browser struct {
	t   *testing.T
	ctx context.Context //nolint:containedctx // chromedp keeps the tab in it

	mu       sync.Mutex
	problems []string
	asked    []string
}

// openBrowser starts Chromium, in which evil.example.com is this machine.
// Without one the test is skipped, unless PATCHBAY_REQUIRE names it.
func openBrowser(t *testing.T) *browser {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		needtest.Missing(t, "chromium", errors.New("there is none, so that nothing was tried in a browser"))
	}
	allocator, stop := chromedp.NewExecAllocator(t.Context(), chromedp.ExecPath(path), chromedp.Headless, chromedp.NoSandbox,
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("host-resolver-rules", "MAP evil.example.com 127.0.0.1"),
		chromedp.WSURLReadTimeout(patience))
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	b := &browser{t: t, ctx: ctx}
	if err := chromedp.Listen(ctx, b.heard); err != nil {
		t.Fatal(err)
	}
	return b
}

// heard notes errors of the console, refusals of the policy, and requests.
func (b *browser) heard(event any) {
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
	}
}

func (b *browser) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		at, _ := chromedp.Run(b.ctx, chromedp.Location())
		text, _ := chromedp.Run(b.ctx, chromedp.Evaluate[string]("document.body.innerText"))
		b.t.Fatalf("at %s: %v\n%s", at, err, text[:min(len(text), 1500)])
	}
}

func (b *browser) text(selector string) string {
	b.t.Helper()
	return ask(b, chromedp.Text(chromedp.CSS(selector)))
}

// ask is what an action says of the page.
func ask[A any](b *browser, action chromedp.Action[A]) A {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	answer, err := chromedp.Run(ctx, again(action))
	if err != nil {
		b.t.Fatal(err)
	}
	return answer
}

// eval is what an expression says of the page.
func eval[A any](b *browser, expression string) A {
	b.t.Helper()
	return ask(b, chromedp.Evaluate[A](expression))
}

// click presses what the selector names, and waits for what comes then.
func (b *browser) click(selector, then string) {
	b.t.Helper()
	b.do(chromedp.Click(chromedp.CSS(selector)), seen(then))
}

// visit opens a page, and waits until it is whole.
func (b *browser) visit(address string) {
	b.t.Helper()
	b.do(again(chromedp.Navigate(address)), poll(`document.readyState == "complete"`))
}

// seen waits until what the selector names is seen.
func seen(selector string) chromedp.Action[chromedp.Void] {
	return again(chromedp.WaitVisible(chromedp.CSS(selector)))
}

// again takes a step anew where the page that it was for has given way to
// another one meanwhile, such as the one that a form has led to. It ends with
// its context at the latest. Only steps that look, and those that may be taken
// twice, can be taken anew.
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

// quiet asserts that nothing went wrong, and that nothing was asked of others.
func (b *browser) quiet(site string) {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, problem := range b.problems {
		b.t.Errorf("the browser's console: %s", problem)
	}
	for _, address := range b.asked {
		if !strings.HasPrefix(address, site+"/") && !strings.HasPrefix(address, "about:") && !strings.HasPrefix(address, "data:") { // "data:" is in the page itself
			b.t.Errorf("the browser asked for %s", address)
		}
	}
}

func TestFromAPastedKeyToAnApprovedRun(t *testing.T) {
	b := openBrowser(t)
	ops := webtest.New(time.Now)
	s := start(t, ops)

	b.do(chromedp.EmulateViewport(1280, 900), again(chromedp.Navigate(s.LoginURL())), seen(".void .btn.main"))
	b.click(".void .btn.main", "#connection-form")
	// A field is left empty: the form says so, and keeps what was typed.
	const key = "-----BEGIN PRIVATE KEY-----\n" + secretCanary + "\nSecondLine\n-----END PRIVATE KEY-----\n"
	b.do(chromedp.SetValue(chromedp.CSS("[id='c-domain']"), "https://example.com"),
		chromedp.SetValue(chromedp.CSS("[id='c-client_id']"), "0oaexample"),
		chromedp.SetValue(chromedp.CSS("[id='c-private_key']"), "no key at all"))
	b.click("#test-button", "#test .check.fail")
	if fix := b.text("#test .fix"); !strings.Contains(fix, "Public keys") {
		t.Errorf("the fix is %q", fix)
	}
	b.do(chromedp.SetValue(chromedp.CSS("[id='c-private_key']"), key))
	b.click("#test-button", "#test .state.is-active")
	if kept := b.text(".sealed"); !strings.Contains(kept, "Key read") {
		t.Errorf("of the key it says %q", kept)
	}
	b.click("#save-button:enabled", "#sync-now")
	if saved := ops.Saved(); len(saved) != 1 || !strings.Contains(string(saved[0]), `\n`+secretCanary+`\nSecondLine\n`) {
		t.Errorf("saved %s", saved)
	}

	// The first run, with its progress, to its end without a reload by hand.
	b.click("#sync-now", "#live progress")
	b.do(seen("#sync-now"), seen(".head .state.is-active"))
	if runs := b.text("section[aria-labelledby=runs]"); !strings.Contains(runs, "Complete") {
		t.Errorf("the runs are %q", runs)
	}

	// The second is held, and approved with the number typed.
	ops.HoldNext()
	b.click("#sync-now", "#live")
	b.click(".note.is-held .btn", "#discard")
	if head := b.text("h1"); !strings.Contains(head, "would remove 250") {
		t.Errorf("the headline is %q", head)
	}
	b.click("#approve", "#typed")
	b.do(chromedp.SendKeys(chromedp.CSS("#typed"), "25"))
	b.click("#approve-now", "#typed-err")
	b.do(chromedp.Clear(chromedp.CSS("#typed")), chromedp.SendKeys(chromedp.CSS("#typed"), "250"))
	b.click("#approve-now", ".head .state.is-active")
	b.quiet(s.server.URL)
}

func TestAnotherOriginInTheSameBrowser(t *testing.T) {
	b := openBrowser(t)
	s := start(t, webtest.Sample(time.Now))
	// A page of another origin on this machine: the cookie is sent along, for a
	// site is a host without its port.
	evil := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = fmt.Fprintf(w, `<!doctype html><title>evil</title><p id=read>nothing</p>
<form id=f method=post action="%[1]s/connections/workforce/remove"><input name=typed value=workforce><button id=send>send</button></form>
<script>
addEventListener("load", async () => {
  let got = [];
  for (const path of ["/connections", "/api/v1/connections", "/export/workforce?format=csv"]) {
    try { got.push(await (await fetch("%[1]s" + path, {credentials: "include"})).text()); } catch (e) { got.push("refused"); }
    try { await fetch("%[1]s/connections/workforce/pause", {method: "POST", credentials: "include", mode: "no-cors"}); } catch (e) {}
  }
  document.getElementById("read").textContent = got.join(" ");
  document.title = "done";
});
</script>`, s.server.URL)
	}))
	t.Cleanup(evil.Close)
	b.do(again(chromedp.Navigate(s.LoginURL())), seen("#need"), again(chromedp.Navigate(evil.URL)),
		poll("document.title == 'done'"))
	if got := b.text("#read"); got != "refused refused refused" {
		t.Errorf("the other origin read %q", got)
	}
	b.click("#send", "h1")
	if got := b.text("h1"); !strings.Contains(got, "another site") {
		t.Errorf("its form was answered %q", got)
	}
	if c, err := s.ops.Connection(t.Context(), "workforce"); err != nil || c.State != "active" {
		t.Errorf("the connection is %s, %v", c.State, err)
	}
	// A name that somebody else resolves to this machine.
	address, _ := url.Parse(s.server.URL)
	b.do(again(chromedp.Navigate("http://evil.example.com:"+address.Port()+"/connections")), seen("body"))
	if got := b.text("body"); !strings.Contains(got, "answers only to") || strings.Contains(got, "workforce") {
		t.Errorf("under another name it answered %q", got)
	}
}

func TestNothingIsWiderThanTheScreen(t *testing.T) {
	b := openBrowser(t)
	s := start(t, webtest.Sample(time.Now))
	b.do(again(chromedp.Navigate(s.LoginURL())), seen("#need"))
	for _, width := range []int64{360, 1280, 1920} {
		b.do(chromedp.EmulateViewport(width, 900))
		for _, path := range pages(t, s) {
			b.do(again(chromedp.Navigate(s.server.URL + path)))
			if wide := eval[int64](b, "document.documentElement.scrollWidth"); wide > width {
				who := eval[string](b, `[...document.querySelectorAll("main *, header *, footer *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".scroll,.canvas,.tabs,.line,.code,.sr")).slice(0, 4).map(e => e.tagName + "." + (e.className.baseVal ?? e.className)).join(" ")`)
				t.Errorf("%s at %d: %d wide: %s", path, width, wide, who)
			}
		}
	}
	b.quiet(s.server.URL)
}

func TestSearchAndKeys(t *testing.T) {
	b := openBrowser(t)
	s := start(t, webtest.Sample(time.Now))
	b.do(again(chromedp.Navigate(s.LoginURL())), seen("#need"), again(chromedp.Navigate(s.server.URL+"/records")), poll(`document.readyState == "complete"`),
		// The protocol types a character even where its key was taken, so that the
		// key is pressed by a script: it must be taken.
		poll(`!document.body.dispatchEvent(new KeyboardEvent("keydown", {key: "/", bubbles: true, cancelable: true}))`),
		poll(`document.activeElement.id == "q"`), chromedp.SendKeys(chromedp.CSS("#q"), "zoë"), poll(`document.querySelectorAll("#records tbody tr").length == 9`),
		poll(`document.activeElement.id == "q" && location.search.includes("zo")`),
		chromedp.SendKeys(chromedp.CSS("#q"), "\x1b"), poll(`document.activeElement.id != "q"`),
		press("g", "r"), seen(`.tabs a[href="/runs"][aria-current]`), poll(`document.readyState == "complete"`),
		poll(`!document.querySelector("[data-without-script]").checkVisibility()`),
		chromedp.SendKeys(chromedp.CSS("#main"), "?"), seen("#keys"))
	b.quiet(s.server.URL)
}

// TestPictures writes a picture of each page into the folder that
// PATCHBAY_PICTURES names, for the documentation.
func TestPictures(t *testing.T) {
	folder := os.Getenv("PATCHBAY_PICTURES")
	if folder == "" {
		t.Skip("PATCHBAY_PICTURES names no folder, so that no pictures are made")
	}
	b := openBrowser(t)
	s := start(t, webtest.Sample(time.Now))
	b.do(chromedp.EmulateViewport(1280, 900), again(chromedp.Navigate(s.LoginURL())), seen("#need"))
	workforce, _ := s.ops.Connection(t.Context(), "workforce")
	seasonal, _ := s.ops.Connection(t.Context(), "seasonal")
	for name, path := range map[string]string{
		"connections": "/connections", "connection": "/connections/joint-venture", "expired": "/connections/emea", "add": "/add/okta", "edit": "/connections/workforce/edit",
		"runs": "/runs", "run": fmt.Sprintf("/runs/%d", workforce.LastRun.ID), "held": fmt.Sprintf("/runs/%d", seasonal.LastRun.ID), "approve": fmt.Sprintf("/runs/%d/approve", seasonal.LastRun.ID),
		"records": "/records", "record": "/records/workforce?id=00u00003", "connectors": "/connectors", "doctor": "/doctor", "remove": "/connections/lab/remove",
		"error": "/nothing", "empty": "/records?q=nobody",
	} {
		b.do(again(chromedp.Navigate(s.server.URL + path)))
		if name == "add" {
			b.do(chromedp.SetValue(chromedp.CSS("[id='c-domain']"), "https://example.com"), chromedp.SetValue(chromedp.CSS("[id='c-client_id']"), "0oaexample"),
				chromedp.SetValue(chromedp.CSS("[id='c-private_key']"), "no key"))
			b.click("#test-button", "#test .check.fail")
		}
		for _, theme := range []string{"light", "dark"} {
			b.picture(folder+"/"+name+"-"+theme+".png", theme, 1280, 900)
		}
		if slices.Contains([]string{"connections", "connection", "held", "add", "records"}, name) {
			b.picture(folder+"/"+name+"-phone.png", "light", 360, 800)
			b.do(chromedp.EmulateViewport(1280, 900))
		}
	}
}

func (b *browser) picture(path, theme string, width, height int64) {
	b.t.Helper()
	still := chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		features := []*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}}
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features})
		return err
	})
	b.do(still, chromedp.EmulateViewport(width, height))
	eval[string](b, "document.documentElement.dataset.theme='"+theme+"'")
	png, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.WriteFile(path, png, 0o600)
	}
	if err != nil {
		b.t.Fatal(err)
	}
}

// press presses keys one after the other by a script: the protocol types a
// character even where its key was taken, and a busy machine may let more time
// pass between two keys than the page takes for a pair.
func press(keys ...string) chromedp.Action[chromedp.Void] {
	return poll(fmt.Sprintf(`(%s.forEach(key => document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true}))), true)`, quoted(keys)))
}

// quoted is a list of texts in a script.
func quoted(texts []string) string {
	list, _ := json.Marshal(texts) // texts always can be
	return string(list)
}

// poll waits until an expression is true.
func poll(expression string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := again(chromedp.Poll[bool](expression))(ctx, t)
		return err
	})
}
