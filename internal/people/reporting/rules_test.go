package reporting_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"patchbay.example/internal/people/reporting"
)

// Numbers of the people in staff.
const (
	ada = iota
	ben
	ann1
	ann2
	left
	fay
	who // whose references a test gives
)

// staff is a small directory. Both Anns share a name and a mailbox; who is the
// last.
func staff(references ...reporting.Reference) []reporting.Account {
	return []reporting.Account{
		{ID: "00u0", Active: true, UserName: "ada@example.com", Emails: []string{"ada@mail.example.com"}, EmployeeNumber: "0042", Names: []string{"Ada Doe", "Doe, Ada"}},
		{ID: "00u1", Active: true, UserName: "ben@example.com", Emails: []string{"ben@example.com"}, EmployeeNumber: "77", PrincipalNames: []string{"EX\\ben", "bd"}, Names: []string{"Ben Doe"}},
		{ID: "00u2", Active: true, UserName: "ann@example.com", Emails: []string{"anns@example.com"}, EmployeeNumber: "E5", Names: []string{"Ann Roe"}, Department: "Sales"},
		{ID: "00u3", Active: true, UserName: "ann@example.org", Emails: []string{"anns@example.com"}, EmployeeNumber: "88", Names: []string{"Ann Roe"}, Department: "Support"},
		{ID: "00u4", UserName: "lee@example.com", EmployeeNumber: "99", Names: []string{"Lee Poe"}},
		{ID: "00u5", Active: true, UserName: "88@example.com", EmployeeNumber: "088", Names: []string{"Fay Poe"}},
		{ID: "00u6", Active: true, UserName: "who@example.com", Names: []string{"Who Ever"}, Department: "Support", References: references},
	}
}

func departed() []reporting.Account {
	return []reporting.Account{
		{ID: "00u7", UserName: "gil@example.com", EmployeeNumber: "7007", Names: []string{"Gil Poe"}},
		{ID: "00u7", UserName: "gil@example.com", EmployeeNumber: "7008"},
		{ID: "00u8", Names: []string{"Tim Poe"}},
		{ID: "00u9", Names: []string{"Tim Poe"}},
		{ID: "00u1", UserName: "former-ben@example.com"},
	}
}

func ref(attribute, value string) reporting.Reference {
	return reporting.Reference{Attribute: attribute, Value: value}
}

