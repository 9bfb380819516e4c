//go:build unix

package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"patchbay.example/internal/people"
	"patchbay.example/internal/wire"
	"patchbay.example/plugin/ldap/ldaptest"
	"patchbay.example/plugin/okta/oktatest"
	"patchbay.example/plugin/scim/scimtest"
)

// colleague is one of a company that keeps its people in several systems.
type colleague struct {
	login, given, family string
	title, department    string
	number               string
	manager              int // -1 for nobody
	gone                 bool
}

func (c colleague) mail() string { return c.login + "@example.com" }

// company is forty people in four levels below the first, a second tree of two,
// somebody who left and still has reports, and somebody whom nobody knows where
// to put.
func company() []colleague {
	departments := []string{"Direction", "Research & Development", "Vertrieb", "Поддержка", "Finance"}
	all := make([]colleague, 40)
	for i := range all {
		branch := i
		for branch > 4 {
			branch = (branch - 1) / 4
		}
		all[i] = colleague{
			login: fmt.Sprintf("person%02d", i), given: fmt.Sprintf("Given%02d", i), family: fmt.Sprintf("Fämily%02d", i),
			title: fmt.Sprintf("Title, \"%d\"", i%7), department: departments[branch], number: fmt.Sprintf("%05d", 100+i), manager: (i - 1) / 4,
		}
	}
	all[0].manager = -1
	all[20].manager, all[21].manager = -1, 20
	all[9].gone = true
	all[39].manager = -1
	return all
}

// The company's org chart is the same, whichever of its systems is the HRIS; and
// each names managers in its own way: Okta by login, SCIM by id, LDAP by
// distinguished name, the file by employee number.
func TestTheSameCompanyIsTheSameOrgChart(t *testing.T) {
	t.Parallel()
	r := newRig(t, oktatest.Settings{CustomUsers: oktaUsers(company()), PageLimit: 15})
	s := r.serve()
	defer s.end(syscall.SIGTERM, wire.ExitTerminated)
	visitor := browser(t)
	get(t, visitor, s.login)

	var want string
	for _, system := range []struct {
		name, connector string
		add             func(t *testing.T) []string // the arguments of connections add
	}{
		{"okta", "okta", r.okta},
		{"scim", "scim", r.scim},
		{"csvdir", "csvdir", r.file},
		{"openldap", "ldap", func(t *testing.T) []string { return r.ldap(t, false) }},
		{"active-directory", "ldap", func(t *testing.T) []string { return r.ldap(t, true) }},
	} {
		if !t.Run(system.name, func(t *testing.T) {
			arguments := system.add(t)
			if want != "" {
				r.ok("connections", "set", r.hris(), "--hris=false")
			}
			r.ok(append([]string{"connections", "add", system.name, "--connector", system.connector}, arguments...)...)
			r.ok("sync", system.name, "--now")
			r.ok("connections", "set", system.name, "--hris", "--yes")
			got := orgChart(t, visitor, s.address)
			if want == "" {
				want = got
				wantCompany(t, got)
				return
			}
			if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")); diff != "" {
				t.Errorf("the org chart differs from Okta's (-Okta +%s):\n%s", system.name, diff)
			}
		}) {
			return
		}
	}
}

// wantCompany looks at the first chart, so that not all are equal for being
// empty.
func wantCompany(t *testing.T, chart string) {
	t.Helper()
	for _, line := range []string{
		`Given00 Fämily00, Title, "0", Direction: 4 direct, 35 in all`,
		`        Given09 Fämily09, Title, "2", Vertrieb: 2 direct, 2 in all, inactive true`,
		`            Given37 Fämily37, Title, "2", Vertrieb: 0 direct, 0 in all, inactive false`,
		`Given20 Fämily20, Title, "6", Finance: 1 direct, 1 in all`,
		"39 active, 1 outside, 1 other trees",
	} {
		if !strings.Contains(chart, line) {
			t.Errorf("the chart has no line %q:\n%s", line, chart)
		}
	}
}

// orgChart is what the People view shows of everybody, in words.
func orgChart(t *testing.T, visitor *http.Client, address string) string {
	t.Helper()
	var text strings.Builder
	seen := map[string]bool{}
	show := func(root string) {
		t.Helper()
		query := ""
		if root != "" {
			query = "&id=" + root
		}
		status, answer := get(t, visitor, address+"/api/v1/directory/chart?levels=4"+query)
		var chart people.Chart
		if err := json.Unmarshal([]byte(answer), &chart); err != nil || status != http.StatusOK || chart.Root == nil {
			t.Fatalf("%d %s: %v", status, answer, err)
		}
		if seen[chart.Root.ID] {
			return
		}
		seen[chart.Root.ID] = true
		writeBranch(&text, chart.Root, "")
		fmt.Fprintf(&text, "%d active, %d outside, %d other trees\n", chart.People, chart.Outside, chart.RootsTotal)
	}
	status, answer := get(t, visitor, address+"/api/v1/directory/chart")
	var chart people.Chart
	if err := json.Unmarshal([]byte(answer), &chart); err != nil || status != http.StatusOK {
		t.Fatalf("%d %s: %v", status, answer, err)
	}
	show("")
	for _, root := range chart.Roots {
		show(root.ID)
	}
	status, exported := get(t, visitor, address+"/api/v1/directory/export?format=jsonl&sort=name")
	if status != http.StatusOK {
		t.Fatalf("the export: %d", status)
	}
	for line := range strings.Lines(exported) {
		var p people.ExportedPerson
		if err := json.Unmarshal([]byte(line), &p); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&text, "%s <- %s, active %v, %d, %d, %s\n", p.Name, p.Manager, p.Active, p.Direct, p.Total, p.Values["department"])
	}
	return text.String()
}

