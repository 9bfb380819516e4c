package web_test

import (
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"patchbay.example/internal/people"
	"patchbay.example/internal/web/webtest"
)

// openCompany is a browser that is signed in to a company's site.
func openCompany(t *testing.T, c *webtest.Company) (*browser, *site) {
	t.Helper()
	b := openBrowser(t)
	s := startCompany(t, c, noon)
	b.do(chromedp.EmulateViewport(1280, 900))
	b.visit(s.LoginURL())
	return b, s
}

// scripts switches scripts of pages on or off.
func scripts(on bool) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on})
		return err
	})
}

func TestFindingSomebodyByKeyboard(t *testing.T) {
	b, s := openCompany(t, webtest.SampleCompany(t, noon))
	b.visit(s.server.URL + "/people")
	b.do(press("/"), poll(`document.activeElement.id == "find"`),
		// The list follows what is typed, the address with it.
		chromedp.SendKeys(chromedp.CSS("#find"), "zoe exampel"),
		poll(`document.querySelectorAll("#results [data-row]").length > 0 && document.querySelector("h1").innerText.includes("zoe exampel")`),
		poll(`document.activeElement.id == "find" && new URLSearchParams(location.search).get("q") == "zoe exampel"`),
		seen("#results mark"),
		press("ArrowDown"), poll(`document.activeElement == document.querySelectorAll("[data-row] .name a")[0]`),
		press("ArrowDown"), poll(`document.activeElement == document.querySelectorAll("[data-row] .name a")[1]`),
		press("ArrowUp"), press("ArrowUp"), poll(`document.activeElement.id == "find"`),
		press("ArrowDown"), poll(`document.activeElement == document.querySelectorAll("[data-row] .name a")[0]`),
		chromedp.SendKeys(chromedp.CSS("[data-row] .name a"), "\r"), seen(".person-head"))
	if name := b.text("h1"); !strings.Contains(name, "Zoë Example") {
		t.Errorf("the person is %q", name)
	}
	// Up the line, and back down.
	b.click(`.line li:first-child a`, `.person-head`)
	b.do(poll(`document.querySelector("h1").innerText.includes("Amálie")`))
	b.click(`.grid-people a`, `.person-head`)
	b.do(poll(`document.querySelector("h1").innerText.includes("Leaderová")`))
	b.do(press("g", "q"), seen(`.tabs a[href="/people/quality"][aria-current]`))
	b.quiet(s.server.URL)
}

func TestFiltersFollowTheirBoxes(t *testing.T) {
	b, s := openCompany(t, webtest.SampleCompany(t, noon))
	b.visit(s.server.URL + "/people")
	b.do(chromedp.Click(chromedp.CSS(`input[name="f.department"][value="Finance"]`)),
		poll(`new URLSearchParams(location.search).get("f.department") == "Finance"`), seen(".chip"),
		poll(`document.querySelector('input[name="f.department"][value="Finance"]').checked`),
		chromedp.SendKeys(chromedp.CSS("#find"), "account"),
		poll(`document.querySelector("h1").innerText.includes("account") && location.search.includes("Finance")`), seen(".chip"))
	b.click(".chip", "#results")
	b.do(poll(`!location.search.includes("Finance") && !document.querySelector(".chip")`))
	b.quiet(s.server.URL)
}

func TestPeopleWithoutScripts(t *testing.T) {
	b, s := openCompany(t, webtest.SampleCompany(t, noon))
	b.do(scripts(false), again(chromedp.Navigate(s.server.URL+"/people")), seen("#results"),
		chromedp.SendKeys(chromedp.CSS("#find"), "zoë\r"), seen("#results mark"))
	if head := b.text("h1"); !strings.Contains(head, "for “zoë”") {
		t.Errorf("the heading is %q", head)
	}
	b.do(chromedp.Click(chromedp.CSS(`input[name="f.department"][value="Engineering"]`)))
	b.click(`aside button[data-without-script]`, ".chip")
	if text := b.text(".chip"); !strings.Contains(text, "Engineering") {
		t.Errorf("the filter is %q", text)
	}
	b.click(`[data-row] .name a`, ".person-head")
	b.click(`.line a`, ".person-head")
	b.click(`.tabs a[href="/people/teams"]`, "table")
	b.click(`.tabs a[href="/people/changes"]`, ".figs")
	b.click(`.tabs a[href="/people/settings"]`, "#save-attributes")
	b.do(chromedp.Click(chromedp.CSS(`input[name="attribute"][value="city"]`)))
	b.click(`#save-attributes`, `.note[role=status]`)
	b.quiet(s.server.URL)
}

func TestPeopleOnAPhoneAndInTheDark(t *testing.T) {
	b, s := openCompany(t, webtest.SampleCompany(t, noon))
	for _, width := range []int64{360, 1920} {
		b.do(chromedp.EmulateViewport(width, 800))
		for _, path := range peoplePages() {
			b.visit(s.server.URL + path)
			if wide := eval[int64](b, "document.documentElement.scrollWidth"); wide > width {
				who := eval[string](b, wider)
				t.Errorf("%s at %d: %d wide: %s", path, width, wide, who)
			}
		}
	}
	b.do(chromedp.EmulateViewport(360, 800))
	b.visit(s.server.URL + "/people?f.department=Finance")
	// The filters are folded behind their button.
	b.do(poll(`!document.querySelector(".facet").checkVisibility()`))
	b.click(".facets-wrap > summary", ".facet")
	b.do(poll(`document.querySelector(".facet").checkVisibility()`))
	b.do(dark(), poll(`getComputedStyle(document.body).backgroundColor == "rgb(13, 18, 21)"`))
	b.quiet(s.server.URL)
}

