package oktatest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// person is what the tests read of a generated user.
type person struct {
	ID, Status, LastUpdated, StatusChanged, Created string
	Type                                            struct{ ID string }
	Profile                                         map[string]json.RawMessage
}

func (p person) text(t *testing.T, attribute string) string {
	t.Helper()
	var text string
	if raw, set := p.Profile[attribute]; set {
		if err := json.Unmarshal(raw, &text); err != nil {
			t.Fatalf("%s is %s, want a string", attribute, raw)
		}
	}
	return text
}

// everybody renders and reads a whole company.
func everybody(t *testing.T, c company) []person {
	t.Helper()
	people := make([]person, c.total())
	for i := range people {
		raw := c.appendUser(nil, i, form{})
		if err := json.Unmarshal(raw, &people[i]); err != nil {
			t.Fatalf("user %d: %v: %s", i, err, raw)
		}
	}
	return people
}

const testOrigin = "https://127.0.0.1:8443"

// companySizes include those around the places where departments and levels
// begin.
var companySizes = []int{0, 1, 2, 3, 5, 10, 11, 20, 21, 22, 33, 34, 81, 300, 1000, 10_000}

func TestCounts(t *testing.T) {
	for size, left := range map[int]int{0: 0, 1: 1, 19: 1, 20: 1, 21: 2, 100: 5, 1000: 50, 1001: 51, 1_000_000: 50_000} {
		c := newCompany(3, size, testOrigin)
		if c.listed() != size || c.total() != size+left {
			t.Errorf("%d users: got %d listed and %d deprovisioned, want %d", size, c.listed(), c.total()-c.listed(), left)
		}
	}
	for i, p := range everybody(t, newCompany(3, 1000, testOrigin)) {
		if gone := p.Status == "DEPROVISIONED"; gone != (i >= 1000) {
			t.Errorf("user %d is %s", i, p.Status)
		}
	}
}

func TestIDsAndAddressesAreUnique(t *testing.T) {
	wantID, wantEmail := regexp.MustCompile(`^00u[0-9A-Za-z]{17}$`), regexp.MustCompile(`^[a-z0-9.-]+@example\.com$`)
	seen := map[string]bool{}
	for i, p := range everybody(t, newCompany(math.MaxUint64, 20_000, testOrigin)) {
		email := p.text(t, "email")
		if !wantID.MatchString(p.ID) || !wantEmail.MatchString(email) || p.text(t, "login") != email || len(email) < 5 || len(email) > 100 {
			t.Fatalf("user %d has id %q, e-mail %q, login %q", i, p.ID, email, p.text(t, "login"))
		}
		if seen[p.ID] || seen[email] {
			t.Fatalf("user %d: id %q or e-mail %q is taken", i, p.ID, email)
		}
		seen[p.ID], seen[email] = true, true
	}
}

func TestIDsAreReadBackwards(t *testing.T) {
	for _, seed := range []uint64{0, 1, math.MaxUint64} {
		for _, n := range []uint64{0, 1, 999, MaxUsers, math.MaxUint64} {
			id := string(appendID(nil, "00u", seed, n))
			if got, ok := parseID(id, "00u", seed); !ok || got != n || len(id) != 20 {
				t.Errorf("seed %d: %q came back as %d (%t), want %d", seed, id, got, ok, n)
			}
			if _, ok := parseID(id, "00u", seed+1); ok {
				t.Errorf("seed %d: %q is taken for an id of another company", seed, id)
			}
		}
	}
}

