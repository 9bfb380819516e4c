package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"patchbay.example/plugin/scim/internal/scimapi"
	"patchbay.example/plugin/scim/scimtest"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// idsOf are the ids of people.
func idsOf(people []scimtest.Person) []string {
	ids := make([]string, len(people))
	for i, p := range people {
		ids[i] = p.ID
	}
	return ids
}

func TestEverybodyComesOnceFromALibraryServer(t *testing.T) {
	t.Parallel()
	people := scimtest.People(250)
	for _, size := range []struct{ page, limit int }{{100, 0}, {10, 0}, {1000, 7}, {2, 0}, {250, 250}} {
		t.Run(fmt.Sprintf("%d a page of at most %d", size.page, size.limit), func(t *testing.T) {
			t.Parallel()
			r, _ := company(t, scimtest.Settings{Users: people, PageLimit: size.limit})
			r.set("page_size", size.page).connect().sync().wantComplete().wantIDs(idsOf(people))
		})
	}
}

func TestPeopleComeByteForByte(t *testing.T) {
	t.Parallel()
	objects := []json.RawMessage{
		json.RawMessage("{ \"id\" : \"u1\",\n\t\"n\":12345678901234567890.50, \"zulu\":1,\"alpha\":\"\\u00e9\\/\" }"),
		json.RawMessage(`{"ID":"u2","UserName":"second@example.com"}`),
	}
	r, _ := strict(t, scimtest.StrictSettings{Users: objects})
	got := r.connect().sync().wantComplete().wantIDs([]string{"u1", "u2"})
	for i, record := range got.records() {
		if !bytes.Equal(record.GetSource(), objects[i]) {
			t.Errorf("user %d came as\n%s\nwant\n%s", i+1, record.GetSource(), objects[i])
		}
	}
	if name := got.records()[1].GetUser().GetUserName(); name != "second@example.com" {
		t.Errorf("names of attributes have no case (RFC 7643 section 2.1), and UserName was read as %q", name)
	}
}

func TestOddServersLoseNobody(t *testing.T) {
	t.Parallel()
	people := scimtest.People(95)
	users := scimtest.UserObjects(people)
	for name, settings := range map[string]scimtest.StrictSettings{
		"by the book":                    {},
		"caps count":                     {PageLimit: 3},
		"ignores count":                  {IgnoreCount: true},
		"ignores paging":                 {IgnorePaging: true},
		"counts from 0":                  {ZeroBased: true},
		"serves whole pages":             {WholePages: true},
		"whole pages, total of the page": {WholePages: true, PageTotal: true},
		"whole pages, no total":          {WholePages: true, NoTotal: true},
		"total of the page":              {PageTotal: true},
		"total of the page, capped":      {PageTotal: true, PageLimit: 5},
		"no total":                       {NoTotal: true},
		"no total, capped":               {NoTotal: true, PageLimit: 5},
		"404 past the end":               {PastEnd: http.StatusNotFound},
		"400 past the end, whole pages":  {PastEnd: http.StatusBadRequest, WholePages: true},
		"total too small":                {Total: func(n int) int { return n / 2 }},
		"sorts":                          {Sort: true},
		"refuses to sort":                {Sort: true, SortRefused: true},
		"no description":                 {Config: json.RawMessage{}},
		"a description of another kind":  {Config: json.RawMessage(`["no"]`)},
		"cursors":                        {Cursors: true},
		"cursors, capped":                {Cursors: true, PageLimit: 4},
		"cursors only, and says so":      {Cursors: true, CursorsOnly: true},
		"cursors only, no description":   {Cursors: true, CursorsOnly: true, Config: json.RawMessage{}},
		"cursors without total":          {Cursors: true, NoTotal: true},
		"long cursors":                   {Cursors: true, LongCursors: 3500},
	} {
		for _, size := range []int{2, 10, 19, 95, 100} {
			if settings.WholePages && (settings.NoTotal && size == 100 || settings.PageTotal && size == 95) {
				continue // one page that can't be told from one cut short: refused
			}
			t.Run(fmt.Sprintf("%s, %d a page", name, size), func(t *testing.T) {
				t.Parallel()
				s := settings
				s.Users = users
				r, server := strict(t, s)
				whole := r.set("page_size", size).connect().sync().wantComplete()
				if settings.ZeroBased { // the first comes last
					whole.wantEverybody(idsOf(people))
				} else {
					whole.wantIDs(idsOf(people))
				}
				if len(whole.restarts) > 0 {
					t.Errorf("the listing began again %d times", len(whole.restarts))
				}
				if pages := (95 + size - 1) / size; server.Lists() > 3*pages+8 && settings.PageLimit == 0 {
					t.Errorf("%d requests for %d pages", server.Lists(), pages)
				}
				resumesAnywhere(t, r, whole)
			})
		}
	}
}

