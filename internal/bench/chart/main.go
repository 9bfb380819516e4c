// Command chart measures the org chart of a large company in Chromium: how long
// until something of it is seen in a browser that was never here, and how long
// from pressing a jack until the branch is there. A page of one line, measured
// the same way in the same run, says how much of it is the machine and the
// browser.
//
//	go run ./internal/bench/chart -people 100000
//
// It prints a Markdown table. It needs Chromium and uses the loopback address
// only.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"patchbay.example/internal/web"
	"patchbay.example/internal/web/webtest"
)

const (
	// step bounds what is waited for in the browser.
	step = time.Minute
	// expansions is how many branches are opened in each browser.
	expansions = 20
)

func main() {
	people := flag.Int("people", 100_000, "how many people the company has")
	rounds := flag.Int("rounds", 7, "how many browsers are started for each page")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Stdout, *people, *rounds); err != nil {
		fmt.Fprintln(os.Stderr, "chart:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer, people, rounds int) error {
	path, err := browserPath()
	if err != nil {
		return err
	}
	b, err := serve(ctx, people)
	if err != nil {
		return err
	}
	defer b.close()
	measured := map[string][]float64{}
	note := func(what string, values ...float64) { measured[what] = append(measured[what], values...) }
	for range rounds { // in turns, so that what else the machine does meets all
		for _, page := range []struct{ what, address string }{
			{trivialPaint, b.trivial}, {rootPaint, b.origin + "/people/chart"}, {lowPaint, b.origin + "/people/chart?levels=2&at=" + b.low}, {widePaint, b.origin + "/people/chart?at=" + webtest.CrowdWide},
		} {
			paint, err := b.paint(ctx, path, page.address)
			if err != nil {
				return fmt.Errorf("%s: %w", page.what, err)
			}
			note(page.what, paint)
		}
		times, err := b.expand(ctx, path)
		if err != nil {
			return fmt.Errorf("%s: %w", expand, err)
		}
		note(expand, times...)
	}
	b.report(out, people, measured)
	return nil
}

const (
	trivialPaint = "first paint, a page of one line"
	rootPaint    = "first paint, around the head"
	lowPaint     = "first paint, around somebody far down, two levels"
	widePaint    = "first paint, a team of 5,000 by department"
	expand       = "from the press to the branch on the screen"
)

// browserPath is Chromium's.
func browserPath() (string, error) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("there is no Chromium here: install it, or put it on the PATH")
}

// bench is a served company.
type bench struct {
	origin, trivial, low string
	built                time.Duration
	cookies              []*http.Cookie
	close                func()
}

// serve makes the company, its site with a session, and the page of one line.
func serve(ctx context.Context, people int) (*bench, error) {
	crowd := webtest.Crowd{People: people, Now: time.Now()}
	directory := crowd.Directory()
	begun := time.Now()
	if err := directory.Warm(ctx); err != nil {
		return nil, err
	}
	b := &bench{built: time.Since(begun), low: crowd.Low()}
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	b.origin = "http://" + listener.Addr().String()
	site, err := web.New(web.Config{Operations: webtest.Sample(time.Now), People: directory, Origin: b.origin, APIToken: "synthetic", Version: "measured"})
	if err != nil {
		return nil, err
	}
	other, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	b.trivial = "http://" + other.Addr().String() + "/"
	plain := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, `<!doctype html><html lang="en"><title>One line</title><p>One line.</p></html>`)
	})
	servers := []*http.Server{{Handler: site, ReadHeaderTimeout: step}, {Handler: plain, ReadHeaderTimeout: step}}
	done := make(chan struct{}, len(servers))
	for i, l := range []net.Listener{listener, other} {
		go func() { _ = servers[i].Serve(l); done <- struct{}{} }()
	}
	b.close = func() {
		site.Close()
		for _, s := range servers {
			_ = s.Close()
			<-done
		}
	}
	if err := b.signIn(ctx, site); err != nil {
		b.close()
		return nil, err
	}
	return b, nil
}

