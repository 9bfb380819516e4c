package web_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"patchbay.example/internal/web/webtest"
)

// secretCanary is in every secret that is typed, and must be nowhere else.
const secretCanary = "c4n4ryKeyMaterial"

// typedKey is a key as a browser sends it: lines end with CR LF.
const typedKey = "-----BEGIN PRIVATE KEY-----\r\n" + secretCanary + "\r\nSecondLine\r\n-----END PRIVATE KEY-----\r\n"

func form(change ...string) url.Values {
	v := url.Values{
		"do": {"test"}, "name": {"payroll"}, "c.domain": {"https://example.com"}, "c.client_id": {"0oaexample"}, "c.private_key": {typedKey},
		"c.dpop": {"auto"}, "c.rate_share": {"40"}, "interval": {"6"}, "shrink": {"20"},
	}
	for i := 0; i+1 < len(change); i += 2 {
		v.Set(change[i], change[i+1])
	}
	return v
}

var draftField = regexp.MustCompile(`name="draft" value="([^"]*)"`)

func draftOf(t *testing.T, page string) string {
	t.Helper()
	m := draftField.FindStringSubmatch(page)
	if m == nil {
		t.Fatal("the page has no form")
	}
	return m[1]
}

func TestAConnectionIsTestedThenSaved(t *testing.T) {
	ops := webtest.New(time.Now)
	s := start(t, ops).signIn(t)
	var seen strings.Builder
	send := func(values url.Values) (int, string) {
		status, text, header := s.send(t, "POST", "/add/okta", values)
		fmt.Fprint(&seen, text, header)
		return status, text
	}
	status, text := send(form("c.private_key", secretCanary+" is no key", "c.webhook_secret", secretCanary))
	if status != http.StatusOK || !strings.Contains(text, "It does not work yet") || !strings.Contains(text, "Public keys › Add key") {
		t.Fatalf("a test that fails: status %d", status)
	}
	if !strings.Contains(text, `id="save-button" disabled`) {
		t.Error("save is open after a test that failed")
	}
	status, text = send(form())
	if status != http.StatusOK || !strings.Contains(text, "It works") || strings.Contains(text, `id="save-button" disabled`) {
		t.Fatalf("a test that passes: status %d", status)
	}
	for _, want := range []string{"Key read", "kept until you save", `value="payroll"`, `value="https://example.com"`, "Example Org"} {
		if !strings.Contains(text, want) {
			t.Errorf("the form does not have %q", want)
		}
	}
	// The key is not typed again.
	status, text = send(form("do", "save", "c.private_key", "", "draft", draftOf(t, text)))
	if status != http.StatusSeeOther {
		t.Fatalf("saving: status %d, %s", status, regexp.MustCompile(`class="err"[^<]*`).FindString(text))
	}
	saved := string(ops.Saved()[0])
	if !strings.Contains(saved, `\n`+secretCanary+`\nSecondLine\n`) || strings.Contains(saved, `\r`) {
		t.Errorf("the key was saved as %s", saved)
	}
	if !strings.Contains(saved, `"rate_share":40`) || !strings.Contains(saved, `"inactive":false`) {
		t.Errorf("saved %s", saved)
	}
	// Nor does it come back on any page, log or redirect.
	for _, path := range append(pages(t, s), "/connections/payroll", "/connections/payroll/edit") {
		_, text, header := s.send(t, "GET", path, nil)
		fmt.Fprint(&seen, text, header)
	}
	if strings.Contains(seen.String(), secretCanary) || strings.Contains(s.log.String(), secretCanary) {
		t.Error("the secret came back")
	}
}

func TestADraftBelongsToItsSession(t *testing.T) {
	ops := webtest.New(time.Now)
	s := start(t, ops).signIn(t)
	_, text, _ := s.send(t, "POST", "/add/okta", form())
	draft := draftOf(t, text)
	other := start(t, ops).client
	s.client = other
	s.signIn(t)
	status, text, _ := s.send(t, "POST", "/add/okta", form("do", "save", "c.private_key", "", "draft", draft))
	if status != http.StatusUnprocessableEntity || !strings.Contains(text, "Private key is needed") {
		t.Errorf("another session: status %d", status)
	}
	if len(ops.Saved()) != 0 {
		t.Error("it was saved")
	}
}

func TestWhatIsWrongIsSaidBesideTheField(t *testing.T) {
	s := start(t, webtest.Sample(time.Now)).signIn(t)
	for want, values := range map[string]url.Values{
		"Okta address is needed":          form("c.domain", " "),
		"Private key is needed":           form("c.private_key", " \r\n "),
		"limit is not a number":           form("c.rate_share", "half"),
		"limit is not a whole number":     form("c.rate_share", "1.5"),
		"limit is less than 1":            form("c.rate_share", "0"),
		"limit is more than 100":          form("c.rate_share", "1000"),
		"Client ID has 101 characters":    form("c.client_id", strings.Repeat("x", 101)),
		"is no duration, such as 6h":      form("interval", "often"),
		"is not a number of percent from": form("shrink", "101"),
		"A run may take is no duration":   form("deadline", "-1h"),
		"Name is needed":                  form("name", ""),
		"Name is taken":                   form("name", "workforce", "do", "save"),
		"Private key is longer than":      form("c.private_key", strings.Repeat("x", 65<<10)),
	} {
		status, text, _ := s.send(t, "POST", "/add/okta", values)
		if status != http.StatusUnprocessableEntity || !strings.Contains(text, want) || !strings.Contains(text, `aria-invalid="true"`) {
			t.Errorf("want %q: status %d", want, status)
		}
		if !strings.Contains(text, values.Get("c.domain")) {
			t.Errorf("want %q: what was typed is gone", want)
		}
	}
	status, _, _ := s.send(t, "POST", "/add/okta", form("c.private_key", strings.Repeat("x", 600<<10)))
	if status != http.StatusRequestEntityTooLarge {
		t.Errorf("a body that is too large: status %d", status)
	}
}

