package webtest

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"patchbay.example/internal/people"
	"patchbay.example/internal/service"
	"patchbay.example/internal/store"
	"patchbay.example/internal/store/sqlite"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// HRIS is what a company's connection is called.
const HRIS = "workforce"

// Company is an installation in a store of its own: one connection, which lists
// the people of a company that does not exist, and the People view over it.
type Company struct {
	*service.Service
	Store *sqlite.Store
	id    int64
}

// NewCompany makes a company that was never synced and is not marked as the
// HRIS; now is its clock.
func NewCompany(t testing.TB, now func() time.Time) *Company {
	t.Helper()
	s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "company.db"), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	c := &Company{Store: s}
	begun := now().Add(-30 * 24 * time.Hour)
	c.id, err = s.AddConnection(t.Context(), store.Connection{
		Name: HRIS, Connector: "okta", Resource: "users", Config: []byte(`{"domain":"https://example.com"}`),
		Interval: 6 * time.Hour, ShrinkPercent: 20, Deadline: time.Hour, Created: begun, Updated: begun,
	})
	if err != nil {
		t.Fatal(err)
	}
	c.Service = service.New(service.Config{Store: s, People: &people.Directory{Store: s, Now: now}, Now: now})
	return c
}

// SampleCompany is a company that was synced twice, so that there are joiners,
// movers and leavers, and is the HRIS.
func SampleCompany(t testing.TB, now func() time.Time) *Company {
	t.Helper()
	c := NewCompany(t, now)
	c.Sync(t, now().Add(-3*24*time.Hour), SampleMembers(false)...)
	c.Sync(t, now().Add(-2*time.Hour), SampleMembers(true)...)
	c.Mark(t, true)
	return c
}

// Directory is the People view's.
func (c *Company) Directory() *people.Directory { return c.Config.People }

// Mark sets or takes the HRIS mark.
func (c *Company) Mark(t testing.TB, on bool) {
	t.Helper()
	if _, _, err := c.Change(t.Context(), HRIS, service.Change{HRIS: &on}); err != nil {
		t.Fatal(err)
	}
}