func TestOrgTree(t *testing.T) {
	for _, size := range companySizes {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			c := newCompany(7, size, testOrigin)
			people := everybody(t, c)
			byEmail := map[string]int{}
			for i := range size { // managers are people of the plain list
				byEmail[people[i].text(t, "email")] = i
			}
			roots := 0
			for i, p := range people {
				kind := p.text(t, "userType")
				email, set := p.text(t, "managerId"), p.Profile["managerId"] != nil
				if !set {
					if kind == "Employee" || kind == "Contractor" {
						roots++
					}
					continue
				}
				boss, resolves := byEmail[email]
				if !resolves || boss >= i && i < size {
					t.Fatalf("user %d reports to %q, index %d (resolves: %t)", i, email, boss, resolves)
				}
				if people[boss].text(t, "userType") != "Employee" || people[boss].text(t, "displayName") != p.text(t, "manager") {
					t.Errorf("user %d reports to %s, named %s", i, p.text(t, "manager"), people[boss].text(t, "displayName"))
				}
				if boss != 0 && people[boss].text(t, "department") != p.text(t, "department") {
					t.Errorf("user %d of %s reports to %s", i, p.text(t, "department"), people[boss].text(t, "department"))
				}
			}
			// Smaller indices manage larger ones, so there is no cycle.
			if want := min(size, 1); roots != want {
				t.Errorf("%d people report to nobody, want %d", roots, want)
			}
		})
	}
}

func TestManagersAreStaffAtAnySize(t *testing.T) {
	for size := range 1500 {
		c := newCompany(2, size, testOrigin)
		for i := range c.total() {
			if boss, reports := c.managerOf(i); reports && (boss >= i || boss >= size || c.kindOf(boss) != employee) {
				t.Fatalf("among %d, user %d reports to %d", size, i, boss)
			}
		}
	}
}

func TestCompanyIsPlausible(t *testing.T) {
	c := newCompany(1, 10_000, testOrigin)
	count := map[string]map[string]int{}
	add := func(what, value string) {
		if count[what] == nil {
			count[what] = map[string]int{}
		}
		count[what][value]++
	}
	reports := map[string]int{}
	bytesInAll := 0
	for i, p := range everybody(t, c) {
		bytesInAll += len(c.appendUser(nil, i, form{}))
		add("status", p.Status)
		add("department", p.text(t, "department"))
		add("title", p.text(t, "title"))
		add("userType", p.text(t, "userType"))
		add("countryCode", p.text(t, "countryCode"))
		reports[p.text(t, "managerId")]++
		for name, script := range unicode.Scripts {
			if strings.ContainsFunc(p.text(t, "lastName"), func(r rune) bool { return unicode.Is(script, r) }) {
				add("script", name)
			}
		}
	}
	for what, least := range map[string]int{"status": 8, "department": 10, "title": 30, "countryCode": 15} {
		if len(count[what]) < least {
			t.Errorf("%d different values of %s, want %d: %v", len(count[what]), what, least, count[what])
		}
	}
	for _, script := range []string{"Latin", "Cyrillic", "Greek", "Arabic", "Hebrew", "Devanagari", "Thai", "Han", "Hangul"} {
		if count["script"][script] < 100 {
			t.Errorf("%d names in %s script", count["script"][script], script)
		}
	}
	if n := count["userType"]; n["Contractor"] < 500 || n["Service account"] < 50 || n[""] < 50 {
		t.Errorf("user types: %v", n)
	}
	delete(reports, "")
	for email, n := range reports {
		if n > 60 {
			t.Errorf("%s has %d reports", email, n)
		}
	}
	if average := bytesInAll / c.total(); average < 1200 || average > 1400 {
		t.Errorf("a user takes %d bytes, want 1200 to 1400 as in real orgs", average)
	}
}

// baseAttributes are the 31 of Okta's default schema.
var baseAttributes = strings.Fields(`login firstName lastName middleName honorificPrefix honorificSuffix email title displayName
	nickName profileUrl secondEmail mobilePhone primaryPhone streetAddress city state zipCode countryCode postalAddress
	preferredLanguage locale timezone userType employeeNumber costCenter organization division department managerId manager`)