func TestAnEditSendsWhatChanged(t *testing.T) {
	ops := webtest.Sample(time.Now)
	s := start(t, ops).signIn(t)
	_, text, _ := s.send(t, "GET", "/connections/workforce/edit", nil)
	for _, want := range []string{"Sealed", "enter another to replace it", "env:EVENT_SECRET", `value="https://workforce.example.com"`, `value="6h"`} {
		if !strings.Contains(text, want) {
			t.Errorf("the form does not have %q", want)
		}
	}
	unchanged := url.Values{"do": {"save"}, "c.domain": {"https://workforce.example.com"}, "c.client_id": {"0oaexample1d7"}, "c.rate_share": {"50"}, "c.dpop": {"auto"}, "c.inactive": {"on"}, "interval": {"8h"}, "shrink": {"20"}, "deadline": {"12h"}, "hris": {"on"}}
	if status, _, _ := s.send(t, "POST", "/connections/workforce/edit", unchanged); status != http.StatusSeeOther {
		t.Fatalf("saving: status %d", status)
	}
	if c, _ := ops.Connection(t.Context(), "workforce"); c.Interval.String() != "8h0m0s" || len(ops.Saved()) != 0 {
		t.Errorf("the interval is %s, saved %s", c.Interval, ops.Saved())
	}
	unchanged.Set("c.private_key", "env:OKTA_KEY PRIVATE KEY")
	unchanged.Set("c.rate_share", "")
	unchanged.Set("c.groups", "Engineering, Berlin\r\n\r\n Sales \r\n")
	if status, _, _ := s.send(t, "POST", "/connections/workforce/edit", unchanged); status != http.StatusSeeOther {
		t.Fatalf("saving: status %d", status)
	}
	var saved map[string]any
	if err := json.Unmarshal(ops.Saved()[0], &saved); err != nil || len(saved) != 3 || saved["rate_share"] != nil || saved["private_key"] == nil {
		t.Errorf("saved %s", ops.Saved()[0])
	}
	if groups := fmt.Sprintf("%q", saved["groups"]); groups != `["Engineering, Berlin" "Sales"]` {
		t.Errorf("the lines of a list were saved as %s", groups)
	}
}

func TestVendoredFilesAreWhatTheySay(t *testing.T) {
	notes, err := os.ReadFile("static/VENDORED.md")
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile("static/htmx.min.js")
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(content)
	if !bytes.Contains(notes, []byte(hex.EncodeToString(sum[:]))) || !bytes.Contains(content, []byte("4.0.1")) {
		t.Errorf("htmx.min.js has SHA-256 %x, of which VENDORED.md does not know", sum)
	}
}

// FuzzPages sends anything as a query.
func FuzzPages(f *testing.F) {
	for _, seed := range []string{"q=a", "after=%00", "before=-1", "connection=%ff&q=%ff", "id=%3Cb%3E", "q=%E2%80%AE", "before=99999999999999999999", "said=added", ";", "%"} {
		f.Add(seed)
	}
	s := start(f, webtest.Sample(time.Now)).signIn(f)
	f.Fuzz(func(t *testing.T, query string) {
		for _, path := range []string{"/records", "/runs", "/records/workforce", "/runs/3", "/connections", "/export/workforce"} {
			u := url.URL{Scheme: "http", Host: s.server.Listener.Addr().String(), Path: path, RawQuery: url.PathEscape(query)}
			if parsed, err := url.ParseQuery(query); err == nil {
				u.RawQuery = parsed.Encode()
			}
			status, text, _ := s.send(t, "GET", u.String(), nil)
			if status >= 500 || !utf8.ValidString(text) {
				t.Errorf("%s: status %d", u.String(), status)
			}
		}
	})
}

// FuzzForm sends anything as a field.
func FuzzForm(f *testing.F) {
	f.Add("c.rate_share", "1e999", "save")
	f.Add("interval", "9999999h", "test")
	f.Add("c.private_key", "{\"kty\":\"RSA\",\"n\":\"AQAB\"}", "test")
	f.Add("c.domain", "\x00\xff", "save")
	f.Add("draft", "x", "save")
	f.Add("shrink", "NaN", "")
	f.Add("c.rate_share", "0x10", "test")
	s := start(f, webtest.Sample(time.Now)).signIn(f)
	f.Fuzz(func(t *testing.T, field, value, do string) {
		for _, path := range []string{"/add/okta", "/connections/workforce/edit", "/theme", "/keys"} {
			status, text, _ := s.send(t, "POST", path, form(field, value, "do", do))
			if status >= 500 || !utf8.ValidString(text) {
				t.Errorf("%s with %q = %q: status %d", path, field, value, status)
			}
		}
	})
}
