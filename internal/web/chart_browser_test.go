package web_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"patchbay.example/internal/web/webtest"
)

// openCrowd is a browser that is signed in to the site of 100,000 people.
func openCrowd(t *testing.T) (*browser, *site) {
	t.Helper()
	b, s := openBrowser(t), startCrowd(t)
	b.do(chromedp.EmulateViewport(1280, 900))
	b.visit(s.LoginURL())
	b.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		// A page that nobody looks at hears of no focus.
		_, err := cdp.Call(ctx, t, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
		return err
	}))
	return b, s
}

// chart opens the chart at an address, and waits until its script has run.
func (b *browser) chart(address string) {
	b.t.Helper()
	b.visit(address)
	b.do(poll(`document.getElementById("chart").getAttribute("role") == "tree"`))
}

// focused waits until the item of a person has the focus, and the tab stop.
func focused(id string) chromedp.Action[chromedp.Void] {
	return poll(fmt.Sprintf(`document.activeElement.closest("li")?.dataset.person == %q && document.activeElement.role == "treeitem" && document.activeElement.tabIndex == 0 && document.querySelectorAll("#chart [tabindex='0']").length == 1`, id))
}

// focus gives somebody's item the focus.
func focus(id string) chromedp.Action[chromedp.Void] {
	return poll(fmt.Sprintf(`(document.querySelector('%s > .node').focus(), true)`, person(id)))
}

// person is the selector of somebody's item.
func person(id string) string { return `#chart li[data-person="` + id + `"]` }

func TestWalkingTheChartByKeyboard(t *testing.T) {
	b, s := openCrowd(t)
	b.chart(s.server.URL + "/people/chart")
	second := webtest.CrowdChief[:len(webtest.CrowdChief)-1] + "2"
	b.do(poll(`(document.querySelector("#chart [tabindex='0']").focus(), true)`), focused(webtest.CrowdHead),
		press("ArrowDown"), poll(`document.activeElement.closest("li").parentElement.firstElementChild == document.activeElement.closest("li") && document.activeElement.getAttribute("aria-level") == "2"`),
		press("End"), poll(`document.activeElement.closest("li").parentElement.lastElementChild == document.activeElement.closest("li") && document.activeElement.getAttribute("aria-posinset") == "4" && document.activeElement.getAttribute("aria-setsize") == "4"`),
		press("ArrowLeft"), poll(`document.activeElement.getAttribute("aria-posinset") == "3"`),
		press("ArrowRight", "ArrowRight"), poll(`document.activeElement.getAttribute("aria-posinset") == "4"`),
		press("Home"), focused(webtest.CrowdHead),
		focus(second), focused(second),
		// Open: the focus stays, the address says it, and the way leads down and up.
		press(" "), poll(fmt.Sprintf(`document.querySelector('%s > .node').getAttribute("aria-expanded") == "true" && !document.querySelector("#chart [aria-busy]")`, person(second))), focused(second),
		poll(fmt.Sprintf(`new URLSearchParams(location.search).get("open") == %q`, second)),
		press("ArrowDown"), poll(`document.activeElement.getAttribute("aria-level") == "3"`),
		press("ArrowDown"), poll(`document.activeElement.getAttribute("aria-level") == "3"`), // nothing is open there
		press("ArrowUp"), focused(second),
		press(" "), poll(fmt.Sprintf(`document.querySelector('%s > .node').getAttribute("aria-expanded") == "false" && !location.search.includes("open")`, person(second))), focused(second),
		press(" "), poll(fmt.Sprintf(`document.querySelector('%s > .node').getAttribute("aria-expanded") == "true"`, person(second))), focused(second),
		// A branch that is closed above the focus takes it along.
		press("ArrowDown", "ArrowRight"), poll(`document.activeElement.getAttribute("aria-level") == "3"`),
		chromedp.Click(chromedp.CSS(person(webtest.CrowdHead)+" > .node > .jack")), focused(webtest.CrowdHead),
		poll(`document.querySelectorAll("#chart li").length == 1 && new URLSearchParams(location.search).get("shut") != null`),
		press(" "), poll(`document.querySelectorAll("#chart li").length == 5`), focused(webtest.CrowdHead))
	// Letters go to a name, unless they are switched off.
	letter := eval[string](b, `[...document.querySelectorAll("#chart li")].at(-1).querySelector("b").textContent[0].toLowerCase()`)
	b.do(press("Home"), press(letter), poll(`document.activeElement.closest("li") == [...document.querySelectorAll("#chart li")].at(-1)`),
		press("Home"), poll(`(document.body.dataset.keys = "off", true)`), press(letter), focused(webtest.CrowdHead),
		poll(`(document.body.dataset.keys = "on", true)`), press("/"), poll(`document.activeElement.id == "find"`),
		focus(webtest.CrowdChief), press("Enter"), seen(".person-head"))
	if at := eval[string](b, "location.pathname"); at != "/people/"+webtest.CrowdChief {
		t.Errorf("Enter leads to %s", at)
	}
	b.quiet(s.server.URL)
}