// resumesAnywhere resumes a listing from a few of its cursors in a new process,
// which gives exactly the rest.
func resumesAnywhere(t *testing.T, r *rig, whole *run) {
	t.Helper()
	again := r.reconnect()
	read := 0
	for i, page := range whole.pages {
		read += len(page.records)
		if page.cursor == "" {
			if i != len(whole.pages)-1 {
				t.Fatalf("page %d of %d has no cursor", i+1, len(whole.pages))
			}
			break
		}
		if len(whole.pages) > 12 && i%9 != 0 && i < len(whole.pages)-3 {
			continue
		}
		again.syncFrom(page.cursor).wantComplete().wantIDs(whole.ids()[read:])
	}
}

func TestServersThatCannotBeTrustedAreRefused(t *testing.T) {
	t.Parallel()
	users := scimtest.UserObjects(scimtest.People(50))
	misbehaved := connectorv1.Class_CLASS_SERVICE_MISBEHAVED
	for name, c := range map[string]struct {
		settings scimtest.StrictSettings
		reason   string
		paging   string
	}{
		"the first page for ever":       {scimtest.StrictSettings{IgnoreIndex: true}, scimapi.ReasonListingStuck, ""},
		"a total that is never reached": {scimtest.StrictSettings{Total: func(n int) int { return n + 7 }}, scimapi.ReasonListingStuck, ""},
		"cursors that end too early":    {scimtest.StrictSettings{Cursors: true, Total: func(n int) int { return n + 1 }}, scimapi.ReasonListingIncomplete, ""},
		"no cursors, though asked to":   {scimtest.StrictSettings{}, scimapi.ReasonListingIncomplete, pagingCursor},
		"a cursor that is too long":     {scimtest.StrictSettings{Cursors: true, LongCursors: 5000}, scimapi.ReasonCursorTooLong, ""},
		"a cursor that leads back": {scimtest.StrictSettings{Cursors: true, Before: func(_ *scimtest.Strict, _ int, w http.ResponseWriter, r *http.Request) bool {
			reply(w, `{"totalResults":9,"Resources":[{"id":"u1"}],"nextCursor":%q}`, map[string]string{"": "a", "a": "b", "b": "a"}[r.URL.Query().Get("cursor")])
			return true
		}}, scimapi.ReasonListingStuck, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.settings.Users = users
			r, _ := strict(t, c.settings)
			r.set("page_size", 10)
			if c.paging != "" {
				r.set("paging", c.paging)
			}
			r.connect().sync().wantRefused(c.reason, misbehaved)
		})
	}
}

