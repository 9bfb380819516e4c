package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

func TestEveryAttributeReachesTheView(t *testing.T) {
	got := fileRig(t, "everything.csv").connect().sync().wantComplete().wantIDs("u-1", "u-2").wantQuarantined()
	user := got.user("u-1")
	for name, pair := range map[string][2]string{
		"user name": {user.GetUserName(), "first.person"}, "given": {user.GetName().GetGiven(), "First"}, "middle": {user.GetName().GetMiddle(), "Middle"},
		"family": {user.GetName().GetFamily(), "Person"}, "prefix": {user.GetName().GetHonorificPrefix(), "Dr."}, "suffix": {user.GetName().GetHonorificSuffix(), "III"},
		"display": {user.GetDisplayName(), "First Person"}, "nick": {user.GetNickName(), "Fi"}, "title": {user.GetTitle(), "Chief, of all"},
		"department": {user.GetDepartment(), "Board"}, "division": {user.GetDivision(), "All"}, "organization": {user.GetOrganization(), "Example Ltd"},
		"cost": {user.GetCostCenter(), "0100"}, "number": {user.GetEmployeeNumber(), "0001"}, "type": {user.GetUserType(), "Permanent"},
		"street": {user.GetAddress().GetStreetAddress(), "1 Main St"}, "city": {user.GetAddress().GetLocality(), "Town"}, "region": {user.GetAddress().GetRegion(), "TX"},
		"postal": {user.GetAddress().GetPostalCode(), "01234"}, "country": {user.GetAddress().GetCountry(), "US"}, "language": {user.GetPreferredLanguage(), "en"},
		"locale": {user.GetLocale(), "en_US"}, "zone": {user.GetTimeZone(), "America/Chicago"}, "url": {user.GetProfileUrl(), "https://people.example.com/1"},
		"status": {user.GetStatus(), "Active"},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s is %q, want %q", name, pair[0], pair[1])
		}
	}
	var contacts []string
	for _, e := range user.GetEmails() {
		contacts = append(contacts, fmt.Sprintf("%s %s %t", e.GetType(), e.GetValue(), e.GetPrimary()))
	}
	for _, p := range user.GetPhoneNumbers() {
		contacts = append(contacts, p.GetType()+" "+p.GetValue())
	}
	for _, m := range got.user("u-2").GetManagers() {
		contacts = append(contacts, m.GetAttribute()+" "+m.GetValue())
	}
	want := []string{
		"work p1@example.com true", "other other1@example.com false", "work +1 555 0100", "mobile +1 555 0101",
		"Manager ID 0001", "Manager e-mail p1@example.com", "Manager name Person, First",
	}
	if diff := cmp.Diff(want, contacts); diff != "" {
		t.Error(diff)
	}
	for name, pair := range map[string][2]time.Time{
		"created":    {user.GetCreated().AsTime(), time.Date(2020, 1, 2, 0, 0, 0, 0, time.UTC)},
		"activated":  {user.GetActivated().AsTime(), time.Date(2020, 2, 1, 0, 0, 0, 0, time.UTC)},
		"updated":    {user.GetLastUpdated().AsTime(), time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)},
		"last login": {user.GetLastLogin().AsTime(), time.Date(2026, 5, 31, 0, 0, 0, 0, time.UTC)},
	} {
		if !pair[0].Equal(pair[1]) {
			t.Errorf("%s is %s, want %s", name, pair[0], pair[1])
		}
	}
}

func TestTheSourceHasEveryColumnAsWritten(t *testing.T) {
	r := newRig(t, "people.csv", "Employee ID,Name,,Name,Note,\"He said \"\"hi\"\"\"\n=\"007\",\"Person,\nFirst\",x, First ,\"a\\b\tc\",\x01\n008,Second\n")
	got := r.connect().sync().wantComplete().wantIDs("007", "008")
	want := []string{
		`{"Employee ID":"=\"007\"","Name":"Person,\nFirst","column 3":"x","Name (2)":" First ","Note":"a\\b\tc","He said \"hi\"":"\u0001"}`,
		`{"Employee ID":"008","Name":"Second","column 3":"","Name (2)":"","Note":"","He said \"hi\"":""}`,
	}
	for i, record := range got.records() {
		if string(record.GetSource()) != want[i] {
			t.Errorf("the source is\n%s\nwant\n%s", record.GetSource(), want[i])
		}
		if !json.Valid(record.GetSource()) {
			t.Errorf("the source is no JSON: %s", record.GetSource())
		}
	}
}

