package main

import (
	"strings"
	"testing"

	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

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
