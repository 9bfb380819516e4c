package main

import "testing"

// Quotation marks that are not doubled, one where a value begins and one where
// another ends, make a value of all that is between.
func TestNobodyIsSwallowedByQuotationMarksInSilence(t *testing.T) {
	for name, file := range map[string]struct {
		content string
		ids     []string
	}{
		"a later column":       {"Employee ID,Name,Title\n1,\"A,x\n2,B,Size 12\"\n3,C,y\n4,D,z\n", []string{"3", "4"}},
		"the same column":      {"Employee ID,Name,Title\n1,\"A,x\n2,B\",y\n3,C,y\n4,D,z\n", []string{"3", "4"}},
		"an earlier column":    {"Employee ID,Name,Title\n1,A,\"x\n2,B\",y\n3,C,y\n4,D,z\n", []string{"3", "4"}},
		"two rows":             {"Employee ID,Name,Title\n1,\"A,x\n2,B,y\n3,C\",z\n4,D,z\n", []string{"4"}},
		"the key behind":       {"Name,Employee ID\n\"A,1\nB\",2\nC,3\nD,4\n", []string{"3", "4"}},
		"a mark that is alone": {"Employee ID,Name,Title\n1,A,\"\n2,B,Size 12\"\n3,C,y\n4,D,z\n", []string{"3", "4"}},
		"keys of letters":      {"Login,Name,Title\nann,\"A,x\nbob,B,y\"\ncid,C,y\ndon,D,z\n", []string{"cid", "don"}},
		"the key itself":       {"E-mail,Name\n\"a@example.com,A\nb@example.com\",B\nc@example.com,C\nd@example.com,D\n", []string{"c@example.com", "d@example.com"}},
		"lines of old systems": {"Employee ID;Name;Title\r1;\"A;x\r2;B;Size 12\"\r3;C;y\r4;D;z\r", []string{"3", "4"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := newRig(t, "people.csv", file.content).connect().sync().wantComplete().wantIDs(file.ids...).wantQuarantined("ROWS_SWALLOWED")
			if got.quarantined[0].GetId() != "" {
				t.Error("a row was quarantined with an id: those that it holds would be taken for gone")
			}
		})
	}
}

func TestAValueOfSeveralLinesIsNoOtherRow(t *testing.T) {
	for name, content := range map[string]string{
		"an address":         "Employee ID,Name,Address,Title\n1,A,\"Main Street 1,\n12345 Town, State, Land\",x\n2,B,,y\n",
		"a narrow table":     "Employee ID,Address,Title\n1,\"Street 1, Floor 2\nTown, State\",x\n2,,y\n",
		"a remark at an end": "Employee ID,Name,Note\n1,A,\"Called, twice, in vain.\n\nWrites, calls, and so on.\"\n2,B,\n",
		"keys of letters":    "Full name,Employee ID,Address\nA,1,\"Street, 1\nTown, State, Land\"\nB,2,\n",
		"a key behind":       "Address,Employee ID,Name\n\"12 Main Street, 3\nTown, 4, State\",1,A\n,2,B\n",
		"an empty key":       "Employee ID,Name,Address\n1,A,\"x\n,,\"\n2,B,\n",
	} {
		t.Run(name, func(t *testing.T) {
			newRig(t, "people.csv", content).connect().sync().wantComplete().wantIDs("1", "2").wantQuarantined()
		})
	}
}
