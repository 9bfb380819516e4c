package main

import (
	"strings"
	"testing"
)

func TestNobodyIsTakenForATotalByName(t *testing.T) {
	for name, file := range map[string]struct {
		content, key string
		ids          []string
		quarantined  []string
	}{
		"a user name": {"Username,First name,Last name,Department\nann,A,B,x\nsum.li,Sum,Li,\nsum,Sum,Li,\npage-1,Page,,\n", "Username", []string{"ann", "sum.li", "sum", "page-1"}, nil},
		"a full name": {"Full name,Title,Department,Site\nAnn A,x,y,z\nPage Turner,Clerk,,\nCount Basis,,,\nSum 2,Clerk,,\nTotal Eclipse,Clerk,,\n", "Full name", []string{"Ann A", "Page Turner", "Count Basis", "Sum 2", "Total Eclipse"}, nil},
		// Without a key nobody can be listed, and the row is told of.
		"without a key": {"Name,Title,Department,Employee ID\nAnn A,x,y,1\nPage Turner,Clerk,,\n", "Employee ID", []string{"1"}, []string{"KEY_MISSING"}},
		"two columns":   {"Login,Name\nann,Ann\ntotal,\n", "Login", []string{"ann", "total"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, "people.csv", file.content)
			r.config["id_column"] = file.key
			r.connect().sync().wantComplete().wantIDs(file.ids...).wantQuarantined(file.quarantined...)
		})
	}
}

func TestTotalsAndRemarksAreNobody(t *testing.T) {
	for _, row := range []string{
		"Total,3,,,", "Total: 3,,,,", "Summe;3;;;", "Sum,3,,,", "Page 1 of 3,,,,", ",,Seite 1 von 3,,", "Total employees,3,,,", "Number of employees: 3,,,,",
		"Report generated 2026-06-01 by HR,,,,", "Confidential,,,,", "*** End of report ***,,,,", "Grand total,,,,3",
	} {
		content := "Employee ID,Name,E-mail,Department,Title\n1,A,a@example.com,x,y\n2,B,b@example.com,x,y\n"
		if strings.Contains(row, ";") {
			content = strings.ReplaceAll(content, ",", ";")
		}
		r := newRig(t, "people.csv", content+row+"\n")
		if detail := r.check("rows").GetDetail(); !strings.Contains(detail, "repeated headers: 1, the first in line 4.") {
			t.Errorf("%q: the check says %q", row, detail)
		}
		r.reconnect().sync().wantComplete().wantIDs("1", "2").wantQuarantined()
	}
	// Where there are few columns, figures tell.
	newRig(t, "people.csv", "Employee ID,Name\n1,A\n2,B\nTotal: 2,\n").connect().sync().wantComplete().wantIDs("1", "2").wantQuarantined()
}

func TestAHeaderThatIsRepeatedIsNobody(t *testing.T) {
	for name, header := range map[string]string{
		"two columns of one name": "Employee ID,Name,Phone,Phone\n",
		"a nameless column":       "Employee ID,Name,,Phone\n",
		"a very long name":        "Employee ID,Name,Phone,Note " + strings.Repeat("x", 2*maxHeaderBytes) + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			newRig(t, "people.csv", header+"1,A,2,3\n"+header+"2,B,4,5\n").connect().sync().wantComplete().wantIDs("1", "2").wantQuarantined()
		})
	}
}

// Everybody would be new, and everybody else gone.
func TestATotalOrARepeatedHeaderChangesNoKey(t *testing.T) {
	const header = "Employee ID,Name,E-mail,Manager ID,Title\n"
	const separated = "\"1,234\",A,a@example.com,,x\n\"2,345\",B,b@example.com,\"1,234\",x\n"
	const fractions = "1001.0,A,a@example.com,,x\n2002.0,B,b@example.com,1001.0,x\n"
	const hardly = header + ",A,a@example.com,,x\n,B,b@example.com,,x\n7,C,c@example.com,,x\n8,D,d@example.com,,x\n"
	for name, file := range map[string]struct {
		content string
		ids     []string
	}{
		"thousands":                       {header + separated, []string{"1234", "2345"}},
		"thousands and a total":           {header + separated + "Total: 3,,,,\n", []string{"1234", "2345"}},
		"thousands and a bare total":      {header + separated + ",,Total,2345,\n", []string{"1234", "2345"}},
		"thousands and headers":           {header + separated + header, []string{"1234", "2345"}},
		"fractions and a total":           {header + fractions + "Total: 3,,,,\n", []string{"1001", "2002"}},
		"fractions and headers":           {header + fractions + header, []string{"1001", "2002"}},
		"half of all have one":            {hardly, []string{"7", "8"}},
		"half of all have one, in totals": {hardly + "Total,4,,,\n,Page 1 of 1,,,\n", []string{"7", "8"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := newRig(t, "people.csv", file.content).connect().sync().wantComplete().wantIDs(file.ids...)
			if managers := got.records()[1].GetUser().GetManagers(); len(managers) > 0 && managers[0].GetValue() != file.ids[0] {
				t.Errorf("the manager is %v, want %s", managers, file.ids[0])
			}
		})
	}
}