func TestWhoeverIsThereThroughoutIsSeen(t *testing.T) {
	t.Parallel()
	people := scimtest.People(60)
	users := scimtest.UserObjects(people)
	without := func(gone ...int) []json.RawMessage {
		rest := slices.Clone(users)
		for _, i := range gone {
			rest = slices.DeleteFunc(rest, func(u json.RawMessage) bool { return bytes.Contains(u, []byte(`"id":"`+people[i].ID+`"`)) })
		}
		return rest
	}
	joined := []json.RawMessage{json.RawMessage(`{"id":"a0"}`), json.RawMessage(`{"id":"a1"}`)}
	for name, c := range map[string]struct {
		at    int // the request before which it happens
		then  []json.RawMessage
		gone  []int
		whole bool // the service serves whole pages only
		again bool // the listing begins again
	}{
		"one leaves among those read":              {at: 4, then: without(3), gone: []int{3}},
		"several leave among those read":           {at: 5, then: without(3, 4, 5, 12, 13), gone: []int{3, 4, 5, 12, 13}},
		"one leaves ahead":                         {at: 3, then: without(40), gone: []int{40}},
		"the last one read leaves":                 {at: 4, then: without(18), gone: []int{18}, again: true},
		"one leaves and one joins, the total same": {at: 4, then: slices.Concat(without(3), joined[:1]), gone: []int{3}},
		"two join among those read":                {at: 4, then: slices.Concat(joined, users)},
		"one leaves before the end":                {at: 8, then: without(2), gone: []int{2}},
		"one leaves, whole pages":                  {at: 7, then: without(3), gone: []int{3}, whole: true, again: true},
		"the order turns":                          {at: 4, then: reversed(users), again: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, _ := strict(t, scimtest.StrictSettings{Users: users, WholePages: c.whole, Before: func(s *scimtest.Strict, n int, _ http.ResponseWriter, _ *http.Request) bool {
				if n == c.at {
					s.SetUsers(c.then)
				}
				return false
			}})
			// The first request is Connect's; then come pages of 10.
			got := r.set("page_size", 10).connect().sync().wantComplete()
			stayed := slices.DeleteFunc(idsOf(people), func(id string) bool {
				return slices.ContainsFunc(c.gone, func(i int) bool { return people[i].ID == id })
			})
			got.wantEverybody(stayed)
			if (len(got.restarts) > 0) != c.again {
				t.Errorf("the listing began again %d times, want that: %t", len(got.restarts), c.again)
			}
		})
	}
}

func reversed(users []json.RawMessage) []json.RawMessage {
	turned := slices.Clone(users)
	slices.Reverse(turned)
	return turned
}

func TestAListThatNeverStandsStillIsGivenUp(t *testing.T) {
	t.Parallel()
	users := scimtest.UserObjects(scimtest.People(40))
	r, _ := strict(t, scimtest.StrictSettings{Users: users, Before: func(s *scimtest.Strict, n int, _ http.ResponseWriter, _ *http.Request) bool {
		if n%2 == 0 {
			s.SetUsers(users)
		} else {
			s.SetUsers(reversed(users))
		}
		return false
	}})
	got := r.set("page_size", 10).connect().sync().wantRefused(scimapi.ReasonPlaceLostTooOften, connectorv1.Class_CLASS_CURSOR_LOST)
	if len(got.restarts) != maxRestarts || got.restarts[0].GetReason() != scimapi.ReasonPlaceLost {
		t.Errorf("it began again as %v, want %d times for %s", got.restarts, maxRestarts, scimapi.ReasonPlaceLost)
	}
}