// wider names what reaches beyond the screen.
const wider = `[...document.querySelectorAll("main *, header *, footer *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".scroll,.canvas,.tabs,.line,.code,.sr")).slice(0, 4).map(e => e.tagName + "." + (e.className.baseVal ?? e.className)).join(" ")`

// dark is the system's dark theme.
func dark() chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		features := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features})
		return err
	})
}

// accessible runs axe-core on the page that is shown, and reports what it finds.
func (b *browser) accessible(path string) {
	b.t.Helper()
	script, err := os.ReadFile("testdata/axe/axe.min.js")
	if err != nil {
		b.t.Fatal(err)
	}
	eval[bool](b, string(script)+";true")
	eval[bool](b, `(axe.run(document, {resultTypes: ["violations"]}).then(r => { window.axeFound = JSON.stringify(r.passes.length < 10 ? ["axe has looked at nothing"] : r.violations.map(v => v.id + " (" + v.impact + "): " + v.nodes.slice(0, 3).map(n => n.html.slice(0, 160) + " " + n.failureSummary.slice(0, 200)).join(" | "))); }, e => { window.axeFound = JSON.stringify(["axe failed: " + e]); }), true)`)
	b.do(poll(`window.axeFound !== undefined`))
	var found []string
	if err := json.Unmarshal([]byte(eval[string](b, "window.axeFound")), &found); err != nil {
		b.t.Fatal(err)
	}
	for _, violation := range found {
		b.t.Errorf("%s: %s", path, violation)
	}
}

func TestPeoplePagesAreAccessible(t *testing.T) {
	c := webtest.SampleCompany(t, noon)
	c.Set(t, func(s *people.Settings) {
		s.Hidden = []string{webtest.HiddenID}
		s.Heads = []people.Head{{Field: "department", Value: "Finance", Person: "00ulead1"}}
		s.Pin = &people.Pair{Attribute: "managerId", Key: "employee_number"}
	})
	b, s := openCompany(t, c)
	for i, path := range append(peoplePages(), "/people/00u00007", "/people/nobody", "/people/teams/team?field=department&value=Financ", "/people?offset=x") {
		if i%2 == 1 {
			b.do(dark())
		}
		b.visit(s.server.URL + path)
		b.accessible(path)
	}
	b.do(chromedp.EmulateViewport(360, 800))
	for _, path := range []string{"/people?q=zoë", "/people/00uhead", "/people/quality", "/people/settings"} {
		b.visit(s.server.URL + path)
		b.accessible(path + " on a phone")
	}
	c.Mark(t, false)
	b.visit(s.server.URL + "/people")
	b.accessible("the preview")
	empty := webtest.NewCompany(t, noon)
	b, s = openCompany(t, empty)
	b.visit(s.server.URL + "/people")
	b.accessible("the preview before a run")
	empty.Mark(t, true)
	b.visit(s.server.URL + "/people")
	b.accessible("before the first run")
}

// TestPeoplePictures writes pictures as [TestPictures] does.
func TestPeoplePictures(t *testing.T) {
	folder := os.Getenv("PATCHBAY_PICTURES")
	if folder == "" {
		t.Skip("PATCHBAY_PICTURES names no folder, so that no pictures are made")
	}
	c := webtest.SampleCompany(t, noon)
	c.Set(t, func(s *people.Settings) { s.Hidden = []string{webtest.HiddenID} })
	b, s := openCompany(t, c)
	shown := []struct{ name, path string }{
		{"people", "/people?q=zoe+exampel"},
		{"people-all", "/people?f.department=Finance"},
		{"people-empty", "/people?q=zoe&f.department=Finance&f.city=Porto"},
		{"people-facet", "/people?more=city"},
		{"person", "/people/00ulead0"},
		{"person-doubt", "/people/00uambiguous"},
		{"person-left", "/people/00u00007"},
		{"person-unknown", "/people/00u00000x"},
		{"reports", "/people/00uhead/reports?all=1"},
		{"teams", "/people/teams"},
		{"team", "/people/teams/team?field=department&value=Customer+Service"},
		{"changes", "/people/changes"},
		{"quality", "/people/quality"},
		{"quality-kind", "/people/quality?kind=ambiguous"},
		{"set-aside", "/people/set-aside"},
		{"people-settings", "/people/settings"},
		{"not-activated", "/people"},
	}
	for _, one := range shown {
		if one.name == "not-activated" {
			c.Mark(t, false)
		}
		b.visit(s.server.URL + one.path)
		for _, theme := range []string{"light", "dark"} {
			b.picture(folder+"/"+one.name+"-"+theme+".png", theme, 1280, 900)
		}
		b.picture(folder+"/"+one.name+"-phone.png", "light", 360, 800)
		b.do(chromedp.EmulateViewport(1280, 900))
	}
	c.Mark(t, true)
	later := startCompany(t, c, func() time.Time { return noon().Add(48 * time.Hour) })
	b.visit(later.LoginURL())
	b.visit(later.server.URL + "/people?f.department=Depots+South")
	b.picture(folder+"/people-stale-light.png", "light", 1280, 900)
}