func TestRules(t *testing.T) {
	type refs = []reporting.Reference
	tests := []struct {
		name       string
		references refs
		manager    int32
		reason     reporting.Reason
		attribute  string
		key        reporting.Key
		candidates int32
	}{
		{"id", refs{ref("m", "00u0")}, ada, reporting.Resolved, "m", reporting.KeyID, 1},
		{"an id in another case is nobody's", refs{ref("m", "00U0")}, -1, reporting.NotInDirectory, "m", "", 0},
		{"login", refs{ref("m", " ADA@Example.com")}, ada, reporting.Resolved, "m", reporting.KeyUserName, 1},
		{"a login that is the address, too", refs{ref("m", "ben@example.com")}, ben, reporting.Resolved, "m", reporting.KeyUserName, 1},
		{"address", refs{ref("m", "ada@mail.example.com")}, ada, reporting.Resolved, "m", reporting.KeyEmail, 1},
		{"number", refs{ref("m", "0042")}, ada, reporting.Resolved, "m", reporting.KeyEmployeeNumber, 1},
		{"number as it is, though others differ by zeros only", refs{ref("m", "88")}, ann2, reporting.Resolved, "m", reporting.KeyEmployeeNumber, 1},
		{"sAMAccountName", refs{ref("m", "BD")}, ben, reporting.Resolved, "m", reporting.KeyPrincipalName, 1},
		{"down-level logon name", refs{ref("m", `ex\BEN`)}, ben, reporting.Resolved, "m", reporting.KeyPrincipalName, 1},
		{"name", refs{ref("m", "doe,  ben")}, ben, reporting.Resolved, "m", reporting.KeyName, 1},
		{"common name, as nobody has a DN", refs{ref("m", `CN=Doe\, Ben,OU=x`)}, ben, reporting.Resolved, "m", reporting.KeyName, 1},
		{"a name that is nearly somebody's", refs{ref("m", "Ben Do")}, -1, reporting.NotInDirectory, "m", "", 0},
		{"a name with another letter", refs{ref("m", "Bén Doe")}, -1, reporting.NotInDirectory, "m", "", 0},
		{"namesakes", refs{ref("m", "Ann Roe")}, -1, reporting.Ambiguous, "m", reporting.KeyName, 2},
		{"a shared mailbox", refs{ref("m", "anns@example.com")}, -1, reporting.Ambiguous, "m", reporting.KeyEmail, 2},
		{"namesakes, and one of them elsewhere", refs{ref("m", "Ann Roe"), ref("n", "E5")}, ann1, reporting.Resolved, "n", reporting.KeyEmployeeNumber, 1},
		{"namesakes, and somebody else elsewhere", refs{ref("m", "Ann Roe"), ref("n", "Ben Doe")}, ben, reporting.Resolved, "n", reporting.KeyName, 1},
		{"inactive", refs{ref("m", "99")}, left, reporting.InactiveManager, "m", reporting.KeyEmployeeNumber, 1},
		{"self", refs{ref("m", "00u6")}, -1, reporting.Self, "m", reporting.KeyID, 1},
		{"self by the stronger key", refs{ref("m", "Ben Doe"), ref("n", "00u6")}, -1, reporting.Self, "n", reporting.KeyID, 2},
		{"self by the weaker key", refs{ref("m", "Who Ever"), ref("n", "00u0")}, ada, reporting.Conflict, "n", reporting.KeyID, 2},
		{"conflict", refs{ref("m", "Ada Doe"), ref("n", "77")}, ben, reporting.Conflict, "n", reporting.KeyEmployeeNumber, 2},
		{"conflict of equal keys", refs{ref("m", "Ada Doe"), ref("n", "Ben Doe")}, ada, reporting.Conflict, "m", reporting.KeyName, 2},
		{"conflict with somebody inactive", refs{ref("m", "Ada Doe"), ref("n", "00u4")}, left, reporting.Conflict, "n", reporting.KeyID, 2},
		{"three people", refs{ref("m", "Ada Doe"), ref("n", "77"), ref("o", "00u4")}, left, reporting.Conflict, "o", reporting.KeyID, 3},
		{"no conflict with who is nobody", refs{ref("m", "00u0"), ref("n", "Zed Nobody"), ref("o", "n/a")}, ada, reporting.Resolved, "m", reporting.KeyID, 1},
		{"no conflict with who left", refs{ref("m", "gil@example.com"), ref("n", "Ada Doe")}, ada, reporting.Resolved, "n", reporting.KeyName, 1},
		{"agreement", refs{ref("m", "Ada Doe"), ref("n", "00u0")}, ada, reporting.Resolved, "n", reporting.KeyID, 1},
		{"left", refs{ref("m", "Gil Poe")}, -1, reporting.OutsideSyncFilter, "m", reporting.KeyName, 0},
		{"left, of two records", refs{ref("m", "gil@example.com")}, -1, reporting.OutsideSyncFilter, "m", reporting.KeyUserName, 0},
		{"several who left", refs{ref("m", "Tim Poe")}, -1, reporting.NotInDirectory, "m", "", 0},
		{"left and back", refs{ref("m", "former-ben@example.com")}, -1, reporting.NotInDirectory, "m", "", 0},
		{"placeholder", refs{ref("m", "N/A")}, -1, reporting.Placeholder, "m", "", 0},
		{"placeholder and nobody", refs{ref("m", "N/A"), ref("n", "x@example.com")}, -1, reporting.NotInDirectory, "n", "", 0},
		{"malformed", refs{ref("m", "x@example.com"), ref("n", "CN=Doe, Ben,OU=x")}, -1, reporting.MalformedDN, "n", "", 0},
		{"blank", refs{ref("m", ""), ref("n", " \t")}, -1, reporting.Blank, "", "", 0},
		{"nothing", nil, -1, reporting.Blank, "", "", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := reporting.Resolve(staff(tt.references...), departed(), reporting.Options{})
			got := r.Link(who)
			want := reporting.Link{
				Manager: tt.manager, Reason: tt.reason, Attribute: tt.attribute, Key: tt.key, Candidates: tt.candidates,
			}
			if got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
			assertCountsSum(t, r)
		})
	}
}