func TestCursorsThatExpire(t *testing.T) {
	t.Parallel()
	people := scimtest.People(40)
	settings := scimtest.StrictSettings{Users: scimtest.UserObjects(people), Cursors: true}
	t.Run("once", func(t *testing.T) {
		t.Parallel()
		s := settings
		s.Before = func(s *scimtest.Strict, n int, _ http.ResponseWriter, _ *http.Request) bool {
			if n == 4 {
				s.ForgetCursors()
			}
			return false
		}
		r, _ := strict(t, s)
		got := r.set("page_size", 10).connect().sync().wantComplete().wantIDs(idsOf(people))
		if len(got.restarts) != 1 || got.restarts[0].GetReason() != scimapi.ReasonPlaceLost {
			t.Errorf("it began again as %v, want once for %s", got.restarts, scimapi.ReasonPlaceLost)
		}
	})
	t.Run("each time", func(t *testing.T) {
		t.Parallel()
		s := settings
		s.Before = func(_ *scimtest.Strict, _ int, w http.ResponseWriter, r *http.Request) bool {
			if r.URL.Query().Get("cursor") == "" {
				return false
			}
			w.WriteHeader(http.StatusBadRequest)
			reply(w, `{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"scimType":"expiredCursor","status":"400"}`)
			return true
		}
		r, _ := strict(t, s)
		r.set("page_size", 10).connect().sync().wantRefused(scimapi.ReasonPlaceLostTooOften, connectorv1.Class_CLASS_CURSOR_LOST)
	})
	t.Run("between two processes", func(t *testing.T) {
		t.Parallel()
		r, server := strict(t, settings)
		whole := r.set("page_size", 10).connect().sync().wantComplete()
		server.ForgetCursors()
		got := r.reconnect().syncFrom(whole.pages[1].cursor).wantComplete().wantIDs(idsOf(people))
		if len(got.restarts) != 1 {
			t.Errorf("it began again %d times, want once", len(got.restarts))
		}
	})
}

func TestOneHugeAnswerIsCutAndResumesWithin(t *testing.T) {
	t.Parallel()
	people := scimtest.People(5000)
	for _, settings := range []scimtest.StrictSettings{{IgnorePaging: true}, {Cursors: true, CursorsOnly: true, Before: withoutCount}} {
		settings.Users = scimtest.UserObjects(people)
		r, _ := strict(t, settings)
		whole := r.connect().sync().wantComplete().wantIDs(idsOf(people))
		if len(whole.pages) < 3 {
			t.Fatalf("%d pages, want several", len(whole.pages))
		}
		resumesAnywhere(t, r, whole)
	}
}

func TestIdsThatComeTwiceEndAndLoseNobody(t *testing.T) {
	t.Parallel()
	ids := []string{"a", "b", "c", "a"}
	for name, settings := range map[string]scimtest.StrictSettings{
		"everything at once": {Users: objects(ids...), IgnorePaging: true},
		"by the book":        {Users: objects(ids...)},
		"whole pages":        {Users: objects(ids...), WholePages: true},
		"without ids":        {Users: []json.RawMessage{[]byte("null"), []byte(`{"id":"a"}`), []byte(`{"id":"b"}`), []byte(`{"id":"c"}`), []byte("null")}, IgnorePaging: true},
	} {
		for _, size := range []int{2, 3, 4, 10} {
			r, server := strict(t, settings)
			r.set("page_size", size).connect().sync().wantComplete().wantEverybody(ids)
			if server.Lists() > 20 {
				t.Errorf("%s, %d a page: %d requests", name, size, server.Lists())
			}
		}
	}
}

func TestAPieceOfAPageThatRepeatsIdsIsGoneOnWith(t *testing.T) {
	t.Parallel()
	people := scimtest.People(3000)
	users := scimtest.UserObjects(people)
	users = append(users, users[1999]) // where the first piece ends
	for _, cursors := range []bool{false, true} {
		r, _ := strict(t, scimtest.StrictSettings{Users: users, IgnorePaging: !cursors, Cursors: cursors, CursorsOnly: cursors, Before: withoutCount})
		whole := r.connect().sync().wantComplete()
		rest := r.syncFrom(whole.pages[0].cursor).wantComplete()
		rest.wantEverybody(idsOf(people[2000:]))
	}
}

func TestTheServicesCursorsAreAskedWithOnePageSize(t *testing.T) {
	t.Parallel()
	people := scimtest.People(40)
	r, _ := strict(t, scimtest.StrictSettings{Users: scimtest.UserObjects(people), Cursors: true}) // which objects to another count
	whole := r.set("page_size", 10).connect().sync().wantComplete()
	r.set("page_size", 15).reconnect().syncFrom(whole.pages[0].cursor).wantComplete().wantIDs(idsOf(people[10:]))
}