// Set changes the settings of the People view.
func (c *Company) Set(t testing.TB, change func(*people.Settings)) {
	t.Helper()
	s, err := c.PeopleSettings(t.Context())
	if err == nil {
		change(&s)
		_, err = c.SetPeopleSettings(t.Context(), s)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// runLease is how long the runs of a company are owned.
const runLease = time.Minute

// Sync makes members the directory, by a run that is complete at the given time.
func (c *Company) Sync(t testing.TB, at time.Time, members ...Member) {
	t.Helper()
	f := c.Begin(t, at)
	page := store.StagedPage{LeaseUntil: at.Add(runLease)}
	for _, m := range members {
		page.Records = append(page.Records, m.record())
	}
	err := c.Store.StagePage(t.Context(), f, page)
	if err == nil {
		_, err = c.Store.Promote(t.Context(), f, at)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Begin begins a run that goes on until somebody ends it.
func (c *Company) Begin(t testing.TB, at time.Time) store.Fence {
	t.Helper()
	run, err := c.Store.BeginRun(context.WithoutCancel(t.Context()), store.Begin{
		ConnectionID: c.id, Trigger: string(store.WhyManual), ConfigHash: []byte("config"), ConnectorVersion: "1.0.0", Now: at, LeaseUntil: at.Add(runLease),
	})
	if err != nil {
		t.Fatal(err)
	}
	return store.Fence{Run: run.ID, Epoch: run.Epoch}
}

// Member is somebody as a service lists them.
type Member struct {
	ID, Given, Family, Display string
	Title, Department, Type    string
	City, Country, Zone        string
	Number                     string
	// ManagerID and Manager are references to the manager, as written.
	ManagerID, Manager string
	// Gone says that the account is deprovisioned, Suspended that it is
	// suspended.
	Gone, Suspended bool
	// Street, Mobile and Custom are what is not shown by default.
	Street, Mobile string
	Custom         map[string]string
	// Source replaces the source unless it is nil.
	Source []byte
}

// name is what the member is called.
func (m Member) name() string {
	return cmp.Or(m.Display, strings.TrimSpace(m.Given+" "+m.Family), m.ID)
}

func (m Member) status() (string, connectorv1.UserStatus) {
	switch {
	case m.Gone:
		return "DEPROVISIONED", connectorv1.UserStatus_USER_STATUS_DEPROVISIONED
	case m.Suspended:
		return "SUSPENDED", connectorv1.UserStatus_USER_STATUS_SUSPENDED
	default:
		return "ACTIVE", connectorv1.UserStatus_USER_STATUS_ACTIVE
	}
}

func (m Member) record() store.StagedRecord {
	status, kind := m.status()
	login := strings.ToValidUTF8(m.ID, "?") + "@example.com"
	user := connectorv1.User_builder{
		UserName: login, DisplayName: m.name(), Name: connectorv1.Name_builder{Given: m.Given, Family: m.Family}.Build(),
		Emails: []*connectorv1.Email{connectorv1.Email_builder{Value: login, Type: "work", Primary: true}.Build()},
		Title:  m.Title, Department: m.Department, UserType: m.Type, EmployeeNumber: m.Number, TimeZone: m.Zone, Status: status, StatusKind: kind,
		Address: connectorv1.Address_builder{StreetAddress: m.Street, Locality: m.City, Country: m.Country}.Build(),
	}
	if m.Mobile != "" {
		user.PhoneNumbers = []*connectorv1.PhoneNumber{connectorv1.PhoneNumber_builder{Value: m.Mobile, Type: "mobile"}.Build()}
	}
	for _, reference := range []struct{ attribute, value string }{{"managerId", m.ManagerID}, {"manager", m.Manager}} {
		if reference.value != "" {
			user.Managers = append(user.Managers, connectorv1.ManagerReference_builder{Attribute: reference.attribute, Value: reference.value}.Build())
		}
	}
	view, err := proto.MarshalOptions{Deterministic: true}.Marshal(user.Build())
	if err != nil {
		panic(err) // the members are made here
	}
	source := m.Source
	if source == nil {
		profile := map[string]any{"displayName": m.name(), "managerId": m.ManagerID, "manager": m.Manager}
		for name, value := range m.Custom {
			profile[name] = value
		}
		source, _ = json.Marshal(map[string]any{"id": m.ID, "status": status, "profile": profile})
	}
	sum := sha256.Sum256(append(view, source...))
	hash := sum[:store.HashBytes]
	return store.StagedRecord{ID: m.ID, SourceHash: hash, Version: func() store.Version {
		return store.Version{
			Visible: hash, UserName: login, Name: m.name(), Email: login, Title: m.Title, Department: m.Department,
			Status: status, Access: !m.Gone, View: view, Source: source,
		}
	}}
}

// Canaries are values of the sample that nobody may see: of attributes that are
// not allowed, and of the hidden person, whose id is [HiddenID].
var Canaries = []string{"canary-street", "canary-mobile", "canary-birthday", "canary-salary"}

// HiddenID is a member who is to be hidden in tests, and HiddenName their name.
const (
	HiddenID   = "00uhidden"
	HiddenName = "Canaryhidden Example"
)

// sampleFamilies and sampleGivens are words for "example" and "sample": nobody
// is called so.
var (
	sampleGivens   = []string{"Zoë", "Sample", "Próba", "Muster", "Образец", "Δείγμα", "Échantillon", "Örneği", "Voorbeeld", "Mẫu"}
	sampleFamilies = []string{"Example", "Przykładowska", "Beispiel", "Esempio", "Примерова", "Παραδείγματος", "Dæmi", "Näidis"}
	otherNames     = []string{"例 太郎", "مثال شخص", "예시", "דוגמה", "示例"}
)

// SampleMembers are a company of about ninety: a head, five departments, and
// directories' usual faults. later are they three days after: with somebody who
// joined, one who left and some who moved.
func SampleMembers(later bool) []Member {
	places := []struct{ city, country, zone string }{
		{"Kraków", "Poland", "Europe/Warsaw"},
		{"Lagos", "Nigeria", "Africa/Lagos"},
		{"Chicago", "United States", "America/Chicago"},
		{"Bengaluru", "India", "Asia/Kolkata"},
		{"Porto", "Portugal", "Europe/Lisbon"},
		{"Ōsaka", "Japan", ""},
	}
	departments := []string{"Engineering", "Finance", "Road Transport", "Depots South", "Customer Service"}
	titles := []string{"Engineer", "Accountant", "Route planner", "Shift lead", "Agent"}
	all := []Member{{ID: "00uhead", Given: "Amálie", Family: "Example", Title: "Chief Executive Officer", Number: "E100", City: "Kraków", Country: "Poland", Zone: "Europe/Warsaw", Type: "Employee"}}
	for i, d := range departments {
		all = append(all, Member{
			ID: fmt.Sprintf("00ulead%d", i), Given: sampleGivens[i], Family: "Leaderová", Title: "Head of " + d, Department: d, Number: fmt.Sprintf("E20%d", i),
			ManagerID: "E100", City: places[i].city, Country: places[i].country, Zone: places[i].zone, Type: "Employee",
		})
	}
	for i := range 75 {
		d, p := i%len(departments), places[i%len(places)]
		m := Member{
			ID: fmt.Sprintf("00u%05d", i), Given: sampleGivens[i%len(sampleGivens)], Family: sampleFamilies[i/len(sampleGivens)],
			Title: titles[d], Department: departments[d], Number: fmt.Sprintf("E3%02d", i), ManagerID: fmt.Sprintf("E20%d", d),
			City: p.city, Country: p.country, Zone: p.zone, Type: "Employee",
			Street: fmt.Sprintf("canary-street %d", i), Mobile: fmt.Sprintf("canary-mobile %d", i),
			Custom: map[string]string{"birthDate": fmt.Sprintf("canary-birthday %d", i), "salaryBand": fmt.Sprintf("canary-salary %d", i), "badgeColor": []string{"red", "blue"}[i%2]},
		}
		switch {
		case i%9 == 4:
			m.Type = "Contractor"
		case i%17 == 3:
			m.Display, m.Given, m.Family = otherNames[(i/17)%len(otherNames)], "", ""
		}
		all = append(all, m)
	}
	all = append(all, faults()...)
	if later {
		return moved(all)
	}
	return all
}

// faults are members of whom something is wrong.
func faults() []Member {
	one := func(id, family, managerID, manager string) Member {
		return Member{ID: "00u" + id, Given: "Faulty", Family: family, Title: "Agent", Department: "Customer Service", Number: "E4" + id, ManagerID: managerID, Manager: manager, City: "Porto", Country: "Portugal", Type: "Employee"}
	}
	twin := one("twin1", "Namesake", "E204", "")
	twin2 := one("twin2", "Namesake", "E201", "")
	twin2.Department, twin2.Title = "Finance", "Accountant"
	gone := one("gone", "Formerlead", "E204", "")
	gone.Gone = true
	odd := one("odd", "Spelling", "E204", "")
	odd.Department = "Customer-Service"
	hidden := Member{ID: HiddenID, Display: HiddenName, Title: "Agent", Department: "Customer Service", Number: "E4hidden", ManagerID: "E204", Type: "Employee"}
	return []Member{
		twin, twin2, gone, odd, hidden, one("blank", "Blank", "", ""), one("nobody", "Notfound", "E999", ""), one("ambiguous", "Ambiguous", "", "Faulty Namesake"),
		one("self", "Self", "E4self", ""), one("ring1", "Ringone", "E4ring2", ""), one("ring2", "Ringtwo", "E4ring1", ""), one("tbd", "Placeholder", "", "TBD"),
		one("orphan", "Orphan", "E4gone", ""), one("under", "Underhidden", "E4hidden", ""), one("conflict", "Conflict", "E201", "Faulty Blank"),
		{ID: "00ukiosk", Display: "depot7-kiosk", Type: "Kiosk"},
	}
}

// moved is the company three days later.
func moved(all []Member) []Member {
	var out []Member
	for i, m := range all {
		switch m.ID {
		case "00u00007": // left
			continue
		case "00u00011":
			m.Title = "Staff engineer"
		case "00u00012":
			m.Department, m.ManagerID = "Finance", "E201"
		case "00u00013":
			m.Custom = map[string]string{"salaryBand": "canary-salary raised"}
		}
		out = append(out, m)
		if i == 3 {
			out = append(out, Member{ID: "00ujoined", Given: "Newly", Family: "Joined", Title: "Agent", Department: "Customer Service", Number: "E500", ManagerID: "E204", City: "Porto", Country: "Portugal", Zone: "Europe/Lisbon", Type: "Employee"})
		}
	}
	return out
}

// HostileMembers are members of whom every text is meant to break something.
func HostileMembers() []Member {
	texts := []string{
		`<script>alert("canary")</script><img src=x onerror=alert(1)>"' onload="x`,
		"\u202Egnp.exe\u202C Override", "=cmd|' /C calc'!A0", "a\x00b", strings.Repeat("long ", 2000), strings.Repeat("x", 10_000),
		"👩🏽‍🚀 🏳️‍🌈", "../../etc/passwd", `{{.}} ${7*7} <%= 7 %>`, "javascript:alert(1)", "\r\nSet-Cookie: a=b",
	}
	var all []Member
	for i, text := range texts {
		all = append(all, Member{
			ID: fmt.Sprintf("00u%d/%s", i, short(text)), Given: text, Family: text, Title: text, Department: text, Type: text, City: text, Country: text, Zone: text,
			Number: text, ManagerID: text, Manager: text, Street: text, Custom: map[string]string{"badge" + short(text): text},
		})
	}
	all = append(all,
		Member{ID: ".", Given: "Dot", Family: "Example"}, Member{ID: "chart", Given: "Reserved", Family: "Example"},
		Member{ID: "00ubroken", Given: "Broken", Family: "Example", Source: []byte("{\"profile\":{\"note\":\"\xff\xfe\",\"deep\":{\"a\":{\"b\":{\"c\":{\"d\":1}}}}}")})
	return all
}

// short is a part of a text that an id can hold.
func short(text string) string {
	text = strings.ReplaceAll(text, "\x00", "")
	if runes := []rune(text); len(runes) > 40 {
		return string(runes[:40])
	}
	return text
}