func TestWeakerReadingsAreMarked(t *testing.T) {
	for value, want := range map[string]int32{"42": ada, "000042": ada, "e5": ann1, "lee": left, "WHO": -1} {
		got := reporting.Resolve(staff(ref("m", value)), nil, reporting.Options{}).Link(who)
		if got.Manager != want || !got.Normalised {
			t.Errorf("%q: %+v, want manager %d, normalised", value, got, want)
		}
	}
	// Both Anns' logins begin so; and two numbers are 88 but for their zeros.
	if got := reporting.Resolve(staff(ref("m", "ann")), nil, reporting.Options{}).Link(who); got.Reason != reporting.Ambiguous || got.Candidates != 2 {
		t.Errorf("a login without its domain: %+v, want two candidates", got)
	}
	if got := reporting.Resolve(staff(ref("m", "00088")), nil, reporting.Options{}).Link(who); got.Reason != reporting.Ambiguous || !got.Normalised {
		t.Errorf("a number of two without their zeros: %+v, want ambiguous", got)
	}
}

// As soon as one account has a distinguished name, names are compared whole: a
// common name alone would find namesakes of other branches.
func TestDistinguishedNamesAreComparedWhole(t *testing.T) {
	accounts := staff(ref("m", `cn=Doe\2C Ben, ou=Sales,dc=example`))
	accounts[ben].DN = `CN=Doe\, Ben,OU=Sales,DC=example`
	if got := reporting.Resolve(accounts, nil, reporting.Options{}).Link(who); got.Manager != ben || got.Key != reporting.KeyDN {
		t.Errorf("%+v, want the one of that DN", got)
	}
	accounts[ben].DN = `CN=Doe\, Ben,OU=Support,DC=example`
	if got := reporting.Resolve(accounts, nil, reporting.Options{}).Link(who); got.Reason != reporting.NotInDirectory {
		t.Errorf("%+v, want nobody: the DN is of another branch", got)
	}
}

func TestACircleIsReportedByAllInIt(t *testing.T) {
	accounts := staff(ref("m", "00u0"))
	accounts[ada].References = []reporting.Reference{ref("m", "ben@example.com"), ref("n", "00u2")} // ben by the weaker key
	accounts[ann1].References = []reporting.Reference{ref("m", "who@example.com")}
	accounts[ben].References = []reporting.Reference{ref("m", "00u0")}
	r := reporting.Resolve(accounts, nil, reporting.Options{})
	for i, want := range []reporting.Reason{ada: reporting.Cycle, ann1: reporting.Cycle, who: reporting.Cycle, ben: reporting.Resolved} {
		if want != "" && r.Link(int32(i)).Reason != want {
			t.Errorf("account %d: %+v, want %s", i, r.Link(int32(i)), want)
		}
	}
	f := reporting.Grow(r.Managers(), nil)
	if got := f.Cycles(); len(got) != 1 || !slices.Equal(got[0], []int32{ada, ann1, who}) || f.Parent(ada) != -1 {
		t.Errorf("circles %v", got)
	}
}

// A directory in which managers are employee numbers, and somebody's login is a
// number, too: the pair that is right for all others tells what a value means.
func TestThePrimaryPairIsLearnt(t *testing.T) {
	accounts := staff()
	for i := range accounts[:who] {
		accounts[i].References = []reporting.Reference{ref("managerId", "77"), ref("manager", "Ann Roe")}
	}
	accounts[ann1].UserName = "88"
	accounts[who].References = []reporting.Reference{ref("managerId", "88"), ref("other", "88")}
	r := reporting.Resolve(accounts, nil, reporting.Options{})
	table := r.Table()
	if table.Primary == nil || *table.Primary != (reporting.Pair{Attribute: "managerId", Key: reporting.KeyEmployeeNumber}) || table.Pinned {
		t.Fatalf("primary %+v", table.Primary)
	}
	statements := r.Explain(who).References
	if !slices.Equal(statements[0].Candidates, []int32{ann2}) || !slices.Equal(statements[1].Candidates, []int32{ann1}) {
		t.Errorf("88 is %v as managerId, %v elsewhere; want %d, %d", statements[0].Candidates, statements[1].Candidates, ann2, ann1)
	}
	if table.People != 7 || !slices.Equal(table.Attributes, []string{"managerId", "manager", "other"}) ||
		!slices.Equal(table.Filled, []int{7, 6, 1}) || !slices.Equal(table.Distinct, []int{2, 1, 1}) {
		t.Errorf("table %+v", table)
	}
	numbers, names := table.Cells[slices.Index(table.Keys, reporting.KeyEmployeeNumber)], table.Cells[slices.Index(table.Keys, reporting.KeyName)]
	if numbers[0] != (reporting.Cell{One: 7}) || !numbers[0].Unique() || names[1] != (reporting.Cell{Several: 6}) || names[1].Unique() {
		t.Errorf("cells: numbers %+v, names %+v", numbers, names)
	}
	if share := numbers[0].Share(table.People); share != 1 {
		t.Errorf("share %v", share)
	}
}

