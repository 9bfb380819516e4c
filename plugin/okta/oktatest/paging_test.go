package oktatest

import (
	"bytes"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestLinksComeAsTwoLines(t *testing.T) {
	c := signedIn(t, Settings{Users: 3})
	got := c.get("/api/v1/users?limit=2&unknown=1")
	links := got.header.Values("Link")
	if len(links) != 2 {
		t.Fatalf("got links %q, want two lines", links)
	}
	if want := "<" + c.tenant.URL() + `/api/v1/users?limit=2>; rel="self"`; links[0] != want {
		t.Errorf("self is %s, want %s", links[0], want)
	}
	next, err := url.Parse(got.next())
	if err != nil || next.Query().Get("after") == "" || next.Query().Get("limit") != "2" {
		t.Errorf("next is %q (error %v)", got.next(), err)
	}
	last := c.get(got.next())
	if links := last.header.Values("Link"); len(links) != 1 || !strings.HasSuffix(links[0], `rel="self"`) {
		t.Errorf("last page has links %q, want self only", links)
	}
}

func TestFullLastPageHasNoNext(t *testing.T) {
	c := signedIn(t, Settings{Users: 4})
	if got := c.get("/api/v1/users?limit=4"); len(got.users(t)) != 4 || got.next() != "" {
		t.Errorf("got %d users and next %q", len(got.users(t)), got.next())
	}
}

func TestLimit(t *testing.T) {
	c := signedIn(t, Settings{Users: 300})
	for given, want := range map[string]int{"": 200, "?limit=7": 7, "?limit=200": 200, "?limit=201": 200, "?limit=99999": 200} {
		got := c.get("/api/v1/users" + given)
		self := got.header.Values("Link")[0]
		if len(got.users(t)) != want || !strings.Contains(self, "limit="+strconv.Itoa(want)+">") {
			t.Errorf("%q: got %d users and self %s, want %d", given, len(got.users(t)), self, want)
		}
	}
	for _, given := range []string{"0", "-1", "many", "1.5", ""} {
		if got := c.get("/api/v1/users?limit=" + given); got.status != http.StatusBadRequest || got.errorCode() != "E0000001" {
			t.Errorf("limit=%s: got %v, want 400 E0000001", given, got)
		}
	}
}

func TestForeignCursorsAreRefused(t *testing.T) {
	c := signedIn(t, Settings{Users: 100})
	after := func(address string) string {
		parsed, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		return parsed.Query().Get("after")
	}
	plain := after(c.get("/api/v1/users?limit=2").next())
	other := signedIn(t, Settings{Users: 100, Seed: 1})
	flipped := []byte(plain)
	flipped[3] ^= 1
	for name, path := range map[string]string{
		"made up":           "/api/v1/users?after=" + c.tenant.people.id(3),
		"empty":             "/api/v1/users?after=",
		"changed":           "/api/v1/users?after=" + url.QueryEscape(string(flipped)),
		"of another tenant": "/api/v1/users?after=" + after(other.get("/api/v1/users?limit=2").next()),
		"of another list":   "/api/v1/groups?after=" + plain,
		"of another filter": "/api/v1/users?filter=" + url.QueryEscape(`status eq "ACTIVE"`) + "&after=" + plain,
		"of a plain list":   deprovisionedList + "&after=" + plain,
	} {
		got := c.get(path)
		if got.status != http.StatusBadRequest || got.errorCode() != "E0000031" || !strings.Contains(string(got.body), "Invalid cursor.") {
			t.Errorf("cursor %s: got %v, want 400 E0000031", name, got)
		}
	}
	if got := c.get("/api/v1/users?limit=5&after=" + plain); len(got.users(t)) != 5 {
		t.Errorf("a cursor with another limit: got %v", got)
	}
}

// blockedDirectory renders users only once it may.
type blockedDirectory struct {
	directory
	may <-chan struct{}
}

func (d blockedDirectory) appendUser(dst []byte, i int, f form) []byte {
	<-d.may
	return d.directory.appendUser(dst, i, f)
}

func TestHeadersLeaveBeforeTheBodyIsRendered(t *testing.T) {
	c := signedIn(t, Settings{Users: 3})
	may := make(chan struct{})
	c.tenant.people = blockedDirectory{c.tenant.people, may}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.tenant.URL()+"/api/v1/users?limit=2", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+c.token)
	response, err := c.http.Do(request) // would hang if headers waited for the body
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if len(response.Header.Values("Link")) != 2 {
		t.Errorf("links are %q", response.Header.Values("Link"))
	}
	close(may)
}

func TestGzip(t *testing.T) {
	c := signedIn(t, Settings{Users: 10, Prerender: true})
	for _, path := range []string{"/api/v1/users", "/api/v1/users?limit=10"} {
		for accept, want := range map[string]string{"gzip": "gzip", "br, gzip;q=0.5": "gzip", "identity": "", "gzip;q=0": ""} {
			got := c.getWith(path, map[string]string{"Accept-Encoding": accept})
			if encoding := got.header.Get("Content-Encoding"); encoding != want {
				t.Errorf("Accept-Encoding %q: got Content-Encoding %q, want %q", accept, encoding, want)
			}
			if isGzip := bytes.HasPrefix(got.body, []byte{0x1f, 0x8b}); isGzip != (want == "gzip") {
				t.Errorf("Accept-Encoding %q: body begins %q", accept, got.body[:2])
			}
		}
	}
}

func TestFilters(t *testing.T) {
	c := signedIn(t, Settings{Users: 300})
	people := c.tenant.people
	count := func(keep func(i int) bool) (ids []string) {
		for i := range people.total() {
			if keep(i) {
				ids = append(ids, people.id(i))
			}
		}
		return ids
	}
	middle := people.lastUpdated(150)
	for expression, want := range map[string][]string{
		`status eq "DEPROVISIONED"`:             count(func(i int) bool { return people.status(i) == statusDeprovisioned }),
		`status eq "STAGED"`:                    count(func(i int) bool { return people.status(i) == "STAGED" }),
		`id eq "` + people.id(310) + `"`:        {people.id(310)},
		`lastUpdated ge "` + middle + `"`:       count(func(i int) bool { return people.lastUpdated(i) >= middle }),
		`lastUpdated le "` + middle + `"`:       count(func(i int) bool { return people.lastUpdated(i) <= middle }),
		`lastUpdated eq "` + middle + `"`:       count(func(i int) bool { return people.lastUpdated(i) == middle }),
		`lastUpdated gt "` + middle + `"`:       count(func(i int) bool { return people.lastUpdated(i) > middle }),
		`lastUpdated lt "` + middle + `"`:       count(func(i int) bool { return people.lastUpdated(i) < middle }),
		`lastUpdated gt "2999-01-01T00:00:00Z"`: nil,
	} {
		var got []string
		for _, user := range c.walk("/api/v1/users?limit=40&filter=" + url.QueryEscape(expression)) {
			got = append(got, readCustom(user).id)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %d users, want %d", expression, len(got), len(want))
		}
	}
	for _, expression := range []string{`status ne "ACTIVE"`, `profile.login eq "x"`, `status eq ACTIVE`, `lastUpdated gt "then"`, `status eq "A" or status eq "B"`, `x`} {
		if got := c.get("/api/v1/users?filter=" + url.QueryEscape(expression)); got.status != http.StatusBadRequest || got.errorCode() != "E0000031" {
			t.Errorf("%s: got %v, want 400 E0000031", expression, got)
		}
	}
	if got := c.get("/api/v1/users?search=x"); got.errorCode() != "E0000031" {
		t.Errorf("search: got %v, want 400 E0000031", got)
	}
}
