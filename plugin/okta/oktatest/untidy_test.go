package oktatest

import (
	"fmt"
	"strings"
	"testing"
)

func untidy(seed uint64, users int) company {
	c := newCompany(seed, users, testOrigin)
	c.untidy = true
	return c
}

// named is whom a value can mean among people, by any attribute: brute force, as
// a careful reader would look.
type named map[string]map[int]bool

func (n named) add(text string, i int) {
	if text == "" {
		return
	}
	if n[text] == nil {
		n[text] = map[int]bool{}
	}
	n[text][i] = true
}

func namesOf(t *testing.T, people []person) named {
	n := named{}
	for i, p := range people {
		email := strings.ToLower(p.text(t, "email"))
		local, _, _ := strings.Cut(email, "@")
		given, family := p.text(t, "firstName"), p.text(t, "lastName")
		n.add(p.ID, i)
		n.add(email, i)
		n.add(local, i)
		n.add(p.text(t, "employeeNumber"), i)
		n.add(strings.TrimLeft(p.text(t, "employeeNumber"), "0"), i)
		n.add(given+" "+family, i)
		n.add(family+", "+given, i)
		n.add(p.text(t, "distinguishedName"), i)
	}
	return n
}

// mean is whom a value means, and by whatever case it is written.
func (n named) mean(value string) map[int]bool {
	if who := n[value]; who != nil {
		return who
	}
	return n[strings.ToLower(value)]
}

// The truth of every record is what the record says.
func TestTruthIsWhatTheRecordsSay(t *testing.T) {
	seen := map[Blemish]int{}
	for seed := range uint64(3) {
		c := untidy(seed, 3000)
		people := everybody(t, c)
		names := namesOf(t, people)
		for i, p := range people {
			truth := c.truth(i)
			if original := people[truth.Original]; truth.Original != i && (p.text(t, "login") == original.text(t, "login") || !alike(t, p, original, "email", "displayName", "employeeNumber", "title", "department")) {
				t.Errorf("seed %d, user %d is no second account of %d", seed, i, truth.Original)
			}
			seen[truth.Blemish]++
			id, dn := p.text(t, "managerId"), p.text(t, "managerDn")
			value := id
			if value == "" {
				value = dn
			}
			who := names.mean(value)
			what := fmt.Sprintf("seed %d, user %d (%s): managerId %q, managerDn %q", seed, i, truth.Blemish, id, dn)
			switch truth.Blemish {
			case BlankManager, Newcomer, ServiceAccount:
				if value != "" || truth.Manager != -1 {
					t.Errorf("%s, want none", what)
				}
			case PlaceholderManager, UnknownManager, MalformedDN:
				if value == "" || len(who) != 0 || truth.Manager != -1 {
					t.Errorf("%s: means %v, want nobody", what, who)
				}
			case AmbiguousManager:
				if len(who) < 2 || truth.Manager != -1 {
					t.Errorf("%s: means %v, want several", what, who)
				}
			default:
				if i == 0 {
					continue
				}
				if truth.Blemish != Duplicate && !soleAmong(who, truth.Manager, c, people) {
					t.Errorf("%s: means %v, want %d", what, who, truth.Manager)
				}
			}
			if truth.Blemish == StaleManager && (!names.mean(dn)[truth.Stale] || truth.Stale == truth.Manager) {
				t.Errorf("%s: the stale one is not %d", what, truth.Stale)
			}
			if truth.Blemish == DepartedManager && people[truth.Manager].Status != statusDeprovisioned {
				t.Errorf("%s: has not left", what)
			}
		}
	}
	for _, kind := range []Blemish{
		ByNumber, ByBareNumber, ByID, ByLoginCase, ByLocalLogin, ByName, ByDN, OwnManager, CircleOfTwo, CircleOfThree, StaleManager,
		BlankManager, PlaceholderManager, UnknownManager, DepartedManager, AmbiguousManager, MalformedDN,
		Respelt, NoTitle, NoDepartment, Duplicate, Namesake, Newcomer, ServiceAccount,
	} {
		if seen[kind] == 0 {
			t.Errorf("nobody is a case of %s", kind)
		}
	}
}

func alike(t *testing.T, p, q person, attributes ...string) bool {
	for _, a := range attributes {
		if p.text(t, a) != q.text(t, a) {
			return false
		}
	}
	return true
}

// soleAmong says that a value means one, of those who share an employee number
// with a second account of theirs the first.
func soleAmong(who map[int]bool, want int, c company, people []person) bool {
	if !who[want] {
		return false
	}
	for i := range who {
		if i != want && c.original(i) != want && people[i].ID != people[want].ID {
			return false
		}
	}
	return true
}

func TestAnUntidyCompanyIsPlausible(t *testing.T) {
	c := untidy(1, 1000)
	found, people, departments, titles, heads := 0, 0, map[string]bool{}, 0, 0
	for i, p := range everybody(t, c)[:1000] {
		truth := c.truth(i)
		if truth.Blemish == ServiceAccount {
			continue
		}
		people++
		if truth.Manager >= 0 && truth.Manager < 1000 {
			found++
		}
		departments[p.text(t, "department")] = true
		if p.text(t, "title") != "" {
			titles++
		}
		if c.isTop(i) {
			heads++
			if truth.Blemish != Clean || p.Status != "ACTIVE" {
				t.Errorf("user %d is at the top and %s, %s", i, truth.Blemish, p.Status)
			}
		}
	}
	if share := 100 * found / people; share < 94 || share > 97 {
		t.Errorf("managers of %d %% can be found, want about 96", share)
	}
	if len(departments) < 15 || titles < 900 || heads < 20 {
		t.Errorf("%d spellings of departments, %d titles, %d at the top", len(departments), titles, heads)
	}
}

func TestAnUntidyCompanyHoldsAtAnySize(t *testing.T) {
	for size := range 300 {
		c := untidy(2, size)
		for i, p := range everybody(t, c) {
			truth := c.truth(i)
			if truth.Manager >= c.total() || truth.Original >= c.total() || truth.Stale >= size {
				t.Fatalf("among %d, user %d: %+v", size, i, truth)
			}
			if truth.Blemish == Clean && i > 0 && p.text(t, "managerId") == "" {
				t.Fatalf("among %d, user %d is clean and has no manager", size, i)
			}
		}
	}
}

func TestATenantSaysWhatIsSo(t *testing.T) {
	c := signedIn(t, Settings{Users: 200, Untidy: true})
	if truth := c.tenant.Truth(0); truth.Manager != -1 || truth.Department != "Executive" {
		t.Errorf("%+v", truth)
	}
	if truth := c.tenant.Truth(-1); truth.Manager != -1 {
		t.Errorf("%+v", truth)
	}
}
