package main

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"patchbay.example/plugin/okta/internal/oktaapi"
	"patchbay.example/plugin/okta/oktatest"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

func TestEverybodyComesOnceAsTheyAre(t *testing.T) {
	t.Parallel()
	for _, size := range []struct{ limit, pages int }{{200, 6}, {50, 21}} {
		t.Run(fmt.Sprintf("%d a page", size.limit), func(t *testing.T) {
			t.Parallel()
			r := newRig(t, oktatest.Settings{Users: 1050, PageLimit: size.limit}).connect()
			got := r.sync().wantComplete().wantIDs(r.listed())
			if len(got.pages) != size.pages {
				t.Errorf("%d pages, want %d", len(got.pages), size.pages)
			}
			for i, record := range got.records() {
				if !bytes.Equal(record.GetSource(), r.tenant.User(i)) {
					t.Fatalf("user %d came as\n%s\nwant\n%s", i, record.GetSource(), r.tenant.User(i))
				}
				if record.GetResource() != resourceUsers || !record.HasUser() {
					t.Fatalf("user %d is of resource %q with a typed view: %t", i, record.GetResource(), record.HasUser())
				}
			}
			if last := got.pages[len(got.pages)-1].cursor; last != "" {
				t.Errorf("the last page has the cursor %q", last)
			}
			if violations := r.tenant.Stats().Violations; len(violations) > 0 {
				t.Errorf("Okta asks its clients not to do this: %v", violations)
			}
		})
	}
}

func TestDeprovisionedPeopleComeInASecondPass(t *testing.T) {
	t.Parallel()
	r := newRig(t, oktatest.Settings{Users: 120, PageLimit: 50})
	r.config["include_deprovisioned"] = true
	r.connect().sync().wantComplete().wantIDs(r.everybody())
	if r.tenant.Deprovisioned() == 0 {
		t.Fatal("the tenant has nobody to test this with")
	}
}

func TestDeprovisionedPeopleAreLeftOutByDefault(t *testing.T) {
	t.Parallel()
	r := newRig(t, oktatest.Settings{Users: 60}).connect()
	r.sync().wantComplete().wantIDs(r.listed())
	if n := r.requests(oktatest.EndpointDeprovisioned); n != 0 {
		t.Errorf("%d requests for deactivated people, whom the configuration leaves out", n)
	}
}

func TestSomebodyDeactivatedMeanwhileComesTwiceTheLaterLast(t *testing.T) {
	t.Parallel()
	// Listed in both: as they were, and as they have become since.
	r := newRig(t, oktatest.Settings{CustomUsers: rawUsers(
		`{"id":"00u1","status":"ACTIVE"}`, `{"id":"00u2","status":"ACTIVE"}`, `{"id":"00u1","status":"DEPROVISIONED"}`,
	)})
	r.config["include_deprovisioned"] = true
	got := r.connect().sync().wantComplete().wantIDs([]string{"00u1", "00u2", "00u1"})
	if last := got.records()[2].GetUser(); last.GetStatusKind() != connectorv1.UserStatus_USER_STATUS_DEPROVISIONED {
		t.Errorf("the later record of 00u1 has the status %s", last.GetStatusKind())
	}
}

func TestAListingResumesAfterAnyPage(t *testing.T) {
	t.Parallel()
	r := newRig(t, oktatest.Settings{Users: 80, PageLimit: 2, UsersPerMinute: oktatest.NoRateLimit})
	r.config["include_deprovisioned"] = true
	whole := r.connect().sync().wantComplete().wantIDs(r.everybody())
	if n := len(whole.pages); n != 42 {
		t.Fatalf("%d pages, want 40 of the plain list and 2 of the deprovisioned", n)
	}
	read := 0
	for i, page := range whole.pages[:len(whole.pages)-1] {
		read += len(page.records)
		if page.cursor == "" {
			t.Fatalf("page %d of %d has no cursor", i+1, len(whole.pages))
		}
		r.syncFrom(page.cursor).wantComplete().wantIDs(r.everybody()[read:])
	}
	// Another process knows no more than the cursor.
	r.reconnect().syncFrom(whole.pages[2].cursor).wantComplete().wantIDs(r.everybody()[6:])
}

