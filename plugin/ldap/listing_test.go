package main

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-ldap/ldap/v3"

	"patchbay.example/plugin"
	"patchbay.example/plugin/ldap/internal/directory"
	"patchbay.example/plugin/ldap/ldaptest"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// tenAPage makes several pages of a few people.
var tenAPage = map[string]any{"page_size": 10}

func TestAResumedListingGivesExactlyTheRest(t *testing.T) {
	t.Parallel()
	for name, ad := range map[string]bool{"OpenLDAP": false, "Active Directory": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := ldaptest.Start(t, ldaptest.Settings{People: people(57), ActiveDirectory: ad})
			rig := newRig(t, server, tenAPage).connect()
			whole := rig.sync(resourceUsers, "", nil).wantComplete()
			if len(whole.pages) != 6 || len(whole.ids()) != 57 {
				t.Fatalf("%d people came in %d pages, want 57 in 6", len(whole.ids()), len(whole.pages))
			}
			sent := 0
			for i, page := range whole.pages[:5] {
				sent += len(page.records)
				rest := rig.reconnect().sync(resourceUsers, page.cursor, nil).wantComplete()
				if !slices.Equal(rest.ids(), whole.ids()[sent:]) || len(rest.restarts) > 0 {
					t.Errorf("after page %d, %d people and %d restarts came, want exactly the last %d people", i+1, len(rest.ids()), len(rest.restarts), 57-sent)
				}
			}
		})
	}
}

// A cursor counts people and not pages, so the page size may change meanwhile.
func TestAListingResumesWithAnotherPageSize(t *testing.T) {
	t.Parallel()
	server := ldaptest.Start(t, ldaptest.Settings{People: people(57)})
	whole := newRig(t, server, tenAPage).connect().sync(resourceUsers, "", nil).wantComplete()
	rest := newRig(t, server, map[string]any{"page_size": 7}).connect().sync(resourceUsers, whole.pages[1].cursor, nil).wantComplete()
	if !slices.Equal(rest.ids(), whole.ids()[20:]) {
		t.Errorf("%d people came, want exactly the last 37", len(rest.ids()))
	}
}

func TestNobodyIsLostInADirectoryThatChanges(t *testing.T) {
	t.Parallel()
	t.Run("somebody left", func(t *testing.T) {
		t.Parallel()
		server := ldaptest.Start(t, ldaptest.Settings{People: people(57)})
		rig := newRig(t, server, tenAPage).connect()
		whole := rig.sync(resourceUsers, "", nil).wantComplete()
		server.Delete(t, "uid=p003,"+ldaptest.PeopleDN)
		again := rig.sync(resourceUsers, whole.pages[1].cursor, nil).wantComplete()
		if len(again.restarts) != 1 || again.restarts[0].GetReason() != reasonPlaceLost {
			t.Errorf("%d restarts came, want one for %s", len(again.restarts), reasonPlaceLost)
		}
		if want := slices.Delete(whole.ids(), 3, 4); !slices.Equal(again.ids(), want) {
			t.Errorf("%d people came, want all 56 that are there", len(again.ids()))
		}
	})
	t.Run("so many left that fewer are there than came", func(t *testing.T) {
		t.Parallel()
		server := ldaptest.Start(t, ldaptest.Settings{People: people(12)})
		rig := newRig(t, server, tenAPage).connect()
		whole := rig.sync(resourceUsers, "", nil).wantComplete()
		for _, p := range people(12)[5:] {
			server.Delete(t, "uid="+p.UID+","+ldaptest.PeopleDN)
		}
		again := rig.sync(resourceUsers, whole.pages[0].cursor, nil).wantComplete()
		if len(again.restarts) != 1 || !slices.Equal(again.ids(), whole.ids()[:5]) {
			t.Errorf("%d restarts and %d people came, want one and the 5 that are there", len(again.restarts), len(again.ids()))
		}
	})
	t.Run("somebody came", func(t *testing.T) {
		t.Parallel()
		server := ldaptest.Start(t, ldaptest.Settings{People: people(57)})
		rig := newRig(t, server, tenAPage).connect()
		whole := rig.sync(resourceUsers, "", nil).wantComplete()
		server.Add(t, "uid=new,"+ldaptest.PeopleDN, map[string][]string{"objectClass": {"inetOrgPerson"}, "uid": {"new"}, "cn": {"New"}, "sn": {"New"}})
		again := rig.sync(resourceUsers, whole.pages[1].cursor, nil).wantComplete()
		recordNamed(t, again, "new")
		if all := append(whole.ids()[:20:20], again.ids()...); len(again.restarts) == 0 && !isSubset(whole.ids(), all) {
			t.Error("somebody is missing who was there all the time")
		}
	})
}

