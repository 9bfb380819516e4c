//go:build unix

package main

import (
	"bytes"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"patchbay.example/internal/program/programtest"
	"patchbay.example/internal/wire"
	"patchbay.example/plugin/okta/oktatest"
)

// watched is a tenant whose list takes some seconds, so that a run can be
// watched: 50 pages.
var watched = oktatest.Settings{Users: 1000, PageLimit: 20, Latency: 100 * time.Millisecond}

// The whole way of a newcomer in a browser, against the real service, the real
// connector and a tenant that answers as Okta does.
func TestFromAPastedKeyToAnApprovedRunInABrowser(t *testing.T) {
	t.Parallel()
	w := newWitness(t)
	b := openTab(t, w)
	r := newRig(t, watched)
	s := r.serve()

	b.visit(s.login, ".void .btn.main")
	if at := ask(b, chromedp.Location()); at != s.address+"/connections" {
		t.Errorf("the printed address led to %s", at)
	}
	b.click(".void .btn.main", ".btn[href='/add/okta']")
	b.click(".btn[href='/add/okta']", "#connection-form")
	r.fillIn(b)
	b.watchFirstRun()
	r.findSomebody(b)
	r.syncAgain(b, s)
	r.approveAShrink(b, s)
	b.pauseAndResume()
	b.lookAround(s)

	b.quiet(s.address)
	if !strings.Contains(w.posted(), string(r.tenant.PrivateKeyPEM())) {
		t.Error("the key was not sent as it was pasted, or the witness does not see what is sent")
	}
	r.wantNoKey("an answer", w.said())
	r.wantNoKeyStored("while the service runs")
	s.end(syscall.SIGTERM, wire.ExitTerminated)
	r.wantNoKey("the service's output", []byte(s.Stdout.Text()+s.Stderr.Text()))
	r.wantNoKeyStored("after its end")
}

// fillIn adds the tenant as the connection okta: first with a wrong client id,
// then with the right one.
func (r *rig) fillIn(b *tab) {
	r.Helper()
	b.paste("[id='c-domain']", r.tenant.URL())
	b.paste("[id='c-client_id']", "0oawrong")
	b.paste("[id='c-private_key']", string(r.tenant.PrivateKeyPEM()))
	b.click("#test-button", "#test .check.fail")
	b.wantText("#test .check.fail .fix", "Copy the client id from Okta Admin Console")
	b.wantText("#test header", "It does not work yet")
	b.wait("#save-button:disabled")
	b.picture("add")

	b.paste("[id='c-client_id']", r.tenant.ClientID())
	b.click("#test-button", "#test .state.is-active")
	b.wantText(".sealed", "Key read")
	b.click("#save-button:enabled", "#live")
	r.wantNoKeyStored("when it was just saved")
}

// staged is how many people the live progress says are staged.
const staged = `Number((document.querySelector("#live .fig") ?? {textContent: ""}).textContent.replace(/\D/g, ""))`

// watchRun watches a run: the page says that it runs, the number of people
// moves, and the page says at last that all is well, without being loaded again.
func (b *tab) watchRun(then func()) {
	b.Helper()
	b.do(until("(window.notLoadedAgain = true)"))
	b.wait(".head .state.is-syncing")
	before, done := b.events("progress"), b.events("done")
	b.do(until(staged + " > 0"))
	first := ask(b, chromedp.Evaluate[int](staged))
	b.do(until(fmt.Sprint(staged, " > ", first)))
	then()
	b.wait(".head .state.is-active")
	b.wait("#sync-now")
	if !ask(b, chromedp.Evaluate[bool]("window.notLoadedAgain === true")) {
		b.Error("the page was loaded again")
	}
	if progress := b.events("progress") - before; progress < 2 || b.events("done") != done+1 {
		b.Errorf("there came %d events of progress, and %d of the end", progress, b.events("done")-done)
	}
}