// withoutCount makes a service ignore count.
func withoutCount(_ *scimtest.Strict, _ int, _ http.ResponseWriter, r *http.Request) bool {
	query := r.URL.Query()
	query.Del("count")
	r.URL.RawQuery = query.Encode()
	return false
}

func TestTheFilterAndExcludedAttributesAreAskedFor(t *testing.T) {
	t.Parallel()
	people := scimtest.People(50)
	r, _ := company(t, scimtest.Settings{Users: people})
	active := slices.DeleteFunc(slices.Clone(people), func(p scimtest.Person) bool { return !p.Active })
	if len(active) == len(people) {
		t.Fatal("nobody is inactive, so the test says nothing")
	}
	r.set("filter", "active eq true").set("page_size", 10).connect().sync().wantComplete().wantIDs(idsOf(active))

	other, server := strict(t, scimtest.StrictSettings{Users: scimtest.UserObjects(people), Sort: true})
	other.set("exclude_attributes", []string{" photos ", "x509Certificates"}).connect().sync().wantComplete()
	for _, query := range server.Queries()[1:] {
		if !strings.Contains(query, "excludedAttributes=photos%2Cx509Certificates") || !strings.Contains(query, "sortBy=id") {
			t.Errorf("users were asked for with %q", query)
		}
	}
}

func TestGroupsAndMemberships(t *testing.T) {
	t.Parallel()
	people := scimtest.People(60)
	var groups []scimtest.Group
	var want, ids []string
	for i := range 45 {
		g := scimtest.Group{ID: fmt.Sprintf("g/%02d", i), Name: fmt.Sprintf("Group %d", i)}
		for j := range i {
			g.Members = append(g.Members, people[j].ID)
			want = append(want, fmt.Sprintf("g%%2F%02d/%s", i, people[j].ID))
		}
		groups, ids = append(groups, g), append(ids, g.ID)
	}
	r, _ := company(t, scimtest.Settings{Users: people, Groups: groups})
	r.set("groups", true).connect()
	got := r.syncWith(syncOf(resourceGroups, "")).wantComplete().wantIDs(ids)
	if g := got.records()[3].GetGroup(); g.GetName() != "Group 3" || g.GetCreated() == nil || bytes.Contains(got.records()[3].GetSource(), []byte("members")) {
		t.Errorf("a group came as %v, %s", g, got.records()[3].GetSource())
	}
	members := r.syncWith(syncOf(resourceMemberships, "")).wantComplete().wantIDs(want)
	if source := string(members.records()[0].GetSource()); source != `{"id":"g%2F01/u00001","group":"g/01","user":"u00001"}` {
		t.Errorf("a membership came as %s", source)
	}
	read := 0
	for _, page := range members.pages[:len(members.pages)-1] {
		read += len(page.records)
		r.syncWith(syncOf(resourceMemberships, page.cursor)).wantComplete().wantIDs(want[read:])
	}
}

func TestManyMembershipsOfOneGroupComeInPieces(t *testing.T) {
	t.Parallel()
	group := scimtest.Group{ID: "g1", Name: "Everybody"}
	people := scimtest.People(4500)
	for _, p := range people {
		group.Members = append(group.Members, p.ID)
	}
	r, _ := company(t, scimtest.Settings{Users: people[:1], Groups: []scimtest.Group{group, {ID: "g2", Name: "Second", Members: []string{"u00001"}}}})
	r.set("groups", true).connect()
	whole := r.syncWith(syncOf(resourceMemberships, "")).wantComplete()
	if len(whole.ids()) != 4501 || len(whole.pages) < 3 {
		t.Fatalf("%d memberships in %d pages", len(whole.ids()), len(whole.pages))
	}
	r.syncWith(syncOf(resourceMemberships, whole.pages[0].cursor)).wantComplete().wantIDs(whole.ids()[len(whole.pages[0].records):])
}