func TestAServerThatIsRestartedMeanwhile(t *testing.T) {
	t.Parallel()
	server := ldaptest.Start(t, ldaptest.Settings{People: bulky(57)})
	rig, log := loggingRig(t, newRig(t, server, tenAPage))
	whole := rig.connect().sync(resourceUsers, "", nil).wantComplete()
	got := rig.sync(resourceUsers, "", func(pages int) {
		if pages == 2 {
			server.Restart(t)
		}
	}).wantComplete()
	if !slices.Equal(got.ids(), whole.ids()) || len(got.restarts) > 0 {
		t.Errorf("%d people and %d restarts came, want each of the 57 once", len(got.ids()), len(got.restarts))
	}
	if !strings.Contains(log.String(), "connecting anew") {
		t.Error("the log does not say that the connector connected anew")
	}
}

func TestAServerThatGoesAway(t *testing.T) {
	t.Parallel()
	server := ldaptest.Start(t, ldaptest.Settings{People: people(5)})
	rig := newRig(t, server, nil).connect()
	server.Stop()
	rig.impatient().wantRefused(directory.ReasonConnectionRefused, serviceUnavailable)
}

// A listing that a limit of the server's cuts off is not the end.
func TestAServersSizeLimitIsNotTheEnd(t *testing.T) {
	t.Parallel()
	server := ldaptest.Start(t, ldaptest.Settings{People: people(57), Limits: "size.soft=20 size.hard=20"})
	got := newRig(t, server, tenAPage).connect().impatient().wantRefused(directory.ReasonSizeLimit, permissionMissing)
	if len(got.ids()) == 0 {
		t.Error("nobody came before the limit")
	}
	if !strings.Contains(got.refusal.GetFix(), "olcLimits") {
		t.Errorf("the fix is %q", got.refusal.GetFix())
	}
}

func TestReferencesAreCountedAndNotFollowed(t *testing.T) {
	t.Parallel()
	followed := closedPort(t) // the listing would fail there
	server := ldaptest.Start(t, ldaptest.Settings{People: people(3), LDIF: fmt.Sprintf(
		"dn: ou=elsewhere,%s\nobjectClass: referral\nobjectClass: extensibleObject\nou: elsewhere\nref: ldap://%s/ou=elsewhere,%[1]s\n\n", ldaptest.BaseDN, followed)})
	rig, log := loggingRig(t, newRig(t, server, nil))
	got := rig.connect().sync(resourceUsers, "", nil).wantComplete()
	if len(got.ids()) != 3 {
		t.Errorf("%d people came, want 3", len(got.ids()))
	}
	if !strings.Contains(log.String(), `"references to other servers were not followed","references":1`) {
		t.Error("the log does not count the reference")
	}
}

// scripted serves people by their number, in pages; change may spoil an answer.
func scripted(n int, change func(s ldaptest.Search, a *ldaptest.Answer)) *ldaptest.Scripted {
	return &ldaptest.Scripted{OnSearch: func(s ldaptest.Search) ldaptest.Answer {
		if !s.Paged {
			return plainAnswer(s)
		}
		from, _ := strconv.Atoi(s.Cookie)
		to := min(from+s.PageSize, n)
		answer := ldaptest.Answer{}
		for i := from; i < to; i++ {
			answer.Entries = append(answer.Entries, ldaptest.Entry{
				DN: fmt.Sprintf("uid=p%d,%s", i, ldaptest.PeopleDN), Attributes: map[string][]string{"entryUUID": {fmt.Sprintf("id-%d", i)}},
			})
		}
		if to < n {
			answer.Cookie = strconv.Itoa(to)
		}
		change(s, &answer)
		return answer
	}}
}

