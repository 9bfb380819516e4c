package main

import (
	"encoding/json"
	"fmt"
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
	r := newRig(t, "people.csv", "Employee ID,Name,Password [Required],credentials.password\n1,A,"+canary+","+canary+"\n")
	response := r.tryConnect()
	got := r.sync().wantComplete()
	for _, text := range []string{response.String(), got.records()[0].String(), got.pages[0].cursor} {
		if strings.Contains(text, canary) {
			t.Errorf("a password is in %s", text)
		}
	}
	if source := string(got.records()[0].GetSource()); source != `{"Employee ID":"1","Name":"A","Password [Required]":"","credentials.password":""}` {
		t.Errorf("the source is %s", source)
	}
}

func TestPasswordsOfJSONLinesGoNowhere(t *testing.T) {
	const canary = "Correct-Horse-7!"
	long := strings.Repeat("x", 2*maxHeaderBytes) // such a path is no column
	for line, want := range map[string]string{
		`{"id":"1", "password" : "` + canary + `","name":"A"}`:                   `{"id":"1", "password" : "","name":"A"}`,
		`{"id":"1","profile":{"initial_password":"` + canary + `","b":1.50}}`:    `{"id":"1","profile":{"initial_password":"","b":1.50}}`,
		`{"id":"1","credentials":{"password":{"value":"` + canary + `","n":7}}}`: `{"id":"1","credentials":{"password":{"value":"","n":""}}}`,
		`{"id":"1","passwords":["` + canary + `",null,true]}`:                    `{"id":"1","passwords":["",null,""]}`,
		`{"id":"1","p\u0061ssword":"\"` + canary + `"}`:                          `{"id":"1","p\u0061ssword":""}`,
		`{"id":"1","` + long + `":{"password":"` + canary + `"}}`:                `{"id":"1","` + long + `":{"password":""}}`,
		`{"id":"1","name":"` + strings.ToLower(canary) + `","password":null}`:    `{"id":"1","name":"` + strings.ToLower(canary) + `","password":null}`,
	} {
		r := newRig(t, "people.jsonl", line+"\n{\"id\":\"2\"}\n")
		response := r.tryConnect()
		got := r.sync().wantComplete().wantIDs("1", "2")
		for _, text := range []string{response.String(), got.records()[0].String()} {
			if strings.Contains(text, canary) {
				t.Errorf("a password is in %s", text)
			}
		}
		if source := string(got.records()[0].GetSource()); source != want {
			t.Errorf("the source is %s, want %s", source, want)
		}
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

// The check promises what the People view shows: of the file, exactly one person
// is found, or none.
func TestManagersAreLookedForInTheFile(t *testing.T) {
	for content, want := range map[string]string{
		"Employee ID,Name,Manager ID\n1,A,\n2,B,1\n3,C,1\n":                                    "",
		"Employee ID,E-mail,Manager e-mail\n1,a@example.com,\n2,b@example.com,A@EXAMPLE.COM\n": "",
		"Employee ID,First name,Last name,Reports to\n1,A,One,\n2,B,Two,\"One,  A\"\n":         "",
		"Employee ID,Known as,First name,Last name,Manager\n1,Al,A,One,\n2,,B,Two,Al One\n":    "",
		"Employee ID,Name,Manager\n1,Jörg Weiß,\n2,B,JO\u0308RG WEISS\n":                       "",
		"Employee ID,Name,Manager\n1,José,\n2,B,Jose\n":                                        "MANAGERS_NOT_FOUND",
		"Employee ID,User name,Manager\n1,head@example.com,\n2,x@example.com,Head\n":           "",
		"Employee ID,Name,Manager ID\n00123,A,\n2,B,123\n3,C,0123\n":                           "",
		"Employee ID,Name,Manager ID\nE0123,A,\n2,B,e0123\n":                                   "",
		"ID,Name,Manager ID\n00123,A,\nx,B,123\n":                                              "MANAGERS_NOT_FOUND", // an id is no number
		"ID,Name,Manager ID\nabc,A,\nx,B,ABC\n":                                                "MANAGERS_NOT_FOUND",
		"Employee ID,Name,Manager ID\n123,A,\n0123,B,123\n3,C,0123\n":                          "",
		"Employee ID,Name,Manager ID\n123,A,\n0123,B,\n3,C,00123\n":                            "MANAGERS_AMBIGUOUS",
		"Employee ID,Name,Manager\n1,Same Name,\n2,\"Name, Same\",\n3,C,same name\n":           "MANAGERS_AMBIGUOUS",
		"Employee ID,Name,Manager,Manager ID\n1,Same,,\n2,Same,,\n3,C,Same,1\n":                "", // the number tells
		"Employee ID,Name,Manager\n1,Same,\n2,Same,\n3,Same,Same\n4,D,Nobody\n5,E,Nobody\n":    "MANAGERS_NOT_FOUND",
		"Employee ID,User name,Name,Manager\n1,same,Same,\n2,b,Same,\n3,c,C,Same\n":            "", // a user name is stronger than a name
		// An address of two people, which one of them, or somebody else, has for a name.
		"Employee ID,E-mail,Name,Manager\n1,t@example.com,T@example.com,\n2,t@example.com,B,\n3,,C,t@example.com\n":                 "",
		"Employee ID,E-mail,Name,Manager\n1,t@example.com,A,\n2,t@example.com,B,\n3,,C,t@example.com\n4,,T@example.com,1\n5,,E,1\n": "MANAGERS_AMBIGUOUS",
		"Employee ID,Name,Manager\n1,Head,\n1,Head,\n2,B,Head\n":                                                                    "", // one row, and once more
		"Employee ID,Name,Title,Manager\n1,Head,x,\n1,Head,y,\n2,B,,Head\n":                                                         "", // a later row of the same person
		"Employee ID,Name,Manager ID\n1,A,\n2,B,9\n3,C,1\n":                                                                         "MANAGERS_NOT_FOUND",
		"Employee ID,Name,Manager ID\n1,A,1\n2,B,1\n":                                                                               "", // a head who is the own manager
		"Employee ID,Name,Manager ID\n1,A,\n2,B,\n":                                                                                 "MANAGERS_MISSING",
		"Employee ID,Name\n1,A\n2,B\n":                                                                                              "MANAGERS_MISSING",
	} {
		check := newRig(t, "people.csv", content).check("managers")
		if check.GetReason() != want {
			t.Errorf("%q: the check is %v, want the reason %q", content, check, want)
		}
	}
}

func TestTheCheckTellsManagersThatAreSeveralFromThoseThatAreNobody(t *testing.T) {
	check := newRig(t, "people.csv", "Employee ID,Name,Manager\n1,Same Name,\n2,Same Name,\n3,C,Same Name\n4,D,C\n5,E,Stranger\n6,F,Same Name\n,G,C\n").check("managers")
	const want = "People who name a manager: 4 of 6, in “Manager”. For 25 % of them (1) it is exactly one person of the file, by id, user name, e-mail address, number or name." +
		" For 2 it may be any of several people who are called the same, and is none: in lines 4, 7. For 1 it is nobody of the file: in line 6."
	if check.GetDetail() != want || check.GetReason() != "MANAGERS_AMBIGUOUS" {
		t.Errorf("the check is %v, want it to say %q", check, want)
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