func TestAPinnedPairWins(t *testing.T) {
	pin := reporting.Pair{Attribute: "m", Key: reporting.KeyName}
	r := reporting.Resolve(staff(ref("n", "00u0"), ref("m", "Ben Doe")), nil, reporting.Options{Pin: &pin})
	if got := r.Link(who); got.Manager != ben || got.Reason != reporting.Conflict || got.Attribute != "m" {
		t.Errorf("%+v, want the manager that the pinned pair names", got)
	}
	if table := r.Table(); !table.Pinned || *table.Primary != pin {
		t.Errorf("primary %+v", table.Primary)
	}
	// Where it names nobody, the others do.
	r = reporting.Resolve(staff(ref("n", "00u0"), ref("m", "Nobody")), nil, reporting.Options{Pin: &pin})
	if got := r.Link(who); got.Manager != ada || got.Reason != reporting.Resolved {
		t.Errorf("%+v, want the manager that the other attribute names", got)
	}
}

func TestExplanation(t *testing.T) {
	r := reporting.Resolve(staff(ref("a", "Ann Roe"), ref("b", "0042"), ref("c", "77"), ref("d", "gil@example.com"),
		ref("e", "CN=Doe, Ben,OU=x"), ref("f", "n/a"), ref("g", "42"), ref("h", "")), departed(), reporting.Options{})
	e := r.Explain(who)
	want := []struct {
		outcome    reporting.Outcome
		reason     reporting.Reason
		candidates []int32
	}{
		{reporting.NotNeeded, reporting.Ambiguous, []int32{ann1, ann2}},
		{reporting.Decided, reporting.Resolved, []int32{ada}},
		{reporting.Outweighed, reporting.Resolved, []int32{ben}},
		{reporting.SaysNobody, reporting.OutsideSyncFilter, nil},
		{reporting.SaysNobody, reporting.MalformedDN, nil},
		{reporting.SaysNobody, reporting.Placeholder, nil},
		{reporting.Agrees, reporting.Resolved, []int32{ada}},
		{reporting.SaysNobody, reporting.Blank, nil},
	}
	if len(e.References) != len(want) || e.Link.Reason != reporting.Conflict {
		t.Fatalf("%+v", e)
	}
	for i, s := range e.References {
		if s.Outcome != want[i].outcome || s.Reason != want[i].reason || !slices.Equal(s.Candidates, want[i].candidates) {
			t.Errorf("%q: %+v, want %+v", s.Value, s, want[i])
		}
	}
	if !slices.Equal(e.References[0].SameDepartment, []int32{ann2}) {
		t.Errorf("in the same department: %v", e.References[0].SameDepartment)
	}
	if !slices.Equal(e.References[3].Departed, []int32{0}) {
		t.Errorf("departed: %v", e.References[3].Departed)
	}
	if p := e.References[4].Problem; !strings.Contains(p, "comma") || strings.Contains(p, "Doe") {
		t.Errorf("problem: %q", p)
	}
}

// Any text anywhere gives everybody one reason, and the forest everybody.
func FuzzResolve(f *testing.F) {
	f.Add("ada@example.com|0042|Doe, Ada", "CN=Doe\\, Ada,O=x|n/a", "managerId")
	f.Add("\x00|\xff\xfe|😀|"+strings.Repeat("é", 3000), "\u202e|=|CN=#|0", "")
	f.Add("a|a|a|b", "a|b", "m")
	f.Add(" , | ,,|@|a@|@a", "@|,|a|a@", "=")
	f.Fuzz(func(t *testing.T, ours, theirs, attribute string) {
		accounts := accountsOf(ours, theirs, attribute)
		r := reporting.Resolve(accounts, accountsOf(theirs, ours, attribute)[:1], reporting.Options{})
		assertCountsSum(t, r)
		managers := r.Managers()
		for i := range accounts {
			l := r.Link(int32(i))
			if !slices.Contains(reporting.Reasons(), l.Reason) || l.Manager == int32(i) || l.Manager < -1 || int(l.Manager) >= len(accounts) {
				t.Fatalf("account %d of %v: %+v", i, accounts, l)
			}
			linked := l.Manager >= 0
			if found := slices.Index(reporting.Reasons(), l.Reason); linked != (found >= 1 && found <= 4) {
				t.Fatalf("account %d of %v has manager %d and the reason %s", i, accounts, l.Manager, l.Reason)
			}
			if problem := disagreement(r, int32(i), r.Explain(int32(i))); problem != "" {
				t.Fatalf("account %d of %v: %s", i, accounts, problem)
			}
		}
		if got := reporting.Grow(managers, nil).Size(); got != len(accounts) {
			t.Fatalf("%d of %d people are in the forest", got, len(accounts))
		}
		if table := r.Table(); utf8.ValidString(attribute) && table.People > len(accounts) {
			t.Fatalf("%d of %d people have a value", table.People, len(accounts))
		}
	})
}