func TestListingsThatBreakOff(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spoil  func(s ldaptest.Search, a *ldaptest.Answer)
		reason string
		class  connectorv1.Class
	}{
		"no paging control":  {func(_ ldaptest.Search, a *ldaptest.Answer) { a.NoPaging = true }, directory.ReasonPagingBroken, serviceMisbehaved},
		"empty pages":        {func(_ ldaptest.Search, a *ldaptest.Answer) { a.Entries, a.Cookie = nil, "20" }, directory.ReasonPagingBroken, serviceMisbehaved},
		"cut off":            {func(_ ldaptest.Search, a *ldaptest.Answer) { a.CutOff = true }, directory.ReasonConnectionBroke, serviceUnavailable},
		"silence":            {func(_ ldaptest.Search, a *ldaptest.Answer) { a.Silence = true }, directory.ReasonTimedOut, serviceUnavailable},
		"no LDAP":            {func(_ ldaptest.Search, a *ldaptest.Answer) { a.Raw = []byte{0x30, 0xff, 0x00} }, directory.ReasonResponseUnreadable, serviceMisbehaved},
		"a huge message":     {func(_ ldaptest.Search, a *ldaptest.Answer) { a.Raw = []byte{0x30, 0x84, 0x7f, 0xff, 0xff, 0xff} }, directory.ReasonResponseTooLarge, serviceMisbehaved},
		"millions of values": {func(_ ldaptest.Search, a *ldaptest.Answer) { a.Raw = manyValues() }, directory.ReasonResponseTooLarge, serviceMisbehaved},
		"cookie not known":   {func(_ ldaptest.Search, a *ldaptest.Answer) { a.Result.Code = ldap.LDAPResultUnwillingToPerform }, directory.ReasonServerUnwilling, serviceUnavailable},
		"too many at a time": {func(_ ldaptest.Search, a *ldaptest.Answer) { a.Result.Code = ldap.LDAPResultBusy }, directory.ReasonServerBusy, serviceUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := scripted(50, func(s ldaptest.Search, a *ldaptest.Answer) {
				if s.Cookie == "20" {
					c.spoil(s, a)
				}
			})
			got := scriptedRig(t, server, map[string]any{"page_size": 10, "timeout": 1}).connect().impatient()
			if got.completed != nil || len(got.ids()) < 20 || len(got.ids()) > 30 {
				t.Errorf("%d people came, complete: %t", len(got.ids()), got.completed != nil)
			}
			got.wantRefused(c.reason, c.class)
		})
	}
}

// manyValues is a message of 1 MiB: an entry of as many values as fit, of which each
// takes a hundred times its size once it is read.
func manyValues() []byte {
	element := func(tag byte, parts ...[]byte) []byte {
		content := slices.Concat(parts...)
		return append([]byte{tag, 0x83, byte(len(content) >> 16), byte(len(content) >> 8), byte(len(content))}, content...)
	}
	values := bytes.Repeat([]byte{4, 0}, 1<<19)
	attribute := element(0x30, element(4, []byte("description")), element(0x31, values))
	entry := element(0x64, element(4, []byte("uid=x,"+ldaptest.PeopleDN)), element(0x30, attribute))
	return element(0x30, []byte{2, 1, 4}, entry)
}

// Two servers behind one name that list in different orders have no place in
// common.
func TestADirectoryWithoutAnOrder(t *testing.T) {
	t.Parallel()
	var listings atomic.Int64
	server := scripted(50, func(s ldaptest.Search, a *ldaptest.Answer) {
		if s.Cookie == "" {
			listings.Add(1)
		}
		for i := range a.Entries {
			a.Entries[i].Attributes["entryUUID"][0] += fmt.Sprintf("-%d", listings.Load())
		}
		a.CutOff = s.Cookie == "20"
	})
	got := scriptedRig(t, server, tenAPage).connect().sync(resourceUsers, "", nil)
	got.wantRefused(reasonPlaceLostTooOften, connectorv1.Class_CLASS_CURSOR_LOST)
	if len(got.restarts) != maxRestarts {
		t.Errorf("%d restarts came, want %d", len(got.restarts), maxRestarts)
	}
}

func TestADirectoryThatEmptiesMeanwhile(t *testing.T) {
	t.Parallel()
	var connected atomic.Bool
	server := scripted(3, func(_ ldaptest.Search, a *ldaptest.Answer) {
		if connected.Load() {
			a.Entries, a.Cookie = nil, ""
		}
	})
	rig := scriptedRig(t, server, nil).connect()
	connected.Store(true)
	rig.sync(resourceUsers, "", nil).wantRefused(reasonNobodySeen, permissionMissing)
}

