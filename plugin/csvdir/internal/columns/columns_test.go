package columns

import (
	"slices"
	"testing"
)

func TestNoHeaderMeansTwoThings(t *testing.T) {
	meaning := map[string]Attribute{}
	for _, u := range Attributes() {
		if len(u.Headers) == 0 || !Known(string(u.Attribute)) {
			t.Errorf("%s has no headers", u.Attribute)
		}
		for _, header := range u.Headers {
			folded := Fold(header)
			if other, taken := meaning[folded]; taken && other != u.Attribute {
				t.Errorf("%q means %s and %s", header, other, u.Attribute)
			}
			meaning[folded] = u.Attribute
		}
	}
}

func TestHeadersAreComparedFolded(t *testing.T) {
	for header, want := range map[string]Attribute{
		"  EMPLOYEE_ID ": EmployeeNumber, "E-MAIL": Email, "e mail": Email, "Kuendigungsdatum": TerminationDate, "Kündigungsdatum": TerminationDate, "Hire Date (MM/DD/YYYY)": HireDate,
		"Status [READ ONLY]": Status, "[ID]": ID, "prenom": GivenName, "STRASSE": StreetAddress, "Führungskraft": Manager, "Fuehrungskraft": Manager, "N+1": Manager, "Employee #": EmployeeNumber,
		"profile.firstName": GivenName, "emails.0.value": Email, "manager.email": ManagerEmail, "address.name": None, "department.name": Department, "company.id": None, "": None, "Shirt size": None, ".": None, "1.2": None,
	} {
		if got := Propose([]string{header}, nil).Columns[0]; got != want {
			t.Errorf("%q means %q, want %q", header, got, want)
		}
	}
}

func TestNeighboursDecide(t *testing.T) {
	for _, table := range []struct {
		headers []string
		want    []Attribute
	}{
		{[]string{"Name", "Vorname"}, []Attribute{FamilyName, GivenName}},
		{[]string{"Name", "E-Mail"}, []Attribute{DisplayName, Email}},
		{[]string{"Nombre", "Apellidos"}, []Attribute{GivenName, FamilyName}},
		{[]string{"Nombre"}, []Attribute{DisplayName}},
		{[]string{"Nome", "Cognome"}, []Attribute{GivenName, FamilyName}},
		{[]string{"E-mail", "Work e-mail"}, []Attribute{OtherEmail, Email}},
		{[]string{"Title", "Job title"}, []Attribute{None, Title}},
		{[]string{"Name", "Name"}, []Attribute{DisplayName, None}},
		{[]string{"Manager", "Manager ID", "Manager"}, []Attribute{Manager, ManagerID, Manager}},
	} {
		p := Propose(table.headers, nil)
		if !slices.Equal(p.Columns, table.want) {
			t.Errorf("%q mean %q, want %q", table.headers, p.Columns, table.want)
		}
	}
	p := Propose([]string{"Title", "Job title"}, nil)
	if len(p.Contested) != 1 || p.Contested[0] != (Contest{0, 1, Title}) {
		t.Errorf("contested are %v", p.Contested)
	}
}

func TestOverridesComeFirst(t *testing.T) {
	p := Propose([]string{"Name", "Vorname", "Lead", "ID"}, []Override{{"name", DisplayName}, {"LEAD", Manager}, {"ID", None}, {"Gone", Title}})
	if want := []Attribute{DisplayName, GivenName, Manager, None}; !slices.Equal(p.Columns, want) {
		t.Errorf("they mean %q, want %q", p.Columns, want)
	}
	if !slices.Equal(p.Unused, []string{"Gone"}) {
		t.Errorf("unused are %q", p.Unused)
	}
}

func FuzzPropose(f *testing.F) {
	f.Add("Employee ID", "profile.name.first")
	f.Add("..", "((")
	f.Fuzz(func(t *testing.T, a, b string) {
		p := Propose([]string{a, b, a}, []Override{{b, Title}})
		if len(p.Columns) != 3 {
			t.Fatalf("%d columns", len(p.Columns))
		}
		for _, u := range Attributes() {
			if n := len(p.Of(u.Attribute)); n > 1 && !u.Attribute.Many() {
				t.Errorf("%d columns mean %s", n, u.Attribute)
			}
		}
	})
}