func TestAMemberThatIsAGroupIsLeftOut(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", 400)
	r, _ := strict(t, scimtest.StrictSettings{Users: scimtest.UserObjects(scimtest.People(1)), Groups: []json.RawMessage{
		json.RawMessage(`{"id":"g1","members":[{"value":"u1"},{"value":"g2","type":"Group"},{"value":"g3","$ref":"https://example.com/v2/Groups/g3"},{"value":"u4","type":"User"},"odd",{"display":"Nobody"}]}`),
		json.RawMessage(`{"id":"g5","members":[{"value":"` + long + `"}]}`),
	}})
	got := r.set("groups", true).connect().syncWith(syncOf(resourceMemberships, "")).wantComplete()
	if ids := got.ids(); len(ids) != 3 || ids[0] != "g1/u1" || ids[1] != "g1/u4" || !strings.HasPrefix(ids[2], "sha256:") {
		t.Errorf("the memberships are %v", got.ids())
	}
}

func TestWithoutGroupsThereAreNone(t *testing.T) {
	t.Parallel()
	r, _ := company(t, scimtest.Settings{Users: scimtest.People(2)})
	resources, err := r.connect().client.ListResources(r.context(), &connectorv1.ListResourcesRequest{})
	if err != nil || len(resources.GetResources()) != 1 {
		t.Fatalf("the resources are %v, %v", resources, err)
	}
	refused := r.syncWith(syncOf(resourceGroups, "")).wantRefused("RESOURCE_UNKNOWN", connectorv1.Class_CLASS_CONFIG_INVALID)
	if fix := refused.refusal.GetFix(); !strings.Contains(fix, "switch groups on") {
		t.Errorf("the fix %q does not say how groups are read", fix)
	}

	none, _ := company(t, scimtest.Settings{Users: scimtest.People(2)})
	got := none.set("groups", true).connect().syncWith(syncOf(resourceGroups, "")).wantComplete()
	if len(got.ids()) != 0 {
		t.Errorf("there are groups: %v", got.ids())
	}
}

func TestMembersThatCannotBeReadAreQuarantined(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ object, says string }{
		"no object":  {`"u2"`, "is a JSON object"},
		"null":       {`null`, "has no id"},
		"no id":      {`{"userName":"x@example.com"}`, "has no id"},
		"an odd id":  {`{"id":{"a":1}}`, "has no id"},
		"not text":   {`{"id":"\ud800"}`, "not text"},
		"an id list": {`[{"id":"u2"}]`, "is a JSON object"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, _ := strict(t, scimtest.StrictSettings{Users: []json.RawMessage{
				json.RawMessage(`{"id":"u1"}`), json.RawMessage(c.object), json.RawMessage(`{"id":3}`),
			}})
			got := r.set("page_size", 2).connect().sync().wantComplete().wantIDs([]string{"u1", "3"})
			if len(got.quarantined) != 1 || !strings.Contains(got.quarantined[0].GetMessage(), c.says) || got.quarantined[0].GetReason() != "RECORD_UNREADABLE" {
				t.Errorf("in quarantine: %v; want one that says %q", got.quarantined, c.says)
			}
		})
	}
}

func TestPagesAreNoLargerThanTheServiceSays(t *testing.T) {
	t.Parallel()
	people := scimtest.People(40)
	for name, config := range map[string]string{
		"maxResults":  `{"filter":{"supported":true,"maxResults":7}}`,
		"maxPageSize": `{"filter":{"supported":true},"pagination":{"cursor":true,"index":true,"maxPageSize":7}}`,
	} {
		r, server := strict(t, scimtest.StrictSettings{Users: scimtest.UserObjects(people), Cursors: true, Config: json.RawMessage(config)})
		r.connect().sync().wantComplete().wantIDs(idsOf(people))
		for _, query := range server.Queries()[1:] {
			if !strings.Contains(query, "count=7") {
				t.Errorf("%s: users were asked for with %q", name, query)
			}
		}
	}
}