func TestProfileFollowsOktasRules(t *testing.T) {
	seen := map[string]bool{}
	for i, p := range everybody(t, newCompany(5, 3000, testOrigin)) {
		for attribute, value := range p.Profile {
			seen[attribute] = true
			isBase := slices.Contains(baseAttributes, attribute)
			mayBeNull := attribute == "mobilePhone" || attribute == "secondEmail" || !isBase
			if string(value) == "null" && !mayBeNull {
				t.Errorf("user %d: unset %s must be absent, not null", i, attribute)
			}
			if isBase && string(value) != "null" && value[0] != '"' {
				t.Errorf("user %d: %s is %s, want a string", i, attribute, value)
			}
		}
		for _, attribute := range []string{"login", "email", "firstName", "lastName", "mobilePhone", "secondEmail"} {
			if _, set := p.Profile[attribute]; !set {
				t.Errorf("user %d has no %s", i, attribute)
			}
		}
		if p.StatusChanged != "" && p.StatusChanged < p.Created || p.LastUpdated < p.Created {
			t.Errorf("user %d: created %s, status changed %s, last updated %s", i, p.Created, p.StatusChanged, p.LastUpdated)
		}
	}
	for _, attribute := range baseAttributes {
		if !seen[attribute] {
			t.Errorf("nobody has a %s", attribute)
		}
		delete(seen, attribute)
	}
	for _, attribute := range []string{"badgeNumber", "remote", "workload", "skills", "floors", "note", "retired", "Department"} {
		if !seen[attribute] {
			t.Errorf("nobody has the custom attribute %s", attribute)
		}
	}
}

func TestTopLevelOfAUser(t *testing.T) {
	stamp := regexp.MustCompile(`^"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z"$`)
	c := newCompany(5, 500, testOrigin)
	nulls := map[string]int{}
	for i := range c.total() {
		var object map[string]json.RawMessage
		if err := json.Unmarshal(c.appendUser(nil, i, form{}), &object); err != nil {
			t.Fatal(err)
		}
		if len(object) != 11 {
			t.Fatalf("user %d has %d members: %v", i, len(object), object)
		}
		for _, name := range []string{"created", "activated", "statusChanged", "lastLogin", "lastUpdated", "passwordChanged"} {
			switch value := string(object[name]); {
			case value == "null":
				nulls[name]++
			case !stamp.MatchString(value):
				t.Errorf("user %d: %s is %s", i, name, value)
			}
		}
		want := `{"self":{"href":"` + testOrigin + "/api/v1/users/" + c.id(i) + `"}}`
		if got := string(object["_links"]); got != want {
			t.Errorf("user %d: links %s, want %s", i, got, want)
		}
	}
	if nulls["created"] != 0 || nulls["lastUpdated"] != 0 || nulls["activated"] == 0 || nulls["lastLogin"] == 0 || nulls["passwordChanged"] == 0 {
		t.Errorf("nulls: %v", nulls)
	}
}

func TestSameSettingsSameBytes(t *testing.T) {
	render := func(seed uint64, size int) []byte {
		c, all := newCompany(seed, size, testOrigin), []byte(nil)
		for i := range c.total() {
			all = c.appendUser(all, i, form{credentials: true, transitions: true})
		}
		return all
	}
	if !bytes.Equal(render(4, 700), render(4, 700)) {
		t.Error("the same settings give other bytes")
	}
	if bytes.Equal(render(4, 700), render(5, 700)) {
		t.Error("other seeds give the same bytes")
	}
}

// allocated is how many bytes it takes to start a tenant of so many people and
// to read a few of its pages.
func allocated(t *testing.T, users int) uint64 {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	c := signedIn(t, Settings{Users: users})
	path := "/api/v1/users"
	for range 4 {
		page := c.get(path)
		if len(page.users(t)) != 200 {
			t.Fatalf("got %v", page)
		}
		path = page.next()
	}
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func TestAMillionUsersNeedNoMoreMemoryThanAThousand(t *testing.T) {
	allocated(t, 1000) // fills the pools
	small, large := allocated(t, 1000), allocated(t, 1_000_000)
	// Buffers come and go with the garbage collector, so not to the byte; a
	// million users held would be hundreds of MiB.
	if large > 2*small+(4<<20) {
		t.Errorf("%d bytes for 1,000 users, %d for 1,000,000", small, large)
	}
}