func TestPasswordsGoNowhere(t *testing.T) {
	const canary = "Correct-Horse-7!"
	r := newRig(t, "people.csv", "Employee ID,Name,Password [Required]\n1,A,"+canary+"\n")
	response := r.tryConnect()
	got := r.sync().wantComplete()
	for _, text := range []string{response.String(), got.records()[0].String(), got.pages[0].cursor} {
		if strings.Contains(text, canary) {
			t.Errorf("a password is in %s", text)
		}
	}
	if source := string(got.records()[0].GetSource()); source != `{"Employee ID":"1","Name":"A","Password [Required]":""}` {
		t.Errorf("the source is %s", source)
	}
}

// The status of a person on the tests' day, 15 June 2026.
func TestStatusComesFromWordsAndDates(t *testing.T) {
	const pending, active, suspended, gone, unknown = connectorv1.UserStatus_USER_STATUS_PENDING, connectorv1.UserStatus_USER_STATUS_ACTIVE,
		connectorv1.UserStatus_USER_STATUS_SUSPENDED, connectorv1.UserStatus_USER_STATUS_DEPROVISIONED, connectorv1.UserStatus_USER_STATUS_UNSPECIFIED
	for _, row := range []struct {
		status, hired, left string
		want                connectorv1.UserStatus
	}{
		{"", "", "", active},
		{"Active", "2020-01-01", "", active},
		{"active", "2020-01-01", "2026-06-14", gone},
		{"active", "2020-01-01", "2026-06-15", active}, // the last day
		{"active", "2020-01-01", "2026-12-31", active},
		{"active", "2020-01-01", "9999-12-31", active},
		{"active", "2020-01-01", "1900-01-01", active}, // how a database says never
		{"active", "2026-06-16", "", pending},
		{"active", "2026-06-15", "", active},
		{"", "2027-01-01", "", pending},
		{"", "2020-01-01", "2025-01-01", gone},
		{"active", "2025-01-01", "2020-12-31", active}, // came back
		{"terminated", "2020-01-01", "", gone},
		{"Terminated", "2020-01-01", "2026-12-31", gone},
		{"terminated", "2027-01-01", "", gone},
		{"ausgeschieden", "", "", gone},
		{"Sorti(e)", "", "", unknown},
		{"sorti", "", "", gone},
		{"On leave", "", "", active},
		{"Elternzeit", "", "", active},
		{"Suspended", "", "", suspended},
		{"Pre-hire", "", "", pending},
		{"baja", "", "", gone},
		{"Em férias?", "", "", unknown},
		{"Em férias?", "", "2020-01-01", gone},
		{"N/A", "", "", active},
		{"1", "", "", active},
		{"FALSE", "", "", gone},
	} {
		content := fmt.Sprintf("Employee ID,Status,Hire date,Termination date\n1,%s,%s,%s\n", row.status, row.hired, row.left)
		user := newRig(t, "people.csv", content).connect().sync().wantComplete().user("1")
		if user.GetStatusKind() != row.want {
			t.Errorf("status %q, hired %q, left %q: %s, want %s", row.status, row.hired, row.left, user.GetStatusKind(), row.want)
		}
	}
}

func TestAColumnThatSaysWhoIsInactive(t *testing.T) {
	got := newRig(t, "people.csv", "Personalnummer;Name;Ausgeschieden\n1;A;ja\n2;B;nein\n3;C;\n4;D;31.05.2026\n5;E;31.12.2026\n").connect().sync().wantComplete()
	for id, want := range map[string]string{"1": "DEPROVISIONED", "2": "ACTIVE", "3": "ACTIVE", "4": "DEPROVISIONED", "5": "ACTIVE"} {
		if kind := got.user(id).GetStatusKind().String(); kind != "USER_STATUS_"+want {
			t.Errorf("person %s is %s, want %s", id, kind, want)
		}
	}
}

func TestTheStatusOfPeopleWithoutOneIsConfigured(t *testing.T) {
	r := newRig(t, "people.csv", "Employee ID,Name\n1,A\n")
	r.config["default_status"] = "unknown"
	if kind := r.connect().sync().user("1").GetStatusKind(); kind != connectorv1.UserStatus_USER_STATUS_UNSPECIFIED {
		t.Errorf("the status is %s", kind)
	}
}