// objects are users with these ids alone.
func objects(ids ...string) []json.RawMessage {
	list := make([]json.RawMessage, len(ids))
	for i, id := range ids {
		list[i] = json.RawMessage(`{"id":"` + id + `"}`)
	}
	return list
}

func TestWhoeverMovesForwardIsSeen(t *testing.T) {
	t.Parallel()
	everybody := []string{"a", "b", "c", "d", "e", "f"}
	for name, then := range map[string][]string{
		"to just before the anchor":    {"a", "b", "e", "c", "d", "f"},
		"to the beginning":             {"f", "a", "b", "c", "d", "e"},
		"two of them":                  {"e", "f", "a", "b", "c", "d"},
		"the next one, to the front":   {"d", "a", "b", "c", "e", "f"},
		"all that is behind, and back": {"f", "e", "d", "a", "b", "c"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, _ := strict(t, scimtest.StrictSettings{Users: objects(everybody...), Before: func(s *scimtest.Strict, n int, _ http.ResponseWriter, _ *http.Request) bool {
				if n == 3 { // after Connect's and the first page
					s.SetUsers(objects(then...))
				}
				return false
			}})
			r.set("page_size", 3).connect().sync().wantComplete().wantEverybody(everybody)
		})
	}
}

func TestARefusalInTheMiddleIsNotTheEnd(t *testing.T) {
	t.Parallel()
	people := scimtest.People(60)
	for _, status := range []int{http.StatusNotFound, http.StatusBadRequest} {
		for at := 3; at < 12; at++ {
			r, _ := strict(t, scimtest.StrictSettings{
				Users: scimtest.UserObjects(people), WholePages: true, NoTotal: true,
				Before: func(_ *scimtest.Strict, n int, w http.ResponseWriter, _ *http.Request) bool {
					if n == at {
						w.WriteHeader(status)
					}
					return n == at
				},
			})
			got := r.set("page_size", 10).connect().sync()
			if got.completed != nil {
				got.wantEverybody(idsOf(people))
			}
		}
	}
}

func TestAListGoesOnInTheOrderInWhichItBegan(t *testing.T) {
	t.Parallel()
	sorted, natural := []string{"u1", "u2", "u3", "u4"}, []string{"u3", "u2", "u1", "u4"}
	var unsortable atomic.Bool
	r, _ := strict(t, scimtest.StrictSettings{Sort: true, Before: func(s *scimtest.Strict, _ int, w http.ResponseWriter, r *http.Request) bool {
		wanted := r.URL.Query().Has("sortBy")
		switch {
		case wanted && unsortable.Load():
			answer(400, `{"detail":"No order for you."}`)(w, r)
			return true
		case wanted:
			s.SetUsers(objects(sorted...))
		default:
			s.SetUsers(objects(natural...))
		}
		return false
	}})
	whole := r.set("page_size", 2).connect().sync().wantComplete().wantIDs(sorted)
	unsortable.Store(true)
	again := r.reconnect()
	for _, page := range whole.pages[:len(whole.pages)-1] {
		got := again.syncFrom(page.cursor).wantComplete().wantIDs(natural)
		if len(got.restarts) != 1 {
			t.Errorf("it began again %d times, want once", len(got.restarts))
		}
	}
}

func TestOneWhoLeavesDoesNotMakeACappedListBeginAgain(t *testing.T) {
	t.Parallel()
	people := scimtest.People(200)
	users := scimtest.UserObjects(people)
	gone := 0
	r, _ := strict(t, scimtest.StrictSettings{Users: users, PageLimit: 10, Before: func(s *scimtest.Strict, n int, _ http.ResponseWriter, _ *http.Request) bool {
		if n%8 == 0 && gone < 4 {
			gone++
			s.SetUsers(users[gone:])
		}
		return false
	}})
	got := r.set("page_size", 100).connect().sync().wantComplete().wantEverybody(idsOf(people[4:]))
	if len(got.restarts) > 0 {
		t.Errorf("it began again %d times", len(got.restarts))
	}
}