func (b *tab) watchFirstRun() {
	b.Helper()
	b.watchRun(func() {})
	b.wantText("section[aria-labelledby=runs]", "Complete", "1,000")
}

// findSomebody finds a person by the user name, and compares the record with
// what the tenant sent.
func (r *rig) findSomebody(b *tab) {
	r.Helper()
	const who = 617
	var sent struct {
		ID      string
		Profile struct{ Login, FirstName, LastName string }
	}
	if err := json.Unmarshal(r.tenant.User(who), &sent); err != nil {
		r.Fatal(err)
	}
	b.click(`.tabs a[href="/records"]`, "#records tbody tr")
	b.wantText(".head", "1,000 people of okta")
	b.picture("records")
	b.do(chromedp.SendKeys(chromedp.CSS("#q"), sent.Profile.Login), until(`document.querySelectorAll("#records tbody tr").length == 1`))
	b.wantText("#records tbody", sent.Profile.LastName)
	b.click("#records tbody a", "pre.code")
	b.wantText("main", sent.ID, sent.Profile.Login)
	raw := ask(b, chromedp.Evaluate[string](`document.querySelector("pre.code").textContent`))
	var got, want bytes.Buffer
	if err := json.Compact(&got, []byte(raw)); err != nil {
		r.Fatalf("%v: %s", err, programtest.Short(raw))
	}
	if err := json.Compact(&want, r.tenant.User(who)); err != nil {
		r.Fatal(err)
	}
	if got.String() != want.String() {
		r.Errorf("the record is shown as\n%s\nand was sent as\n%s", got.String(), want.String())
	}
	b.picture("record")
}

// syncAgain runs a sync that changes nothing.
func (r *rig) syncAgain(b *tab, s *running) {
	r.Helper()
	b.visit(s.address+"/connections/okta", "#sync-now")
	b.click("#sync-now", "#live")
	b.watchRun(func() { b.picture("syncing") })
	if run := r.runs()[0]; run.Status != "promoted" || run.Records != 1000 || run.Unchanged != 1000 {
		r.Errorf("the second run is %+v", run)
	}
}

// approveAShrink lets the tenant's list end early, as that of a tenant does
// that has lost people. The run is held, looked at, and approved.
func (r *rig) approveAShrink(b *tab, s *running) {
	r.Helper()
	fault, err := oktatest.ParseFault("users:page=31+:role-empty") // 400 of 1,000 are beyond
	if err == nil {
		err = r.tenant.Order(fault)
	}
	if err != nil {
		r.Fatal(err)
	}
	b.click("#sync-now", "#live")
	b.wait(".note.is-held .btn")
	b.click(`.tabs a[href="/connections"]`, "#need")
	b.wantText("main", "Held for review")
	b.picture("connections")
	b.click("#need .btn, section[aria-labelledby=need] .btn", "#discard")
	b.wantText("h1", "would remove 400")
	b.wantText("main", "DIRECTORY_SHRINKS")
	b.picture("held")
	if held := r.runs()[0]; held.Status != "held" || len(r.exported()) != 1000 {
		r.Errorf("before the approval the run is %+v", held)
	}
	b.click("#approve", "#typed")
	b.do(chromedp.SendKeys(chromedp.CSS("#typed"), "40"))
	b.click("#approve-now", "#typed-err")
	b.do(chromedp.Clear(chromedp.CSS("#typed")), chromedp.SendKeys(chromedp.CSS("#typed"), "400"))
	b.click("#approve-now", ".head .state.is-active")
	b.wantText("main", "600 people")
	run := r.runs()[0]
	if run.Status != "promoted" || run.Removed != 400 || len(r.exported()) != 600 {
		r.Errorf("after the approval the run is %+v", run)
	}
	b.picture("connection")
	b.visit(fmt.Sprint(s.address, "/runs/", run.ID), "#changes")
	b.wantText(".head", "Complete")
	b.wantText("main", "Left", "It was held for review, and approved.")
	if text := b.text("main") + r.ok("runs", "show", fmt.Sprint(run.ID)); strings.Contains(text, "Nothing was changed") || strings.Contains(text, "To fix") {
		r.Errorf("the approved run is shown as the held one was:\n%s", text)
	}
	b.picture("run")
	b.visit(s.address+"/connections/okta", "#pause")
}