// 03/04 is in March or in April.
func TestTheOrderOfDatesIsFoundOrAsked(t *testing.T) {
	const header = "Employee ID,Name,Hire date,Termination date\n1,A,03/04/2026,\n"
	april, march := time.Date(2026, 4, 3, 0, 0, 0, 0, time.UTC), time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC)
	for name, file := range map[string]struct {
		rest, order string
		want        time.Time
		warns       bool
	}{
		"day first, by another":   {"2,B,31/12/2020,\n", "auto", april, false},
		"month first, by another": {"2,B,12/31/2020,\n", "auto", march, false},
		"nothing tells":           {"2,B,01/02/2020,\n", "auto", time.Time{}, true},
		"they contradict":         {"2,B,31/12/2020,12/31/2020\n", "auto", time.Time{}, true},
		"day first, configured":   {"", "dmy", april, false},
		"month first, configured": {"", "mdy", march, false},
	} {
		r := newRig(t, "people.csv", header+file.rest)
		r.config["date_order"] = file.order
		check := r.check("status")
		if warns := check.GetStatus() == connectorv1.CheckStatus_CHECK_STATUS_WARN; warns != file.warns || (warns && check.GetReason() != "DATES_UNDECIDED") {
			t.Errorf("%s: the check is %v", name, check)
		}
		activated := r.reconnect().sync().wantComplete().user("1").GetActivated()
		if (activated == nil) != file.want.IsZero() || (activated != nil && !activated.AsTime().Equal(file.want)) {
			t.Errorf("%s: activated %v, want %s", name, activated, file.want)
		}
	}
	// A day of leaving that is over in either order needs no order.
	r := newRig(t, "people.csv", "Employee ID,Name,Termination date\n1,A,03/04/2024\n2,B,06/07/2026\n3,C,03/04/2031\n")
	got := r.connect().sync().wantComplete()
	for id, want := range map[string]string{"1": "DEPROVISIONED", "2": "UNSPECIFIED", "3": "ACTIVE"} {
		if kind := got.user(id).GetStatusKind().String(); kind != "USER_STATUS_"+want {
			t.Errorf("person %s is %s, want %s", id, kind, want)
		}
	}
}

func TestTheKeyIsDecidedOnceForTheFile(t *testing.T) {
	for name, file := range map[string]struct {
		content, column string
		ids             []string
		quarantined     []string
	}{
		"id":              {"Employee ID,ID,E-mail\n1,a,x@example.com\n2,b,y@example.com\n", "ID", []string{"a", "b"}, nil},
		"employee number": {"E-mail,Personnel number\nx@example.com,01\ny@example.com,02\n", "Personnel number", []string{"01", "02"}, nil},
		"e-mail":          {"E-mail,Name\nX@Example.com,A\ny@example.com,B\nnobody,C\n", "E-mail", []string{"x@example.com", "y@example.com"}, []string{"KEY_DAMAGED"}},
		"user name":       {"Login,Name\na,A\nb,B\n", "Login", []string{"a", "b"}, nil},
		"an id that hardly anybody has": {
			"ID,Employee ID\n,1\n,2\nz,3\n", "Employee ID", []string{"1", "2", "3"}, nil,
		},
		"an id that is the company's": {"ID,Employee ID\n7,1\n7,2\n7,3\n7,4\n", "Employee ID", []string{"1", "2", "3", "4"}, nil},
		"rows without":                {"Employee ID,E-mail\n1,x@example.com\n,y@example.com\nN/A,z@example.com\n4,\n", "Employee ID", []string{"1", "4"}, []string{"KEY_MISSING", "KEY_MISSING"}},
		"rounded by Excel":            {"Employee ID,Name\n1.23457E+11,A\n2,B\n3,C\n", "Employee ID", []string{"2", "3"}, []string{"KEY_DAMAGED"}},
		"thousands":                   {"Employee ID;Manager ID\n1.234;\n1.235;1.234\n12;1.234\n", "Employee ID", []string{"1234", "1235", "12"}, nil},
		"fractions":                   {"Employee ID;Manager ID\n1234.0;\n1235.0;1234.0\n", "Employee ID", []string{"1234", "1235"}, nil},
		"no thousands":                {"Employee ID;Name\n1.234;A\n1235;B\n", "Employee ID", []string{"1.234", "1235"}, nil},
		"a value too many":            {"Employee ID,Name,Title\n1,A,x\n2,Person, Second,y\n3,C,z\n", "Employee ID", []string{"1", "3"}, []string{"ROW_TOO_WIDE"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, "people.csv", file.content)
			if detail := r.check("key").GetDetail(); !strings.Contains(detail, "“"+file.column+"”") {
				t.Errorf("the check says %q, want the column %s", detail, file.column)
			}
			r = r.reconnect()
			r.sync().wantComplete().wantIDs(file.ids...).wantQuarantined(file.quarantined...)
			resources, err := r.client.ListResources(r.context(), &connectorv1.ListResourcesRequest{})
			if err != nil {
				t.Fatal(err)
			}
			if field := resources.GetResources()[0].GetKeyField(); field != file.column {
				t.Errorf("the key field is %q", field)
			}
		})
	}
}