func writeBranch(text *strings.Builder, b *people.Branch, indent string) {
	fmt.Fprintf(text, "%s%s, %s, %s: %d direct, %d in all, inactive %v\n", indent, b.Name, b.Title, b.Department, b.Direct, b.Total, b.Inactive)
	for _, report := range b.Reports {
		writeBranch(text, report, indent+"    ")
	}
}

func (r *rig) okta(*testing.T) []string {
	return []string{
		"--set", "domain=" + r.tenant.URL(), "--set", "client_id=" + r.tenant.ClientID(), "--set", "key_id=" + r.tenant.KeyID(),
		"--secret", "private_key=file:" + r.key, "--set", "include_deprovisioned=true",
	}
}

func oktaUsers(all []colleague) []json.RawMessage {
	users := make([]json.RawMessage, len(all))
	for i, c := range all {
		profile := map[string]string{
			"login": c.mail(), "email": c.mail(), "firstName": c.given, "lastName": c.family, "displayName": c.given + " " + c.family,
			"title": c.title, "department": c.department, "employeeNumber": c.number,
		}
		if c.manager >= 0 {
			profile["managerId"] = all[c.manager].mail()
		}
		status := "ACTIVE"
		if c.gone {
			status = "DEPROVISIONED"
		}
		users[i], _ = json.Marshal(map[string]any{"id": fmt.Sprintf("00uexample%08d", i), "status": status, "profile": profile})
	}
	return users
}

func (r *rig) scim(t *testing.T) []string {
	t.Helper()
	all := company()
	users := make([]scimtest.Person, len(all))
	id := func(i int) string { return fmt.Sprintf("7a0e-%04d", i*37%41) }
	for i, c := range all {
		users[i] = scimtest.Person{
			ID: id(i), UserName: c.mail(), Email: c.mail(), GivenName: c.given, FamilyName: c.family, DisplayName: c.given + " " + c.family,
			Title: c.title, Department: c.department, EmployeeNumber: c.number, Active: !c.gone,
		}
		if c.manager >= 0 {
			users[i].ManagerID = id(c.manager)
		}
	}
	server, err := scimtest.Start(scimtest.Settings{Users: users, PageLimit: 15})
	if err != nil {
		t.Fatal(err)
	}
	r.Cleanup(server.Close) // the connection stays
	token := filepath.Join(r.TempDir(), "token")
	r.write(token, []byte(scimtest.Token))
	return []string{"--set", "base_url=" + server.URL(), "--secret", "token=file:" + token}
}

func (r *rig) file(t *testing.T) []string {
	t.Helper()
	var text strings.Builder
	text.WriteString("\uFEFFPersonalnummer;Vorname;Nachname;E-Mail;Position;Abteilung;Vorgesetzter (Personalnummer);Status\r\n")
	all := company()
	for _, c := range all {
		status, boss := "aktiv", ""
		if c.gone {
			status = "ausgeschieden"
		}
		if c.manager >= 0 {
			boss = all[c.manager].number
		}
		for _, cell := range []string{c.number, c.given, c.family, c.mail(), c.title, c.department, boss} {
			fmt.Fprintf(&text, `"%s";`, strings.ReplaceAll(cell, `"`, `""`))
		}
		text.WriteString(status + "\r\n")
	}
	path := filepath.Join(r.TempDir(), "people.csv")
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return []string{"--set", "path=" + path}
}

func (r *rig) ldap(t *testing.T, activeDirectory bool) []string {
	t.Helper()
	all := company()
	entries := make([]ldaptest.Person, len(all))
	for i, c := range all {
		entries[i] = ldaptest.Person{
			UID: c.login, GivenName: c.given, FamilyName: c.family, DisplayName: c.given + " " + c.family, Mail: c.mail(),
			Title: c.title, Department: c.department, EmployeeNumber: c.number, Disabled: c.gone,
		}
		if c.manager >= 0 {
			entries[i].Manager = all[c.manager].login
		}
	}
	server := ldaptest.Start(t, ldaptest.Settings{People: entries, ActiveDirectory: activeDirectory})
	password := filepath.Join(r.TempDir(), "password")
	r.write(password, []byte(ldaptest.BindPassword))
	return []string{
		"--set", "url=" + server.URL(), "--set", "bind_dn=" + ldaptest.BindDN, "--set", "base_dn=" + ldaptest.BaseDN, "--set", "page_size=15",
		"--secret", "bind_password=file:" + password,
	}
}
