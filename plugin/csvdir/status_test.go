package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

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

// Such a column may hold words for a status in place of answers.
func TestAWordForAStatusStandsForItselfWhateverItsColumnAsks(t *testing.T) {
	for _, row := range []struct{ header, value, status, want string }{
		{"Inactive", "inactive", "", "DEPROVISIONED"},
		{"Inactive", "active", "", "ACTIVE"},
		{"Inactive", "Yes", "", "DEPROVISIONED"},
		{"Inactive", "x", "", "DEPROVISIONED"},
		{"Inactive", "FALSE", "", "ACTIVE"},
		{"Disabled", "Disabled", "", "DEPROVISIONED"},
		{"Disabled", "Enabled", "", "ACTIVE"},
		{"Disabled", "Disabled", "active", "DEPROVISIONED"},
		{"Disabled", "Enabled", "terminated", "DEPROVISIONED"},
		{"Disabled", "No", "terminated", "DEPROVISIONED"},
		{"Disabled", "Yes", "active", "DEPROVISIONED"},
		{"Ausgeschieden", "ausgeschieden", "", "DEPROVISIONED"},
		{"Ausgeschieden", "aktiv", "", "ACTIVE"},
		{"Gesperrt", "gesperrt", "", "SUSPENDED"},
		{"Gesperrt", "gesperrt", "active", "SUSPENDED"},
		{"Is terminated", "terminated", "", "DEPROVISIONED"},
		{"Left", "on leave", "", "ACTIVE"},
		{"Left", "who knows", "", "UNSPECIFIED"},
		{"Left", "who knows", "active", "ACTIVE"},
		{"Left", "0001-01-01", "", "ACTIVE"}, // how a database says never
	} {
		content := "Employee ID,Name,Status," + row.header + "\n1,A," + row.status + "," + row.value + "\n"
		if kind := newRig(t, "people.csv", content).connect().sync().wantComplete().user("1").GetStatusKind().String(); kind != "USER_STATUS_"+row.want {
			t.Errorf("%s is %q and the status %q: %s, want %s", row.header, row.value, row.status, kind, row.want)
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

// What stands in the column of the day of leaving and is no date may not make an
// active person without a word.
func TestADayOfLeavingThatCannotBeReadIsTold(t *testing.T) {
	for _, row := range []struct {
		left, status, want string
		warns              bool
	}{
		{"Juni 2024", "", "UNSPECIFIED", true},
		{"2024-06", "", "UNSPECIFIED", true},
		{"31.02.2024", "", "UNSPECIFIED", true},
		{"next summer", "", "UNSPECIFIED", true},
		{"ja", "", "UNSPECIFIED", true},
		{"?", "", "UNSPECIFIED", true},
		{"Pending", "", "UNSPECIFIED", true}, // the leaving is
		{"Juni 2024", "active", "ACTIVE", true},
		{"Juni 2024", "terminated", "DEPROVISIONED", true},
		{"ausgeschieden", "", "DEPROVISIONED", false},
		{"ausgeschieden", "aktiv", "DEPROVISIONED", false},
		{"Retired", "Em férias?", "DEPROVISIONED", false},
		{"aktiv", "", "ACTIVE", false},
		{"aktiv", "terminated", "DEPROVISIONED", false},
		{"31.12.9999", "", "ACTIVE", false},
		{"99.99.9999", "", "ACTIVE", false},
		{"00.00.0000", "", "ACTIVE", false},
		{"__.__.____", "", "ACTIVE", false},
		{"0001-01-01T00:00:00", "", "ACTIVE", false},
		{"12/30/1899 00:00", "", "ACTIVE", false},
		{"19000101", "", "ACTIVE", false},
		{"unbefristet", "", "ACTIVE", false},
		{"Open end", "", "ACTIVE", false},
		{"Indéterminée", "", "ACTIVE", false},
		{"nein", "", "ACTIVE", false},
		{"", "", "ACTIVE", false},
	} {
		r := newRig(t, "people.csv", "Personalnummer;Name;Status;Austrittsdatum\n1;A;"+row.status+";"+row.left+"\n")
		check := r.check("status")
		if warns := check.GetReason() == "DATES_UNREADABLE"; warns != row.warns {
			t.Errorf("left %q, status %q: the check is %v", row.left, row.status, check)
		}
		if kind := r.sync().wantComplete().user("1").GetStatusKind().String(); kind != "USER_STATUS_"+row.want {
			t.Errorf("left %q, status %q: %s, want %s", row.left, row.status, kind, row.want)
		}
	}
}

func TestTheCheckSaysWhereDaysOfLeavingCannotBeRead(t *testing.T) {
	const canary = "Juni 2024 geheim"
	check := newRig(t, "people.csv", "Personalnummer;Name;Austrittsdatum\n1;A;\n2;B;"+canary+"\n3;C;31.02.2024\n4;D;31.12.2030\n5;E;2024-06\n6;F;"+canary+"\n").check("status")
	if check.GetStatus() != connectorv1.CheckStatus_CHECK_STATUS_WARN || check.GetReason() != "DATES_UNREADABLE" || check.GetFix() == "" {
		t.Errorf("the check is %v, want a warning that says what to do", check)
	}
	if detail := check.GetDetail(); !strings.Contains(detail, "4, the first in lines 3, 4, 6.") || strings.Contains(detail, "Juni") {
		t.Errorf("the check says %q, want the number of rows, the lines of three and no value", detail)
	}
	// The column of those who are gone may hold such days as well; the other words
	// and dates that are not understood are told of in the same check.
	check = newRig(t, "people.csv", "ID,Name,Status,Hire date,Left\n1,A,,,31.02.2024\n2,B,asleep,03/04/2020,\n3,C,active,,who knows\n").check("status")
	for _, told := range []string{"not clear whether these people have left: 2, in lines 2, 4.", "one of two days: 1,", "not understood: 1."} {
		if check.GetReason() != "DATES_UNREADABLE" || !strings.Contains(check.GetDetail(), told) {
			t.Errorf("the check is %v, want it to say %q", check, told)
		}
	}
}