func TestTheKeyColumnCanBeConfigured(t *testing.T) {
	r := newRig(t, "people.csv", "Badge colour,Employee ID,Name\nred,1,A\nblue,2,B\n")
	r.config["id_column"] = "badge  COLOUR"
	r.connect().sync().wantComplete().wantIDs("red", "blue")
	r = newRig(t, "people.csv", "Employee ID,Name\n1,A\n")
	r.config["id_column"] = "Badge"
	if message := r.wantRefused("COLUMN_MISSING", connectorv1.Class_CLASS_CONFIG_INVALID); !strings.Contains(message, "“Employee ID”") {
		t.Errorf("the refusal does not say what there is: %s", message)
	}
}

func TestOfRowsWithTheSameKeyTheLaterStands(t *testing.T) {
	r := newRig(t, "people.csv", "Employee ID,Name\n1,First\n2,Second\n1,Changed\n2,Second\n3,Third\n1,Last\n")
	check := r.check("key")
	if check.GetStatus() != connectorv1.CheckStatus_CHECK_STATUS_WARN || check.GetReason() != "ROW_SUPERSEDED" || !strings.Contains(check.GetDetail(), "Lines 2 and 7") {
		t.Errorf("the check is %v", check)
	}
	got := r.reconnect().sync().wantComplete().wantIDs("2", "3", "1").wantQuarantined("ROW_SUPERSEDED", "ROW_SUPERSEDED")
	if name := got.user("1").GetDisplayName(); name != "Last" {
		t.Errorf("the person who stands is called %q", name)
	}
	// Whoever has the key is not gone, whatever the host makes of the row.
	if q := got.quarantined[0]; q.GetId() != "1" || q.GetLocation() != "line 2" {
		t.Errorf("the first row was reported as %v", q)
	}
}

func TestTheMappingCanBeOverridden(t *testing.T) {
	r := newRig(t, "people.csv", "Employee ID,Name,Squad,Lead\n1,A,Red,\n2,B,Red,A\n")
	r.config["mapping"] = []string{"Squad=department", "lead=manager_name", "Name="}
	user := r.connect().sync().wantComplete().user("2")
	if user.GetDepartment() != "Red" || user.GetManagers()[0].GetAttribute() != "Lead" || user.GetDisplayName() != "" {
		t.Errorf("the person is %v", user)
	}
	for mapping, reason := range map[string]string{
		"Squad": "MAPPING_INVALID", "=department": "MAPPING_INVALID", "Squad=depart": "MAPPING_INVALID", "Chapter=department": "COLUMN_MISSING",
	} {
		r := newRig(t, "people.csv", "Employee ID,Squad\n1,A\n")
		r.config["mapping"] = []string{mapping}
		r.wantRefused(reason, connectorv1.Class_CLASS_CONFIG_INVALID)
	}
	for _, mapping := range [][]string{{"Squad=department", "squad=title"}, {"Squad=department", "Chapter=department"}} {
		r = newRig(t, "people.csv", "Employee ID,Squad,Chapter\n1,A,B\n")
		r.config["mapping"] = mapping
		r.wantRefused("MAPPING_INVALID", connectorv1.Class_CLASS_CONFIG_INVALID)
	}
}

func TestManagersAreLookedForInTheFile(t *testing.T) {
	for content, want := range map[string]string{
		"Employee ID,Name,Manager ID\n1,A,\n2,B,1\n3,C,1\n":                                    "",
		"Employee ID,E-mail,Manager e-mail\n1,a@example.com,\n2,b@example.com,A@EXAMPLE.COM\n": "",
		"Employee ID,First name,Last name,Reports to\n1,A,One,\n2,B,Two,\"One, A\"\n":          "",
		"Employee ID,Name,Manager ID\n1,A,\n2,B,9\n3,C,1\n":                                    "MANAGERS_NOT_FOUND",
		"Employee ID,Name,Manager ID\n1,A,\n2,B,\n":                                            "MANAGERS_MISSING",
		"Employee ID,Name\n1,A\n2,B\n":                                                         "MANAGERS_MISSING",
	} {
		check := newRig(t, "people.csv", content).check("managers")
		if check.GetReason() != want {
			t.Errorf("%q: the check is %v, want the reason %q", content, check, want)
		}
	}
}

