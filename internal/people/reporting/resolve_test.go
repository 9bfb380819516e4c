package reporting_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"patchbay.example/internal/people/reporting"
	"patchbay.example/internal/people/reporting/reportingtest"
)

// Eight encodings in one directory, under all the noise: nobody gets a wrong
// manager, whoever can be found is, and everybody else has the one right reason.
func TestGeneratedTenantsAreResolvedAsTheirDataSay(t *testing.T) {
	seen := map[reporting.Reason]int{}
	for seed := range uint64(60) {
		tenant := reportingtest.New(reportingtest.Shape{Seed: seed, People: 1 + int(seed)*40, Untidy: 60})
		r := reporting.Resolve(tenant.Accounts, tenant.Departed, reporting.Options{})
		for i, want := range tenant.Truth {
			got := r.Link(int32(i))
			seen[want.Reason]++
			if got.Manager != want.Manager || got.Reason != want.Reason {
				t.Errorf("seed %d: account %d (%s) with %q: manager %d, %s; want %d, %s", seed, i, want.Story,
					tenant.Accounts[i].References, got.Manager, got.Reason, want.Manager, want.Reason)
			}
		}
		if t.Failed() {
			t.FailNow()
		}
		assertCountsSum(t, r)
	}
	for _, reason := range reporting.Reasons() {
		if seen[reason] < 50 {
			t.Errorf("only %d accounts of all tenants are %s: the generator no longer makes them", seen[reason], reason)
		}
	}
}

func assertCountsSum(t *testing.T, r *reporting.Resolution) {
	t.Helper()
	sum, counts := 0, r.Counts()
	for _, reason := range reporting.Reasons() {
		sum += counts[reason]
	}
	if sum != r.Len() || len(counts) != len(reporting.Reasons()) {
		t.Errorf("the reasons %v sum to %d, of %d accounts", counts, sum, r.Len())
	}
}

// An explanation is made anew, of the person's references alone: it must say what
// the resolution of everybody said.
func TestExplanationsAgreeWithLinks(t *testing.T) {
	for seed := range uint64(6) {
		tenant := reportingtest.New(reportingtest.Shape{Seed: 100 + seed, People: 150, Untidy: 80})
		r := reporting.Resolve(tenant.Accounts, tenant.Departed, reporting.Options{})
		for i := range tenant.Accounts {
			e := r.Explain(int32(i))
			if problem := disagreement(r, int32(i), e); problem != "" {
				t.Errorf("seed %d: account %d with %q: %s\nlink %+v\nexplained %+v", seed, i,
					tenant.Accounts[i].References, problem, r.Link(int32(i)), e)
			}
		}
	}
}

func disagreement(r *reporting.Resolution, i int32, e reporting.Explanation) string {
	if e.Link != r.Link(i) {
		return "another link"
	}
	decided := 0
	for _, s := range e.References {
		if s.Outcome != reporting.Decided {
			continue
		}
		decided++
		switch {
		case e.Link.Manager >= 0 && !slices.Equal(s.Candidates, []int32{e.Link.Manager}):
			return "what decided is not the manager"
		case e.Link.Reason == reporting.Ambiguous && len(s.Candidates) != int(e.Link.Candidates):
			return "another number of candidates"
		case s.Key != e.Link.Key && s.Reason != reporting.OutsideSyncFilter:
			return "another key"
		case s.Reason == reporting.OutsideSyncFilter && len(s.Departed) != 1:
			return "not one who left"
		}
	}
	if decided != min(len(e.References), 1) {
		return fmt.Sprintf("%d references decided", decided)
	}
	return ""
}

// Accounts in any order and any number of readers give the same.
func TestResolvingIsRepeatable(t *testing.T) {
	tenant := reportingtest.New(reportingtest.Shape{Seed: 7, People: 9000, Untidy: 50})
	one := reporting.Resolve(tenant.Accounts, tenant.Departed, reporting.Options{})
	two := reporting.Resolve(tenant.Accounts, tenant.Departed, reporting.Options{})
	for i := range tenant.Accounts {
		if one.Link(int32(i)) != two.Link(int32(i)) {
			t.Fatalf("account %d: %+v, then %+v", i, one.Link(int32(i)), two.Link(int32(i)))
		}
	}
	if !reflect.DeepEqual(one.Table(), two.Table()) {
		t.Errorf("two tables of one directory: %+v and %+v", one.Table(), two.Table())
	}
}

func TestNobody(t *testing.T) {
	r := reporting.Resolve(nil, nil, reporting.Options{})
	if r.Len() != 0 || r.Table().Primary != nil || r.Link(0).Manager != -1 || r.Explain(-1).Link.Reason != "" {
		t.Errorf("an empty directory has %d accounts, table %+v", r.Len(), r.Table())
	}
	assertCountsSum(t, r)
}
