package main

import (
	"strings"
	"testing"

	"patchbay.example/plugin/scim/scimtest"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

func TestACursorKeepsItsPlace(t *testing.T) {
	t.Parallel()
	bound := binding("https://example.com/scim/v2", "")
	for _, at := range []place{
		{Mode: pagingIndex},
		{Mode: pagingIndex, Position: 300, Anchor: mark("a"), First: mark("b"), Total: 1000, Aligned: true, After: mark("c")},
		{Mode: pagingCursor, Position: 7, Service: "abc-._~!"},
		{Mode: pagingCursor, Service: "with blanks and ümlauts"},
	} {
		text := sealed{place: at, Resource: resourceUsers, Bound: bound}.String()
		for i := range len(text) {
			if text[i] <= ' ' || text[i] > '~' {
				t.Fatalf("the cursor %q has byte %#x", text, text[i])
			}
		}
		got, err := parseCursor(text, resourceUsers, bound)
		if err != nil || got != at {
			t.Errorf("%+v became %+v, %v", at, got, err)
		}
		for cut := range len(text) {
			if _, err := parseCursor(text[:cut], resourceUsers, bound); err == nil {
				t.Errorf("cut to %d bytes, the cursor %q is accepted", cut, text)
			}
		}
	}
}

func TestForeignCursorsAreRefused(t *testing.T) {
	t.Parallel()
	r, _ := company(t, scimtest.Settings{Users: scimtest.People(40)})
	r.set("page_size", 10).set("groups", true).connect()
	own := r.sync().wantComplete().pages[0].cursor
	other, _ := company(t, scimtest.Settings{Users: scimtest.People(40)})
	foreign := other.set("page_size", 10).connect().sync().wantComplete().pages[0].cursor

	invalid := connectorv1.Class_CLASS_CONFIG_INVALID
	for name, c := range map[string]struct{ resource, cursor string }{
		"garbage":          {resourceUsers, "garbage"},
		"another version":  {resourceUsers, strings.Replace(own, cursorPrefix, "scim0.", 1)},
		"damaged":          {resourceUsers, own[:20] + "A" + own[21:]},
		"cut short":        {resourceUsers, own[:len(own)-5]},
		"another address":  {resourceUsers, foreign},
		"another resource": {resourceGroups, own},
	} {
		t.Run(name, func(t *testing.T) {
			r.syncWith(syncOf(c.resource, c.cursor)).wantRefused("CURSOR_INVALID", invalid)
			again := *r
			again.client, again.resume = serveConnector(t), map[string]string{c.resource: c.cursor}
			again.wantConnectRefused("CURSOR_INVALID", invalid)
		})
	}
	filtered := *r
	filtered.client, filtered.resume = serveConnector(t), map[string]string{resourceUsers: own}
	filtered.set("filter", "active eq true").wantConnectRefused("CURSOR_INVALID", invalid)
}

func FuzzCursor(f *testing.F) {
	bound := binding("https://example.com", "")
	f.Add(sealed{place: place{Mode: pagingIndex, Position: 3, Anchor: mark("a")}, Resource: resourceUsers, Bound: bound}.String())
	f.Add(sealed{place: place{Mode: pagingCursor, Service: "n ext"}, Resource: resourceUsers, Bound: bound}.String())
	f.Add("scim1.~")
	f.Add("scim1.e30!")
	f.Fuzz(func(t *testing.T, text string) {
		at, err := parseCursor(text, resourceUsers, bound)
		if err != nil {
			return
		}
		if !at.valid() {
			t.Fatalf("%q was read as %+v", text, at)
		}
		again, err := parseCursor(sealed{place: at, Resource: resourceUsers, Bound: bound}.String(), resourceUsers, bound)
		if err != nil || again != at {
			t.Errorf("%q was read as %+v, and again as %+v, %v", text, at, again, err)
		}
	})
}