// signIn opens a session without a browser, so that the browsers have seen
// nothing of the site.
func (b *bench) signIn(ctx context.Context, site *web.Site) error {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, site.LoginURL(), nil)
	if err != nil {
		return err
	}
	response, err := (&http.Client{Jar: jar}).Do(r)
	if err != nil {
		return err
	}
	_ = response.Body.Close()
	origin, err := url.Parse(b.origin)
	b.cookies = jar.Cookies(origin)
	return err
}

// open starts a browser with a profile of its own.
func (b *bench) open(ctx context.Context, path string) (context.Context, func(), error) {
	allocator, stop := chromedp.NewExecAllocator(ctx, chromedp.ExecPath(path), chromedp.Headless, chromedp.NoSandbox, chromedp.Flag("disable-dev-shm-usage", true), chromedp.WSURLReadTimeout(step))
	tab, cancel := chromedp.NewContext(allocator)
	closeAll := func() { cancel(); stop() }
	err := chromedp.Do(tab, chromedp.EmulateViewport(1280, 900), chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		for _, c := range b.cookies {
			if _, err := cdp.Call(ctx, t, network.SetCookie, network.SetCookieParams{Name: c.Name, Value: c.Value, URL: b.origin}); err != nil {
				return err
			}
		}
		return nil
	}))
	if err != nil {
		closeAll()
		return nil, nil, err
	}
	return tab, closeAll, nil
}

// paint is when the first content of a page was seen, in milliseconds since it
// was asked for, as the browser itself has it.
func (b *bench) paint(ctx context.Context, path, address string) (float64, error) {
	tab, closeAll, err := b.open(ctx, path)
	if err != nil {
		return 0, err
	}
	defer closeAll()
	tab, cancel := context.WithTimeout(tab, step)
	defer cancel()
	if err := chromedp.Do(tab, chromedp.Navigate(address)); err != nil {
		return 0, err
	}
	return chromedp.Run(tab, chromedp.Poll[float64](`performance.getEntriesByName("first-contentful-paint")[0]?.startTime`))
}

// pressed presses a jack, and says how long it took until the branch was there
// and the browser had drawn it.
const pressed = `(() => {
  window.took = 0;
  const all = [...document.querySelectorAll("#chart .jack[aria-expanded='false']")];
  const begun = performance.now();
  document.addEventListener("chart:swapped", () => requestAnimationFrame(() => setTimeout(() => { window.took = performance.now() - begun; })), {once: true});
  all[(%d * 13) %% all.length].click();
  return true;
})()`

// expand opens branches, one after the other.
func (b *bench) expand(ctx context.Context, path string) ([]float64, error) {
	tab, closeAll, err := b.open(ctx, path)
	if err != nil {
		return nil, err
	}
	defer closeAll()
	tab, cancel := context.WithTimeout(tab, step)
	defer cancel()
	if err := chromedp.Do(tab, chromedp.Navigate(b.origin+"/people/chart?at="+webtest.CrowdChief)); err != nil {
		return nil, err
	}
	if _, err := chromedp.Run(tab, chromedp.Poll[bool](`document.readyState == "complete" && document.getElementById("chart").role == "tree"`)); err != nil {
		return nil, err
	}
	var times []float64
	for i := range expansions {
		if _, err := chromedp.Run(tab, chromedp.Evaluate[bool](fmt.Sprintf(pressed, i+1))); err != nil {
			return nil, err
		}
		took, err := chromedp.Run(tab, chromedp.Poll[float64](`window.took`))
		if err != nil {
			return nil, err
		}
		times = append(times, took)
	}
	return times, nil
}

// report prints the table.
func (b *bench) report(out io.Writer, people int, measured map[string][]float64) {
	_, _ = fmt.Fprintf(out, "%d people; the directory was ready after %d ms. Each page in browsers that were never here.\n\n", people, b.built.Milliseconds())
	_, _ = fmt.Fprintf(out, "| what | measured | median ms | largest ms | beside the page of one line |\n|---|---:|---:|---:|---:|\n")
	base := median(measured[trivialPaint])
	for _, what := range []string{trivialPaint, rootPaint, lowPaint, widePaint, expand} {
		m := measured[what]
		_, _ = fmt.Fprintf(out, "| %s | %d | %.0f | %.0f | %.1f× |\n", what, len(m), median(m), slices.Max(m), median(m)/base)
	}
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}