func TestAListMayEndWithAnEmptyPage(t *testing.T) {
	t.Parallel()
	r := newRig(t, oktatest.Settings{Users: 40, PageLimit: 20}, "users:page=2x*:next-empty").connect()
	got := r.sync().wantComplete().wantIDs(r.listed())
	if n := len(got.pages); n != 3 || len(got.pages[2].records) != 0 {
		t.Errorf("%d pages, want three of which the last is empty", n)
	}
}

func TestARepeatWithinAPageIsSentOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t, oktatest.Settings{Users: 30, PageLimit: 10}, "users:page=2:duplicate").connect()
	got := r.sync().wantComplete()
	ids := got.ids()
	slices.Sort(ids)
	want := slices.Sorted(r.tenant.IDs())
	if !slices.Equal(ids, want) {
		t.Errorf("%d people came, want each of the %d once", len(ids), len(want))
	}
}

func TestARepeatAcrossPagesIsSentAgain(t *testing.T) {
	t.Parallel()
	r := newRig(t, oktatest.Settings{Users: 30, PageLimit: 10}, "users:page=2:repeat-across").connect()
	want := slices.Insert(r.listed(), 10, r.listed()[0])
	r.sync().wantComplete().wantIDs(want)
}

func TestARoleTakenAwayMeanwhileIsNoEnd(t *testing.T) {
	t.Parallel()
	t.Run("as an empty list", func(t *testing.T) {
		t.Parallel()
		// From its request 4 on the role is gone: 1 is Connect's, 2 and 3 the first two pages.
		r := newRig(t, oktatest.Settings{Users: 100, PageLimit: 20}, "users:4+:role-empty").connect()
		r.sync().wantRefused(oktaapi.ReasonRoleSeesNobody, connectorv1.Class_CLASS_PERMISSION_MISSING).wantIDs(r.listed()[:40])
	})
	t.Run("as a refusal", func(t *testing.T) {
		t.Parallel()
		r := newRig(t, oktatest.Settings{Users: 100, PageLimit: 20}, "users:4+:role-missing").connect()
		r.sync().wantRefused(oktaapi.ReasonRoleMissing, connectorv1.Class_CLASS_PERMISSION_MISSING).wantIDs(r.listed()[:40])
	})
	t.Run("before the deprovisioned pass", func(t *testing.T) {
		t.Parallel()
		r := newRig(t, oktatest.Settings{Users: 40, PageLimit: 20}, "deprovisioned:1+:role-missing")
		r.config["include_deprovisioned"] = true
		r.connect().sync().wantRefused(oktaapi.ReasonRoleMissing, connectorv1.Class_CLASS_PERMISSION_MISSING)
	})
	t.Run("before the deprovisioned pass, as an empty list", func(t *testing.T) {
		t.Parallel()
		r := newRig(t, oktatest.Settings{Users: 40, PageLimit: 20}, "deprovisioned:1+:role-empty", "users:4+:role-empty")
		r.config["include_deprovisioned"] = true
		r.connect().sync().wantRefused(oktaapi.ReasonRoleSeesNobody, connectorv1.Class_CLASS_PERMISSION_MISSING)
	})
	t.Run("when a listing is resumed", func(t *testing.T) {
		t.Parallel()
		r := newRig(t, oktatest.Settings{Users: 100, PageLimit: 20}).connect()
		cursor := r.sync().wantComplete().pages[1].cursor
		r.order("users:1+:role-empty")
		r.syncFrom(cursor).wantRefused(oktaapi.ReasonRoleSeesNobody, connectorv1.Class_CLASS_PERMISSION_MISSING)
	})
}

func TestNobodyDeprovisionedIsAnEmptySecondPass(t *testing.T) {
	t.Parallel()
	r := newRig(t, oktatest.Settings{CustomUsers: rawUsers(`{"id":"00u1","status":"ACTIVE"}`)})
	r.config["include_deprovisioned"] = true
	r.connect().sync().wantComplete().wantIDs([]string{"00u1"})
}