// watched notes how often a branch came, and the most items that there ever were.
const watched = `(() => {
  window.swaps = 0; window.most = 0;
  const count = () => { window.most = Math.max(window.most, document.querySelectorAll("#chart li").length); };
  new MutationObserver(count).observe(document.getElementById("chart"), {childList: true, subtree: true});
  document.addEventListener("chart:swapped", () => { window.swaps++; });
  count();
  return true;
})()`

func TestTheBrowserNeverHoldsMoreThan300(t *testing.T) {
	b, s := openCrowd(t)
	b.chart(s.server.URL + "/people/chart?at=" + webtest.CrowdChief)
	b.do(poll(watched))
	for i := 1; i <= 60; i++ {
		// Now here, now there, deeper and deeper.
		b.do(poll(fmt.Sprintf(`(() => { const all = [...document.querySelectorAll("#chart .jack[aria-expanded='false']")]; all[(%d * 13) %% all.length].click(); return true; })()`, i)),
			poll(fmt.Sprintf("window.swaps == %d", i)))
	}
	if most := eval[int](b, "window.most"); most > 300 || most < 200 {
		t.Errorf("at most there were %d items", most)
	}
	// As the address says it, so it is after a reload.
	b.do(chromedp.Reload(), poll(`document.readyState == "complete" && document.querySelectorAll("#chart li").length <= 300`))
	b.quiet(s.server.URL)
}

func TestAWideTeamInTheBrowser(t *testing.T) {
	b, s := openCrowd(t)
	b.chart(s.server.URL + "/people/chart?at=" + webtest.CrowdWide)
	card := person(webtest.CrowdWide) + " > ul > .li-card"
	b.do(poll(watched), focus(webtest.CrowdWide),
		press("ArrowDown"), poll(`document.activeElement.matches(".card-head")`),
		press("ArrowDown", "ArrowDown"), poll(`document.activeElement.getAttribute("aria-level") == "4" && document.activeElement.getAttribute("aria-posinset") == "2"`),
		press("Enter"), poll(fmt.Sprintf(`document.querySelectorAll('%s .row').length == 30 && document.activeElement == document.querySelector('%s .card-head')`, card, card)),
		poll(fmt.Sprintf(`document.querySelector('%s .row').getAttribute("aria-posinset") == "1"`, card)),
		press("ArrowDown", "End"), poll(`document.activeElement.matches(".turn")`), press("Enter"),
		poll(fmt.Sprintf(`document.querySelector('%s .row').getAttribute("aria-posinset") == "31" && document.activeElement == document.querySelector('%s .card-head')`, card, card)))
	b.click(card+" header a", card+" .bar")
	b.click(card+" header a", card+" .row")
	if text := b.text(card + " header"); !strings.Contains(text, "5,000 direct") {
		t.Errorf("the list of all says %q", text)
	}
	if most := eval[int](b, "window.most"); most > 60 {
		t.Errorf("of a team of 5,000 there were %d items", most)
	}
	b.quiet(s.server.URL)
}

func TestTheChartWithoutScripts(t *testing.T) {
	b, s := openCrowd(t)
	b.do(scripts(false), again(chromedp.Navigate(s.server.URL+"/people/chart")), seen("#chart"))
	b.click(person(webtest.CrowdChief)+" > .node > .jack", person(webtest.CrowdChief)+" > ul")
	b.click(person(webtest.CrowdChief)+" > .node > .jack", person(webtest.CrowdChief)+" > .node > .jack[aria-expanded='false']")
	b.click(person(webtest.CrowdWide)+" > .node > .jack", ".groups .bar")
	b.click(".groups ol a", ".groups .row")
	b.click(`.groups a[rel=next]`, `.groups a[rel=prev]`)
	b.click(`.seg a:not([aria-current])`, ".outline")
	b.click("#by-department", "#chart .groups")
	b.click("#two-levels", "#two-levels .i")
	b.click(person(webtest.CrowdHead)+" > .node > a", ".person-head")
	b.click("#in-chart", ".node.self")
	b.quiet(s.server.URL)
}