func TestWarningsAboutColumnsRowsAndWords(t *testing.T) {
	r := newRig(t, "people.csv", "Employee ID,Hire date,Start date,Status\n1,,,asleep\n2,,,active\n,,,active\n")
	for name, reason := range map[string]string{"columns": "COLUMNS_CONTESTED", "rows": "ROWS_LEFT_OUT", "status": "STATUS_UNKNOWN"} {
		r.client = serveConnector(t)
		if check := r.check(name); check.GetStatus() != connectorv1.CheckStatus_CHECK_STATUS_WARN || check.GetReason() != reason || check.GetFix() == "" {
			t.Errorf("the check %s is %v, want the warning %s", name, check, reason)
		}
	}
}

func TestJSONLinesKeepTheirSource(t *testing.T) {
	r := fileRig(t, "people.jsonl")
	got := r.connect().sync().wantComplete().wantIDs("e1", "e2", "e4").wantQuarantined("RECORD_UNREADABLE", "KEY_MISSING")
	lines := strings.Split(fixture(t, "people.jsonl"), "\n")
	for i, line := range []int{0, 1, 4} {
		if source := string(got.records()[i].GetSource()); source != lines[line] {
			t.Errorf("the source is\n%s\nwant\n%s", source, lines[line])
		}
	}
	user := got.user("e2")
	if user.GetName().GetGiven() != "Second" || user.GetEmails()[0].GetValue() != "p2@example.com" || user.GetManagers()[0].GetValue() != "e1" || user.GetDepartment() != "Büro" {
		t.Errorf("the second person is %v", user)
	}
}

func TestTheNewestFileOfAFolderOrPatternIsRead(t *testing.T) {
	folder := t.TempDir()
	put := func(name string, minutes int, id string) {
		t.Helper()
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte("Employee ID,Name\n"+id+",A\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		at := testDay.Add(time.Duration(minutes-60) * time.Minute)
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	r := newRig(t, "unused.csv", "x")
	r.config["path"] = folder
	r.wantRefused("FOLDER_EMPTY", connectorv1.Class_CLASS_CONFIG_INVALID)
	put("people-1.csv", 1, "one")
	put("people-2.csv", 2, "two")
	put("people-0.csv", 2, "zero")
	put(".hidden.csv", 9, "hidden")
	put("~$open.csv", 9, "open")
	put("people-3.csv.part", 9, "part")
	put("notes.docx", 9, "notes")
	put("other.txt", 3, "other")
	r = r.reconnect()
	r.sync().wantComplete().wantIDs("other")
	r.config["path"] = filepath.Join(folder, "people-*.csv")
	r = r.reconnect()
	r.sync().wantComplete().wantIDs("two")
	put("people-3.csv", 5, "three")
	r.sync().wantComplete().wantIDs("three")
	r.config["path"] = filepath.Join(folder, "staff-*.csv")
	r.client = serveConnector(t)
	r.wantRefused("FOLDER_EMPTY", connectorv1.Class_CLASS_CONFIG_INVALID)
}

func TestAPathThatCannotBeReadIsRefused(t *testing.T) {
	r := newRig(t, "people.csv", company(1))
	for path, want := range map[string]string{
		filepath.Join(filepath.Dir(r.path), "none.csv"): "FILE_MISSING",
		os.DevNull:                       "FILE_NOT_REGULAR",
		"a\x00b":                         "FILE_UNREADABLE",
		r.path + "/below":                "FILE_UNREADABLE",
		filepath.Dir(r.path) + "/[*":     "FILE_MISSING",
		strings.Repeat("x", 300) + "csv": "FILE_UNREADABLE",
	} {
		r.config["path"], r.client = path, serveConnector(t)
		if response := r.tryConnect(); response.GetRefusal().GetReason() != want {
			t.Errorf("%q: %v, want %s", path, response.GetRefusal(), want)
		}
	}
	if os.Geteuid() == 0 {
		t.Log("root may read everything: FILE_FORBIDDEN is not tried here")
		return
	}
	r = newRig(t, "people.csv", company(1))
	if err := os.Chmod(r.path, 0); err != nil {
		t.Fatal(err)
	}
	r.wantRefused("FILE_FORBIDDEN", connectorv1.Class_CLASS_PERMISSION_MISSING)
}

// A refusal of a file that the host's user must not read can't be made where the
// tests run as root, who may.
func TestAFileThatMustNotBeReadIsRefused(t *testing.T) {
	err := unreadable("people.csv", &fs.PathError{Op: "open", Path: "people.csv", Err: fs.ErrPermission})
	if !strings.Contains(err.Error(), reasonFileForbidden) || !errors.Is(err, fs.ErrPermission) {
		t.Errorf("the refusal is %v", err)
	}
}