// accountsOf makes accounts whose keys are parts of one text, and whose references
// are parts of another.
func accountsOf(keys, values, attribute string) []reporting.Account {
	var accounts []reporting.Account
	key, value := strings.Split(keys, "|"), strings.Split(values, "|")
	for i := range min(len(key), 12) {
		at := func(n int) string { return key[(i+n)%len(key)] }
		accounts = append(accounts, reporting.Account{
			ID: at(0), Active: i%3 > 0, UserName: at(1), Emails: []string{at(2)}, EmployeeNumber: at(3),
			PrincipalNames: []string{at(4)}, DN: at(5), Names: []string{at(6), at(7)}, Department: at(8),
			References: []reporting.Reference{ref(attribute, value[i%len(value)]), ref("m", value[(i+1)%len(value)]), ref(attribute, at(9))},
		})
	}
	return accounts
}

// A mailbox of two people is not settled by a third one's login; by one of
// theirs it is.
func TestOneOfSeveralIsSettledByAWeakerKey(t *testing.T) {
	for owner, want := range map[int]reporting.Link{
		ann1: {Manager: ann1, Reason: reporting.Resolved, Attribute: "m", Key: reporting.KeyPrincipalName, Candidates: 1},
		ben:  {Manager: -1, Reason: reporting.Ambiguous, Attribute: "m", Key: reporting.KeyEmail, Candidates: 2},
	} {
		accounts := staff(ref("m", "anns@example.com"))
		accounts[owner].PrincipalNames = []string{"Anns@example.com"}
		for i := range accounts[:who] {
			accounts[i].References = []reporting.Reference{ref("m", "ada@mail.example.com")}
		}
		if got := reporting.Resolve(accounts, nil, reporting.Options{}).Link(who); got != want {
			t.Errorf("a principal name of %d: %+v, want %+v", owner, got, want)
		}
	}
}

// A key that tells people apart is primary though another one names more, unless
// none does.
func TestThePrimaryPairIsUnique(t *testing.T) {
	accounts := staff(ref("managerId", "0042"))
	for i := range accounts[:who] {
		accounts[i].References = []reporting.Reference{ref("manager", []string{"Ben Doe", "Ada Doe", "Ann Roe"}[i%3])}
	}
	table := reporting.Resolve(accounts, nil, reporting.Options{}).Table()
	if want := (reporting.Pair{Attribute: "managerId", Key: reporting.KeyEmployeeNumber}); *table.Primary != want {
		t.Errorf("primary %+v of %+v, want %+v", *table.Primary, table, want)
	}
	// Also where the stronger key is the one that does not.
	for i := range accounts[:who] {
		accounts[i].References = []reporting.Reference{ref("mail", []string{"ada@mail.example.com", "anns@example.com"}[i%2])}
	}
	accounts[who].References = []reporting.Reference{ref("manager", "Ben Doe")}
	table = reporting.Resolve(accounts, nil, reporting.Options{}).Table()
	if want := (reporting.Pair{Attribute: "manager", Key: reporting.KeyName}); *table.Primary != want {
		t.Errorf("primary %+v of %+v, want %+v", *table.Primary, table, want)
	}
	accounts[who].References = nil
	table = reporting.Resolve(accounts, nil, reporting.Options{}).Table()
	if want := (reporting.Pair{Attribute: "mail", Key: reporting.KeyEmail}); *table.Primary != want {
		t.Errorf("primary %+v of %+v, want %+v", *table.Primary, table, want)
	}
}

func TestBytes(t *testing.T) {
	accounts := staff(ref("m", "0042"))
	r := reporting.Resolve(accounts, nil, reporting.Options{})
	accounts = staff(ref("m", strings.Repeat("x", 1000)))
	longer := reporting.Resolve(accounts, nil, reporting.Options{})
	if got := longer.Bytes() - r.Bytes(); got != 996 {
		t.Errorf("996 bytes more take %d", got)
	}
	if got := reporting.Grow(r.Managers(), nil).Bytes(); got < 7*7*4 {
		t.Errorf("a forest of seven takes %d bytes", got)
	}
}