func (b *tab) pauseAndResume() {
	b.Helper()
	b.click("#pause", "#resume")
	b.wantText(".head", "Paused")
	b.click("#resume", "#pause")
	b.wantText(".head", "Active")
}

// lookAround opens what is left: no answer may hold the key, and no page may
// break the policy.
func (b *tab) lookAround(s *running) {
	b.Helper()
	for _, page := range []struct{ name, path, then string }{
		{"runs", "/runs", "main table"},
		{"connectors", "/connectors", "main .card"},
		{"diagnosis", "/doctor", "main .card"},
		{"", "/people", "main"},
		{"", "/connections/okta/edit", "#connection-form"},
		{"", "/connections/okta/remove", "main form"},
	} {
		b.visit(s.address+page.path, page.then)
		b.picture(page.name)
	}
	for _, path := range []string{"/api/v1/connections/okta", "/api/v1/connections", "/export/okta?format=csv", "/metrics"} {
		if status := ask(b, chromedp.Evaluate[int](fmt.Sprintf("fetch(%q).then(async (r) => { await r.text(); return r.status; })", path), chromedp.EvalAwaitPromise)); status != http.StatusOK {
			b.Errorf("%s answers %d", path, status)
		}
	}
}

// keyParts are parts of the tenant's key in every form that a leak could have:
// of the text those that no escaping changes, and the bytes themselves.
func (r *rig) keyParts() [][]byte {
	r.Helper()
	var parts [][]byte
	for _, line := range secretsOf(r.T, r.tenant) {
		for _, part := range regexp.MustCompile(`[0-9A-Za-z]{16,}`).FindAllString(line, -1) {
			parts = append(parts, []byte(part))
		}
	}
	block, _ := pem.Decode(r.tenant.PrivateKeyPEM())
	for at := 64; at+32 <= len(block.Bytes)-64; at += 32 { // the beginning is the same for every key
		parts = append(parts, block.Bytes[at:at+32])
	}
	if len(parts) < 20 {
		r.Fatalf("the key has only %d parts to look for", len(parts))
	}
	return parts
}

// wantNoKey checks that a text holds no part of the tenant's key.
func (r *rig) wantNoKey(where string, text []byte) {
	r.Helper()
	for _, part := range r.keyParts() {
		if bytes.Contains(text, part) {
			r.Errorf("%s holds the private key's %.8q…", where, part)
			return
		}
	}
}

// wantNoKeyStored checks that no file of the data folder holds the key. The
// client id, which is no secret, must be in one: else nothing was looked at.
func (r *rig) wantNoKeyStored(when string) {
	r.Helper()
	found := false
	err := filepath.WalkDir(r.data, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path) //nolint:gosec // of the test's own folder
		if err != nil {
			return err
		}
		found = found || bytes.Contains(text, []byte(r.tenant.ClientID()))
		r.wantNoKey(entry.Name()+" "+when, text)
		return nil
	})
	if err != nil || !found {
		r.Errorf("the data folder %s: %v; its client id was found: %t", when, err, found)
	}
}

