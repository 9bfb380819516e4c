package api

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"patchbay.example/internal/people"
	"patchbay.example/internal/service"
	"patchbay.example/internal/store"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// canary is in all that must not be shown of the company's people.
const canary = "CANARY-8f14e45f"

// company is a [people.Store] of a small company in memory: one run brought
// everybody, and another one moved, joined and left.
type company struct {
	people []store.Person
	runs   []store.Run
	moved  map[int64][]store.Change

	mu       sync.Mutex
	view     store.PeopleView
	settings []byte
}

var _ people.Store = (*company)(nil)

// aCompany has 60 people: person 1 leads 2 to 9, and each of those some of the
// others. Person 60 is hidden.
func aCompany() *company {
	c := &company{view: store.PeopleView{Connection: 1, Name: "workforce", Generation: 7, Complete: aTime, Revision: 1}}
	c.settings = []byte(`{"attributes":null,"hidden":["60"]}`)
	for n := 1; n <= 60; n++ {
		c.people = append(c.people, member(n, "Engineer"))
	}
	slices.SortFunc(c.people, func(a, b store.Person) int { return cmp.Compare(a.ID, b.ID) })
	before, after, gone := member(20, "Apprentice").Version, member(20, "Engineer").Version, member(61, "Engineer").Version
	hidden := member(60, "Engineer").Version
	c.runs = []store.Run{{ID: 7, ConnectionID: 1, Finished: aTime}, {ID: 6, ConnectionID: 1, Finished: aTime.Add(-time.Hour)}}
	c.moved = map[int64][]store.Change{7: {
		{Run: 7, ID: "20", Kind: store.Changed, Before: &before, After: &after},
		{Run: 7, ID: "60", Kind: store.Joined, After: &hidden},
		{Run: 7, ID: "61", Kind: store.Left, Before: &gone},
	}}
	return c
}

// names are made of syllables, so that each is its person's own.
func memberName(n int) (given, family string) {
	syllables := []string{"ka", "lo", "mi", "ne", "ru", "sa", "to", "vi"}
	return "Anna" + syllables[n%8] + syllables[n/8], "Berg" + syllables[n/8] + syllables[n%8]
}

func member(n int, title string) store.Person {
	given, family := memberName(n)
	id, boss := fmt.Sprint(n), (n+6)/8
	if n == 60 {
		given = canary
	}
	email := fmt.Sprintf("%d@example.com", n)
	if n == 60 {
		email = canary + "@example.com"
	}
	user := connectorv1.User_builder{
		UserName: email, DisplayName: given + " " + family, Title: title, Department: []string{"Sales", "Finance", "R&D"}[n%3], Status: "ACTIVE",
		Name:         connectorv1.Name_builder{Given: given, Family: family}.Build(),
		Emails:       []*connectorv1.Email{connectorv1.Email_builder{Value: email, Type: "work", Primary: true}.Build(), connectorv1.Email_builder{Value: canary + "@home.example.com", Type: "home"}.Build()},
		PhoneNumbers: []*connectorv1.PhoneNumber{connectorv1.PhoneNumber_builder{Value: canary, Type: "mobile"}.Build()},
		Address:      connectorv1.Address_builder{StreetAddress: canary, Locality: "Springfield"}.Build(), EmployeeNumber: canary + id,
	}
	switch {
	case n == 1: // nobody
	case n == 30:
		user.Managers = []*connectorv1.ManagerReference{connectorv1.ManagerReference_builder{Attribute: "managerId", Value: "n/a"}.Build()}
	default:
		user.Managers = []*connectorv1.ManagerReference{connectorv1.ManagerReference_builder{Attribute: "managerId", Value: fmt.Sprintf("%d@example.com", boss)}.Build()}
	}
	view, _ := proto.Marshal(user.Build()) // plain texts
	return store.Person{ID: id, Version: store.Version{
		UserName: email, Name: given + " " + family, Email: email, Title: title, Department: user.Department, Status: "ACTIVE", Access: true,
		View: view, Source: []byte(`{"id":"` + id + `","profile":{"birthday":"` + canary + `","badgeNumber":"` + canary + `"}}`),
	}}
}

func (c *company) PeopleView(context.Context) (store.PeopleView, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.view, nil
}

func (c *company) PeopleSettings(context.Context) ([]byte, int64, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.settings, c.view.Revision, nil
}

func (c *company) SetPeopleSettings(_ context.Context, body []byte, from int64) (int64, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if from != c.view.Revision {
		return 0, store.ErrMoved
	}
	c.settings = body
	c.view.Revision++
	return c.view.Revision, nil
}

func (c *company) People(_ context.Context, q store.PeopleQuery) ([]store.Person, error) {
	from, _ := slices.BinarySearchFunc(c.people, q.After, func(p store.Person, id string) int { return cmp.Compare(p.ID, id) })
	rest := slices.DeleteFunc(slices.Clone(c.people[from:]), func(p store.Person) bool { return p.ID == q.After })
	return rest[:min(len(rest), q.Limit)], nil
}

func (c *company) Departed(context.Context, int64, string, int) ([]store.Person, error) {
	return nil, nil
}

func (c *company) History(_ context.Context, _ int64, id string, _ int) ([]store.Change, error) {
	return slices.DeleteFunc(slices.Clone(c.moved[7]), func(m store.Change) bool { return m.ID != id }), nil
}

func (c *company) Promotions(context.Context, int64, time.Time, int) ([]store.Run, error) {
	return c.runs, nil
}

func (c *company) Changes(_ context.Context, run int64, after string, _ int) ([]store.Change, error) {
	if after != "" {
		return nil, nil
	}
	return c.moved[run], nil
}

func (c *company) Connection(context.Context, string) (store.Connection, error) {
	return store.Connection{ID: 1, Name: "workforce", Generation: 7}, nil
}

// viewOf is the API over a company's directory.
func viewOf(t testing.TB, c *company) http.Handler {
	t.Helper()
	directory := &people.Directory{Store: c, Now: func() time.Time { return aTime.Add(time.Hour) }}
	t.Cleanup(directory.Close)
	return WithDirectory(overDirectory{&scripted{}, directory}, directory, "0.0.0")
}

// overDirectory gives a directory's settings where the rest is scripted.
type overDirectory struct {
	service.Operations
	directory *people.Directory
}

func (o overDirectory) PreviewPeople(ctx context.Context, name string) (people.Preview, error) {
	return o.directory.Preview(ctx, name)
}

func (o overDirectory) PeopleSettings(ctx context.Context) (people.Settings, error) {
	return o.directory.Settings(ctx)
}

func (o overDirectory) SetPeopleSettings(ctx context.Context, s people.Settings) (people.Settings, error) {
	return o.directory.SetSettings(ctx, s)
}

// word is a name as a query has it.
func word(n int) string {
	given, family := memberName(n)
	return strings.ToLower(given) + "+" + strings.ToLower(family)
}