// A directory that hides everybody's id is not a company without people.
func TestADirectoryThatHidesItsIDsMeanwhile(t *testing.T) {
	t.Parallel()
	var connected atomic.Bool
	server := scripted(30, func(_ ldaptest.Search, a *ldaptest.Answer) {
		for i := range a.Entries {
			if connected.Load() {
				delete(a.Entries[i].Attributes, "entryUUID")
			}
		}
	})
	rig := scriptedRig(t, server, tenAPage).connect()
	connected.Store(true)
	got := rig.sync(resourceUsers, "", nil).wantRefused(reasonIDHidden, permissionMissing)
	if len(got.pages) == 0 {
		t.Fatal("no page came")
	}
	rig.sync(resourceUsers, got.pages[len(got.pages)-1].cursor, nil).wantRefused(reasonIDHidden, permissionMissing)
}

// What is said of an entry that can't be read is short, however long its name is.
func TestALongName(t *testing.T) {
	t.Parallel()
	var connected atomic.Bool
	server := scripted(2, func(_ ldaptest.Search, a *ldaptest.Answer) {
		if connected.Load() {
			a.Entries[0].DN = "cn=" + strings.Repeat("x", 3<<20)
			delete(a.Entries[0].Attributes, "entryUUID")
		}
	})
	rig := scriptedRig(t, server, nil).connect()
	connected.Store(true)
	got := rig.sync(resourceUsers, "", nil).wantComplete()
	if len(got.quarantined) != 1 || len(got.quarantined[0].GetLocation()) > 2000 {
		t.Errorf("%d entries were quarantined, want one with a short location", len(got.quarantined))
	}
	refusal := rig.reconnectTo(t).GetRefusal()
	if refusal.GetReason() != reasonIDHidden || len(refusal.GetMessage()) > 2000 {
		t.Errorf("refused for %s, in %d bytes, want %s in few", refusal.GetReason(), len(refusal.GetMessage()), reasonIDHidden)
	}
}

// A server without paged results must refuse, and not send everybody at once.
func TestPagedResultsAreDemanded(t *testing.T) {
	t.Parallel()
	var optional atomic.Int64
	server := scripted(30, func(s ldaptest.Search, _ *ldaptest.Answer) {
		if !s.Critical {
			optional.Add(1)
		}
	})
	scriptedRig(t, server, tenAPage).connect().sync(resourceUsers, "", nil).wantComplete()
	if optional.Load() > 0 {
		t.Errorf("%d searches left it to the server whether to send pages", optional.Load())
	}
}

// A server ends idle connections while a host stores a page: that is not the end.
func TestAServerThatEndsTheConnectionAfterEachPage(t *testing.T) {
	t.Parallel()
	var ended atomic.Int64
	server := scripted(30, func(s ldaptest.Search, a *ldaptest.Answer) {
		a.Close = s.Cookie == "10" && ended.Add(1) == 1
	})
	rig := scriptedRig(t, server, tenAPage).connect()
	got := rig.sync(resourceUsers, "", nil).wantComplete()
	if len(got.ids()) != 30 || ended.Load() < 2 {
		t.Errorf("%d people came, and the second page was asked for %d times, want 30 and twice", len(got.ids()), ended.Load())
	}
	server.AwaitNoConnections(t)
}

// An entry that can't be read is reported once, also when the listing is resumed
// after it.
func TestAnEntryWithoutAnID(t *testing.T) {
	t.Parallel()
	server := scripted(30, func(s ldaptest.Search, a *ldaptest.Answer) {
		if s.Cookie == "10" {
			delete(a.Entries[4].Attributes, "entryUUID")
		}
	})
	rig := scriptedRig(t, server, tenAPage).connect()
	got := rig.sync(resourceUsers, "", nil).wantComplete()
	if len(got.ids()) != 29 || len(got.quarantined) != 1 || got.quarantined[0].GetReason() != plugin.ReasonRecordUnreadable {
		t.Fatalf("%d people came, and quarantined were %v", len(got.ids()), got.quarantined)
	}
	if got.quarantined[0].GetLocation() != "uid=p14,"+ldaptest.PeopleDN {
		t.Errorf("the location is %q", got.quarantined[0].GetLocation())
	}
	rest := rig.sync(resourceUsers, got.pages[1].cursor, nil).wantComplete()
	if len(rest.ids()) != 10 || len(rest.quarantined) != 0 || len(rest.restarts) != 0 {
		t.Errorf("after the page, %d people came, %d were quarantined, want 10 and none", len(rest.ids()), len(rest.quarantined))
	}
}

