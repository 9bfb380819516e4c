package reporting

import "testing"

func TestLookupOfEarlierRecords(t *testing.T) {
	accounts := []Account{
		{ID: "1", Active: true, Emails: []string{"one@example.com"}, EmployeeNumber: "100"},
		{ID: "2", Active: true, Emails: []string{"two@example.com"}, References: []Reference{{"managerId", "one@example.com"}}},
		{ID: "3", Emails: []string{"three@example.com"}, References: []Reference{{"managerId", "two@example.com"}}},
	}
	r := Resolve(accounts, nil, Options{})
	others := []Account{
		{ID: "9", References: []Reference{{"managerId", "nine@example.com"}}},
		{ID: "2", Active: true, References: []Reference{{"managerId", "TWO@example.com"}}}, // its number here is its manager's there
		{ID: "3", Active: true, References: []Reference{{"managerId", "one@example.com"}}},
		{ID: "4", Active: true, References: []Reference{{"managerId", "three@example.com"}}},
		{ID: "2", Active: true},
		{ID: "1", Active: true, References: []Reference{{"managerId", "two@example.com"}}},
		// Its place here is that of one of those whom it names.
		{ID: "8", References: []Reference{{"managerId", "one@example.com"}, {"manager", "100"}}},
		{ID: "7", References: []Reference{{"managerId", "two@example.com"}, {"manager", "100"}}},
	}
	want := []struct {
		manager int32
		reason  Reason
	}{{-1, NotInDirectory}, {-1, Self}, {0, Resolved}, {2, InactiveManager}, {-1, Blank}, {1, Resolved}, {0, Resolved}, {1, Conflict}}
	for i, got := range r.Lookup(others) {
		if got.Manager != want[i].manager || got.Reason != want[i].reason {
			t.Errorf("%d: %+v, want %+v", i, got, want[i])
		}
	}
	if len(r.Lookup(nil)) != 0 {
		t.Error("nobody has a link")
	}
	if got := r.Lookup([]Account{{ID: "0", References: []Reference{{"managerId", "one@example.com"}}}}); got[0].Manager != 0 {
		t.Errorf("a manager of the same number as who asks: %+v", got[0])
	}
}