func TestTheChartOnAPhoneAndInTheDark(t *testing.T) {
	b, s := openCompany(t, webtest.SampleCompany(t, noon))
	for _, width := range []int64{360, 1280, 1920} {
		b.do(chromedp.EmulateViewport(width, 800))
		for _, path := range chartPages() {
			b.visit(s.server.URL + path)
			if wide := eval[int64](b, "document.documentElement.scrollWidth"); wide > width {
				t.Errorf("%s at %d: %d wide: %s", path, width, wide, eval[string](b, wider))
			}
		}
	}
	// On a phone it is a list that does not scroll sideways, and opens by a tap.
	b.do(chromedp.EmulateViewport(360, 800))
	b.chart(s.server.URL + "/people/chart")
	b.click(person("00ulead1")+" > .node > .jack", person("00ulead1")+" > ul .node")
	if wide := eval[bool](b, `document.querySelector(".canvas").scrollWidth > document.querySelector(".canvas").clientWidth`); wide {
		t.Error("on a phone the chart is wider than the screen")
	}
	b.do(dark(), poll(`getComputedStyle(document.querySelector(".canvas")).backgroundColor == "rgb(13, 18, 21)"`))
	b.quiet(s.server.URL)
}

func TestThePersonInViewIsInSight(t *testing.T) {
	b, s := openCrowd(t)
	low := webtest.Crowd{People: 100_000}.Low()
	b.chart(s.server.URL + "/people/chart?at=" + low)
	b.do(poll(`(() => { const self = document.querySelector(".node.self").getBoundingClientRect(), canvas = document.querySelector(".canvas").getBoundingClientRect(); return self.left >= canvas.left && self.right <= canvas.right; })()`))
	if levels := eval[int](b, `document.querySelectorAll("#chart li.hot").length`); levels < 5 {
		t.Errorf("the line has %d people", levels)
	}
	// Up the line, by its links.
	b.click(`.line a`, ".node.self")
	b.do(poll(fmt.Sprintf(`document.querySelector(".node.self").closest("li").dataset.person == %q`, webtest.CrowdHead)))
	b.quiet(s.server.URL)
}

func TestAPictureOfTheChart(t *testing.T) {
	b, s := openCompany(t, webtest.SampleCompany(t, noon))
	b.chart(s.server.URL + "/people/chart")
	b.do(poll(`(() => { const made = URL.createObjectURL; URL.createObjectURL = (blob) => { window.picture = blob; return made(blob); }; HTMLAnchorElement.prototype.click = function () { window.saved = this.download; }; return true; })()`),
		chromedp.Click(chromedp.CSS("#png")), poll(`window.saved == "org-chart.png" && window.picture.type == "image/png" && window.picture.size > 10000`))
	b.quiet(s.server.URL)
}

func TestTheChartIsAccessible(t *testing.T) {
	b, s := openCompany(t, webtest.SampleCompany(t, noon))
	for i, path := range chartPages() {
		if i%2 == 1 {
			b.do(dark())
		}
		b.visit(s.server.URL + path)
		b.accessible(path)
	}
	b.chart(s.server.URL + "/people/chart")
	b.click(person("00ulead1")+" > .node > .jack", person("00ulead1")+" > ul")
	b.accessible("a branch that was opened")
	b.do(chromedp.EmulateViewport(360, 800))
	b.accessible("the chart on a phone")
	b.visit(s.server.URL + "/people/chart?by=department&list=1")
	b.click(".groups header a", ".groups .row")
	b.accessible("a list on a phone")
	b, s = openCrowd(t)
	b.chart(s.server.URL + "/people/chart?at=" + webtest.CrowdWide + "&of=" + webtest.CrowdWide)
	b.accessible("a wide team")
}

// TestChartPictures writes pictures of the chart into the folder that
// PATCHBAY_PICTURES names, for the documentation.
func TestChartPictures(t *testing.T) {
	folder := os.Getenv("PATCHBAY_PICTURES")
	if folder == "" {
		t.Skip("PATCHBAY_PICTURES names no folder, so that no pictures are made")
	}
	b, s := openCrowd(t)
	at := s.server.URL + "/people/chart?at=" + webtest.CrowdChief[:len(webtest.CrowdChief)-1] + "2&open=" + webtest.CrowdWide
	for _, p := range []struct {
		name, theme   string
		width, height int64
	}{{"chart-light", "light", 1440, 930}, {"chart-dark", "dark", 1440, 930}, {"chart-phone", "light", 360, 900}, {"chart-wide", "light", 1920, 900}} {
		b.do(chromedp.EmulateViewport(p.width, p.height))
		b.chart(at)
		b.picture(folder+"/"+p.name+".png", p.theme, p.width, p.height)
	}
	b.do(chromedp.EmulateViewport(1280, 900))
	b.chart(at + "&list=1")
	b.picture(folder+"/chart-list.png", "light", 1280, 900)
}