// While it reads again what the host has, the connector says that it lives.
func TestAResumingListingIsNotSilent(t *testing.T) {
	t.Parallel()
	server := ldaptest.Start(t, ldaptest.Settings{People: people(57)})
	rig := newRig(t, server, tenAPage).connect()
	whole := rig.sync(resourceUsers, "", nil).wantComplete()
	rig.client = serve(t, connector{limits: limits{quietFor: time.Nanosecond}})
	rest := rig.connect().sync(resourceUsers, whole.pages[3].cursor, nil).wantComplete()
	if !slices.Equal(rest.ids(), whole.ids()[40:]) {
		t.Errorf("%d people came, want the last 17", len(rest.ids()))
	}
	if first := rest.pages[0]; len(first.records) != 0 || first.cursor != whole.pages[3].cursor {
		t.Errorf("the first page has %d people and the cursor %q, want none and the one that was given", len(first.records), first.cursor)
	}
}

// A server may take long for a page: the host hears meanwhile that it comes.
func TestASlowPageIsNotSilent(t *testing.T) {
	t.Parallel()
	server := ldaptest.Start(t, ldaptest.Settings{People: people(5)})
	rig := newRig(t, server, nil)
	rig.client = serve(t, connector{limits: limits{quietFor: time.Nanosecond}})
	got := rig.connect().sync(resourceUsers, "", nil).wantComplete()
	if len(got.ids()) != 5 || len(got.pages) < 2 || len(got.pages[0].records) != 0 {
		t.Fatalf("%d people came in %d pages, want 5 after a page with nobody", len(got.ids()), len(got.pages))
	}
	if rest := rig.sync(resourceUsers, got.pages[0].cursor, nil).wantComplete(); !slices.Equal(rest.ids(), got.ids()) {
		t.Errorf("after the page with nobody, %d people came, want all 5", len(rest.ids()))
	}
}

// A page of the server's may take more memory than messages may that wait to be taken:
// it is taken as it comes.
func TestAPageThatIsLargerThanWhatIsHeld(t *testing.T) {
	t.Parallel()
	const n = 40
	server := scripted(n, func(_ ldaptest.Search, a *ldaptest.Answer) {
		for i := range a.Entries {
			a.Entries[i].Attributes["description"] = []string{strings.Repeat("x", 1<<20)}
		}
	})
	if got := scriptedRig(t, server, nil).connect().sync(resourceUsers, "", nil).wantComplete(); len(got.ids()) != n {
		t.Errorf("%d people came, want %d", len(got.ids()), n)
	}
}

// A page of the server's that is too large becomes several.
func TestLargeEntriesMakeSmallPages(t *testing.T) {
	t.Parallel()
	server := ldaptest.Start(t, ldaptest.Settings{People: bulky(30)})
	rig := newRig(t, server, nil)
	rig.client = serve(t, connector{limits: limits{maxBatchBytes: 5 * bulk}})
	whole := rig.connect().sync(resourceUsers, "", nil).wantComplete()
	if len(whole.ids()) != 30 || len(whole.pages) < 6 {
		t.Fatalf("%d people came in %d pages, want 30 in 6 or more", len(whole.ids()), len(whole.pages))
	}
	rest := rig.sync(resourceUsers, whole.pages[2].cursor, nil).wantComplete()
	if sent := len(whole.pages[0].records) * 3; !slices.Equal(rest.ids(), whole.ids()[sent:]) {
		t.Errorf("%d people came after the third page, want %d", len(rest.ids()), 30-sent)
	}
}

func TestACancelledListingEnds(t *testing.T) {
	t.Parallel()
	server := ldaptest.Start(t, ldaptest.Settings{People: bulky(57)})
	rig := newRig(t, server, tenAPage).connect()
	ctx, cancel := contextOf(rig)
	stream, err := rig.client.Sync(ctx, connectorv1.SyncRequest_builder{Resource: resourceUsers}.Build())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := stream.Recv(); err != nil {
		t.Fatal(err)
	}
	cancel()
	for err == nil {
		_, err = stream.Recv()
	}
	if got := rig.syncSoon().wantComplete(); len(got.ids()) != 57 {
		t.Errorf("%d people came after the cancelled listing, want 57", len(got.ids()))
	}
}

// bulk is how large a person of bulky is, in bytes.
const bulk = 64 << 10

// bulky are people who do not fit the buffers between a server and a host.
func bulky(n int) []ldaptest.Person {
	all := people(n)
	for i := range all {
		all[i].Attributes = map[string][]string{"description": {strings.Repeat("x", bulk)}}
	}
	return all
}

func isSubset(some, of []string) bool {
	for _, one := range some {
		if !slices.Contains(of, one) {
			return false
		}
	}
	return true
}