// attack is a page that tries what it can at the site whose address stands for
// %[1]s: from its own place, with the visitor's cookies.
const attack = `<!doctype html><title>attack</title><p id=read></p>
<form method=post action="%[1]s/connections/workforce/remove"><input name=typed value=workforce><button id=send>send</button></form>
<script>
addEventListener("load", async () => {
  const got = [];
  for (const path of ["/connections", "/api/v1/connections", "/records/workforce", "/export/workforce?format=csv"]) {
    try {
      const r = await fetch("%[1]s" + path, {credentials: "include"});
      got.push(r.status + " " + await r.text());
    } catch { got.push("refused"); }
  }
  for (const path of ["/connections/workforce/pause", "/connections/workforce/sync", "/connections/workforce/remove", "/api/v1/connections/workforce/pause"]) {
    try { await fetch("%[1]s" + path, {method: "POST", credentials: "include", mode: "no-cors", body: new URLSearchParams({typed: "workforce"})}); } catch {}
  }
  document.getElementById("read").textContent = got.join("\n");
  document.title = "done";
});
</script>`

func TestOtherSitesCanNeitherReadNorWrite(t *testing.T) {
	t.Parallel()
	w := newWitness(t)
	b := openTab(t, w)
	r := newRig(t, oktatest.Settings{Users: 3})
	s := r.serve()
	r.add()
	r.ok("sync", "workforce", "--now")
	before := r.ok("connections", "list", "--format", "json")
	site, err := url.Parse(s.address)
	if err != nil {
		t.Fatal(err)
	}
	var person struct{ Profile struct{ Login string } }
	if err := json.Unmarshal(r.tenant.User(0), &person); err != nil {
		t.Fatal(err)
	}
	login := person.Profile.Login

	// Another port of this machine: to a browser that is the same site, and the
	// cookie is sent along.
	other := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, _ *http.Request) {
		out.Header().Set("Content-Type", "text/html")
		_, _ = fmt.Fprintf(out, attack, s.address)
	}))
	t.Cleanup(other.Close)
	b.visit(s.login, "#fine")
	b.do(chromedp.Navigate(other.URL), until(`document.title == "done"`))
	if got := ask(b, chromedp.Evaluate[string](`document.getElementById("read").textContent`)); got != "refused\nrefused\nrefused\nrefused" {
		t.Errorf("the other origin read %q", programtest.Short(got))
	}
	b.do(chromedp.Click(chromedp.CSS("#send")), until(`document.body?.innerText.includes("another site")`))
	w.wantStatus(t, "POST "+s.address+"/connections/workforce/pause", http.StatusForbidden)
	w.wantStatus(t, "POST "+s.address+"/connections/workforce/remove", http.StatusForbidden)
	w.wantStatus(t, "POST "+s.address+"/api/v1/connections/workforce/pause", http.StatusForbidden)

	// A name whose owner makes it lead to this machine once his page is open:
	// then the page is of the same origin as what it asks for.
	stranger := "http://" + strangerHost + ":" + site.Port()
	b.visit(stranger+"/connections", "body")
	b.wantText("body", "answers only to")
	w.serve(stranger+"/", fmt.Sprintf(attack, ""))
	b.do(chromedp.Navigate(stranger+"/"), until(`document.title == "done"`))
	got := ask(b, chromedp.Evaluate[string](`document.getElementById("read").textContent`))
	if strings.Count(got, "421 ") != 4 || strings.Contains(got, "workforce") || strings.Contains(got, login) {
		t.Errorf("under another name the service said %q", programtest.Short(got))
	}
	w.wantStatus(t, "POST "+stranger+"/connections/workforce/pause", http.StatusMisdirectedRequest)
	b.do(chromedp.Click(chromedp.CSS("#send")), until(`document.body?.innerText.includes("answers only to")`))
	w.wantStatus(t, "POST "+stranger+"/connections/workforce/remove", http.StatusMisdirectedRequest)

	if after := r.ok("connections", "list", "--format", "json"); after != before {
		t.Errorf("the connections were\n%s\nand are\n%s", before, after)
	}
	// The visitor's session goes on, and reads what others can't.
	b.visit(s.address+"/records", "#records tbody tr")
	if !bytes.Contains(w.said(), []byte(login)) {
		t.Error("the visitor does not see the records either")
	}
}
