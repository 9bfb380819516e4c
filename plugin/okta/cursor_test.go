package main

import (
	"bytes"
	"encoding/base64"
	"net/http"
	"strings"
	"testing"

	"patchbay.example/plugin"
	"patchbay.example/plugin/okta/internal/oktaapi"
	"patchbay.example/plugin/okta/oktatest"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

func TestCursorsOfOthersAreRefusedBeforeAnyRequest(t *testing.T) {
	t.Parallel()
	r := newRig(t, oktatest.Settings{Users: 60, PageLimit: 20}).connect()
	good := r.sync().wantComplete().pages[0].cursor
	host := strings.TrimPrefix(r.tenant.URL(), "http://")
	query := "after=x&limit=200"
	before := r.tenant.Stats()
	for name, c := range map[string]struct{ cursor, reason string }{
		"text":                    {"page2", oktaapi.ReasonCursorInvalid},
		"cursor of Okta's own":    {"200u1a2b3c4d5e6f7g8h9", oktaapi.ReasonCursorInvalid},
		"later version":           {strings.Replace(good, "okta1.", "okta2.", 1), oktaapi.ReasonCursorInvalid},
		"cut short":               {good[:len(good)-3], oktaapi.ReasonCursorInvalid},
		"another place":           {elsewhere(t, good), oktaapi.ReasonCursorInvalid},
		"one letter changed":      {changed(good), oktaapi.ReasonCursorInvalid},
		"prefix alone":            {cursorPrefix, oktaapi.ReasonCursorInvalid},
		"other domain":            {cursor{Host: "other.example.com", Resource: resourceUsers, Pass: passListed, Query: query}.String(), oktaapi.ReasonCursorForeign},
		"other resource":          {cursor{Host: host, Resource: "groups", Pass: passListed, Query: query}.String(), oktaapi.ReasonCursorForeign},
		"deprovisioned pass":      {cursor{Host: host, Resource: resourceUsers, Pass: passDeprovisioned, Query: query}.String(), oktaapi.ReasonCursorForeign},
		"unknown pass":            {cursor{Host: host, Resource: resourceUsers, Pass: "guests", Query: query}.String(), oktaapi.ReasonCursorInvalid},
		"no place":                {cursor{Host: host, Resource: resourceUsers, Pass: passListed, Query: ""}.String(), oktaapi.ReasonCursorInvalid},
		"blanks":                  {good + " ", plugin.ReasonCursorInvalid},
		"longer than a cursor is": {cursorPrefix + strings.Repeat("A", 5000), plugin.ReasonCursorInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			got := r.syncFrom(c.cursor).wantRefused(c.reason, connectorv1.Class_CLASS_CONFIG_INVALID)
			if len(got.pages) > 0 {
				t.Errorf("%d pages came", len(got.pages))
			}
		})
	}
	if after := r.tenant.Stats(); after.Requests[oktatest.EndpointUsers] != before.Requests[oktatest.EndpointUsers] ||
		after.Requests[oktatest.EndpointToken] != before.Requests[oktatest.EndpointToken] {
		t.Error("a cursor that is refused led to requests")
	}
}

func TestConnectRefusesCursorsOfOthersBeforeAnyRequest(t *testing.T) {
	t.Parallel()
	r := newRig(t, oktatest.Settings{Users: 60, PageLimit: 20})
	host := strings.TrimPrefix(r.tenant.URL(), "http://")
	for text, reason := range map[string]string{
		"page2": oktaapi.ReasonCursorInvalid,
		cursor{Host: "other.example.com", Resource: resourceUsers, Pass: passListed, Query: "limit=200"}.String(): oktaapi.ReasonCursorForeign,
		cursor{Host: host, Resource: resourceUsers, Pass: passDeprovisioned, Query: "limit=200"}.String():         oktaapi.ReasonCursorForeign,
	} {
		again := *r
		again.client, again.resume = serveConnector(t), map[string]string{resourceUsers: text}
		wantFailure(t, again.tryConnect(), "config", reason, connectorv1.Class_CLASS_CONFIG_INVALID)
	}
	if requests := r.tenant.Stats().Requests; len(requests) > 0 {
		t.Errorf("there were requests: %v", requests)
	}
	whole := r.connect().sync().wantComplete()
	again := *r
	again.client, again.resume = serveConnector(t), map[string]string{resourceUsers: whole.pages[0].cursor}
	again.connect().syncFrom(whole.pages[0].cursor).wantComplete().wantIDs(r.listed()[20:])
}