func TestALostPlaceBeginsTheListingAgain(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"cursor-lost", "cursor-lost-search", "cursor-lost-paging"} {
		for page := 2; page <= 4; page++ {
			t.Run(fmt.Sprintf("%s at page %d", kind, page), func(t *testing.T) {
				t.Parallel()
				r := newRig(t, oktatest.Settings{Users: 80, PageLimit: 20}, fmt.Sprintf("users:page=%d:%s", page, kind)).connect()
				got := r.sync().wantComplete().wantIDs(r.listed())
				if len(got.restarts) != 1 || got.restarts[0].GetReason() != oktaapi.ReasonCursorLost {
					t.Errorf("%d restarts, want one for %s", len(got.restarts), oktaapi.ReasonCursorLost)
				}
			})
		}
	}
	t.Run("in the deprovisioned pass", func(t *testing.T) {
		t.Parallel()
		r := newRig(t, oktatest.Settings{Users: 200, PageLimit: 5}, "deprovisioned:page=2:cursor-lost")
		r.config["include_deprovisioned"] = true
		if got := r.connect().sync().wantComplete().wantIDs(r.everybody()); len(got.restarts) != 1 {
			t.Errorf("%d restarts, want one", len(got.restarts))
		}
	})
	t.Run("when a listing is resumed", func(t *testing.T) {
		t.Parallel()
		r := newRig(t, oktatest.Settings{Users: 80, PageLimit: 20}).connect()
		cursor := r.sync().wantComplete().pages[1].cursor
		r.order("users:page=3:cursor-lost")
		if got := r.syncFrom(cursor).wantComplete().wantIDs(r.listed()); len(got.restarts) != 1 {
			t.Errorf("%d restarts, want one", len(got.restarts))
		}
	})
}

func TestAPlaceThatIsLostAgainAndAgainEndsTheRun(t *testing.T) {
	t.Parallel()
	r := newRig(t, oktatest.Settings{Users: 80, PageLimit: 20}, "users:page=3x*:cursor-lost").connect()
	got := r.sync().wantRefused(oktaapi.ReasonCursorLostTooOften, connectorv1.Class_CLASS_CURSOR_LOST)
	if len(got.restarts) != maxRestarts {
		t.Errorf("%d restarts, want %d", len(got.restarts), maxRestarts)
	}
}

func TestAFirstPageHasNoPlaceToLose(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"cursor-lost", "cursor-lost-search", "cursor-lost-paging"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, oktatest.Settings{Users: 40, PageLimit: 20}, "deprovisioned:page=1x*:"+kind)
			r.config["include_deprovisioned"] = true
			got := r.connect().sync().wantRefused(oktaapi.ReasonSearchCriteriaInvalid, connectorv1.Class_CLASS_CONNECTOR_FAULT)
			if len(got.restarts) > 0 {
				t.Errorf("everybody was listed %d times more for a request that names no place", len(got.restarts))
			}
		})
	}
}

func TestNextLinksAreFollowedInEveryForm(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"link-merged", "link-reordered", "link-uppercase"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, oktatest.Settings{Users: 60, PageLimit: 20}, "users:*:"+kind).connect()
			r.sync().wantComplete().wantIDs(r.listed())
		})
	}
}

func TestNextLinksThatLeadAstrayAreRefused(t *testing.T) {
	t.Parallel()
	for kind, reason := range map[string]string{
		"next-elsewhere": oktaapi.ReasonNextLinkForeign,
		"next-scheme":    oktaapi.ReasonNextLinkForeign,
		"next-garbled":   oktaapi.ReasonNextLinkInvalid,
		"next-self":      oktaapi.ReasonListingLoop,
		"next-cycle":     oktaapi.ReasonListingLoop,
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, oktatest.Settings{Users: 100, PageLimit: 20}, "users:page=3x*:"+kind).connect()
			r.sync().wantRefused(reason, connectorv1.Class_CLASS_SERVICE_MISBEHAVED)
			if s := r.tenant.Stats(); s.Elsewhere != 0 {
				t.Errorf("another host got %d requests, %d with a token", s.Elsewhere, s.ElsewhereTokens)
			}
		})
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	r := newRig(t, oktatest.Settings{Users: 60, PageLimit: 20}).connect()
	r.order("users:page=2x*:redirect")
	r.sync().wantRefused(oktaapi.ReasonRedirected, connectorv1.Class_CLASS_SERVICE_MISBEHAVED)
	if s := r.tenant.Stats(); s.Elsewhere != 0 {
		t.Errorf("the host of the redirect got %d requests, %d with a token", s.Elsewhere, s.ElsewhereTokens)
	}
}

func TestAFullPageWithoutLinksIsNotTheLast(t *testing.T) {
	t.Parallel()
	// Okta names at least the page itself: something took the links away.
	r := newRig(t, oktatest.Settings{Users: 60, PageLimit: 20}, "users:page=2:link-missing").connect()
	r.sync().wantRefused(oktaapi.ReasonNextLinkInvalid, connectorv1.Class_CLASS_SERVICE_MISBEHAVED)
}