// changed returns text with a letter in its middle replaced.
func changed(text string) string {
	middle := len(text) / 2
	letter := "A"
	if text[middle] == 'A' {
		letter = "B"
	}
	return text[:middle] + letter + text[middle+1:]
}

// elsewhere returns a cursor that is well formed and whose place was changed.
func elsewhere(t *testing.T, cursor string) string {
	t.Helper()
	payload, err := base64.RawURLEncoding.DecodeString(strings.TrimPrefix(cursor, cursorPrefix))
	if err != nil || !bytes.Contains(payload, []byte("after=")) {
		t.Fatalf("%s, %v; want a place", payload, err)
	}
	return cursorPrefix + base64.RawURLEncoding.EncodeToString(bytes.Replace(payload, []byte("after="), []byte("after=x"), 1))
}

func TestAResourceThatIsNotThereIsRefused(t *testing.T) {
	t.Parallel()
	r := newRig(t, oktatest.Settings{Users: 5}).connect()
	r.syncWith(connectorv1.SyncRequest_builder{Resource: "planets"}.Build()).
		wantRefused(plugin.ReasonResourceUnknown, connectorv1.Class_CLASS_CONFIG_INVALID)
}

func TestACursorSurvivesBeingWrittenDown(t *testing.T) {
	t.Parallel()
	want := cursor{Host: "example.okta.com", Resource: resourceUsers, Pass: passDeprovisioned, Query: `after=00u1&filter=status+eq+%22DEPROVISIONED%22&limit=200`}
	got, err := parseCursor(want.String(), want.Host, want.Resource)
	if err != nil || got != want {
		t.Errorf("%v, %v; want %v", got, err, want)
	}
}

func FuzzParseCursor(f *testing.F) {
	host := "example.okta.com"
	f.Add(cursor{Host: host, Resource: resourceUsers, Pass: passListed, Query: "after=1&limit=200"}.String())
	f.Add(cursor{Host: host, Resource: resourceUsers, Pass: passDeprovisioned, Query: passDeprovisioned.query()}.String())
	f.Add(cursor{Host: host, Resource: resourceGroups, Query: groupsQuery, Found: true}.String())
	f.Add(cursor{Host: host, Resource: resourceMemberships, Query: statsQuery, Group: "00g1", Members: "after=1&limit=200"}.String())
	f.Add(cursor{Host: host, Resource: resourceUserTypes, Query: "after=1"}.String())
	f.Add(cursor{Host: host, Resource: resourceMemberships, Query: statsQuery, Seen: true}.String())
	f.Add(cursorPrefix)
	f.Add(cursorPrefix + "eyJoIjoiIn0")
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		for _, resource := range []string{resourceGroups, resourceMemberships, resourceUserTypes} {
			c, err := parseCursor(text, host, resource)
			if err == nil && (c.Host != host || c.Resource != resource || c.Query == "" || c.Group != "" && !groupID.MatchString(c.Group)) {
				t.Errorf("%q was taken for the cursor %+v of %s", text, c, resource)
			}
		}
		c, err := parseCursor(text, host, resourceUsers)
		if err != nil {
			if reason := oktaapi.ReasonOf(err); reason != oktaapi.ReasonCursorInvalid && reason != oktaapi.ReasonCursorForeign {
				t.Errorf("%q: error of reason %q", text, reason)
			}
			return
		}
		if c.Host != host || c.Resource != resourceUsers || c.Query == "" {
			t.Errorf("%q was taken for the cursor %+v", text, c)
		}
		if again, err := parseCursor(c.String(), host, resourceUsers); err != nil || again != c {
			t.Errorf("%q: written again it is %+v, %v; want %+v", text, again, err, c)
		}
		// Whatever a cursor says, its page is one of the same list.
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+host+pathUsers, nil)
		if err != nil {
			t.Fatal(err)
		}
		request.URL.RawQuery = c.Query
		if request.URL.Host != host || request.URL.Path != pathUsers {
			t.Errorf("%q leads to %s", text, request.URL)
		}
	})
}
