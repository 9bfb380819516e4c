package syncer

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"patchbay.example/internal/store"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// account is a record of somebody who signed in last at that time.
func account(signedIn time.Time, change func(*connectorv1.User_builder)) *connectorv1.Record {
	user := connectorv1.User_builder{
		UserName: "one@example.com", DisplayName: "Person One",
		Name:   connectorv1.Name_builder{Given: "Person", Family: "One"}.Build(),
		Emails: []*connectorv1.Email{connectorv1.Email_builder{Value: "other@example.com"}.Build(), connectorv1.Email_builder{Value: "one@example.com", Primary: true}.Build()},
		Title:  "Engineer", Department: "Research", Status: "ACTIVE", StatusKind: connectorv1.UserStatus_USER_STATUS_ACTIVE,
		Created: timestamppb.New(updated), StatusChanged: timestamppb.New(updated),
		LastLogin: timestamppb.New(signedIn), PasswordChanged: timestamppb.New(signedIn), LastUpdated: timestamppb.New(signedIn),
	}
	if change != nil {
		change(&user)
	}
	source := fmt.Sprintf(`{"id":"u1","lastLogin":%q,"profile":{"title":%q,"cubicle":"4"}}`, signedIn.Format(time.RFC3339Nano), user.Title)
	return connectorv1.Record_builder{Resource: "users", Id: "u1", User: user.Build(), Source: []byte(source)}.Build()
}

func TestAVersionHoldsWhatListsAndSearchShow(t *testing.T) {
	t.Parallel()
	staged := stagedRecord(account(login, nil))
	v := staged.Version()
	if want := (store.Times{LastLogin: login, PasswordChanged: login, LastUpdated: login}); staged.Times != want || staged.ID != "u1" {
		t.Errorf("%s has the times %v, want u1 with %v", staged.ID, staged.Times, want)
	}
	if len(staged.SourceHash) != store.HashBytes || len(v.Visible) != store.HashBytes {
		t.Errorf("hashes of %d and %d bytes", len(staged.SourceHash), len(v.Visible))
	}
	var view connectorv1.User
	if err := proto.Unmarshal(v.View, &view); err != nil || view.HasLastLogin() || view.HasPasswordChanged() || view.HasLastUpdated() || !view.HasCreated() || view.GetTitle() != "Engineer" {
		t.Errorf("the view is %v (%v), want everything but the volatile times", &view, err)
	}
	if string(v.Source) != `{"id":"u1","lastLogin":"2026-03-01T07:30:00.25Z","profile":{"title":"Engineer","cubicle":"4"}}` {
		t.Errorf("the source is %s", v.Source)
	}
	v.Visible, v.View, v.Source = nil, nil, nil
	want := store.Version{UserName: "one@example.com", Name: "Person One", Email: "one@example.com", Title: "Engineer", Department: "Research", Status: "ACTIVE", Access: true}
	if diff := cmp.Diff(want, v); diff != "" {
		t.Error(diff)
	}
}

func TestSomebodyIsNamedByTheBestThereIs(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		give *connectorv1.User
		want string
	}{
		{connectorv1.User_builder{DisplayName: "Dee", UserName: "u"}.Build(), "Dee"},
		{connectorv1.User_builder{DisplayName: " ", Name: connectorv1.Name_builder{Given: "Gee", Family: "Eff"}.Build(), UserName: "u"}.Build(), "Gee Eff"},
		{connectorv1.User_builder{Name: connectorv1.Name_builder{Family: "Eff"}.Build()}.Build(), "Eff"},
		{connectorv1.User_builder{UserName: "u", Emails: []*connectorv1.Email{connectorv1.Email_builder{Value: "e@example.com"}.Build()}}.Build(), "u"},
		{connectorv1.User_builder{Emails: []*connectorv1.Email{connectorv1.Email_builder{Value: "e@example.com"}.Build()}}.Build(), "e@example.com"},
		{&connectorv1.User{}, "u1"},
		{nil, "u1"},
	} {
		record := connectorv1.Record_builder{Id: "u1", User: tt.give}.Build()
		if got := newPerson(record).version().Name; got != tt.want {
			t.Errorf("%v is named %q, want %q", tt.give, got, tt.want)
		}
	}
	group := connectorv1.Record_builder{Id: "g1", Group: connectorv1.Group_builder{Name: "Everyone"}.Build()}.Build()
	if got := newPerson(group).version().Name; got != "Everyone" {
		t.Errorf("a group is named %q", got)
	}
}

func TestOnlyTheDeactivatedHaveNoAccess(t *testing.T) {
	t.Parallel()
	for number, name := range connectorv1.UserStatus_name {
		kind := connectorv1.UserStatus(number)
		v := stagedRecord(account(login, func(b *connectorv1.User_builder) { b.StatusKind = kind })).Version()
		if want := kind != connectorv1.UserStatus_USER_STATUS_DEPROVISIONED; v.Access != want {
			t.Errorf("%s has access: %t", name, v.Access)
		}
	}
}

// A file may have dates and no word for a status.
func TestAStatusWithoutAWordIsTheContracts(t *testing.T) {
	for _, c := range []struct {
		word string
		kind connectorv1.UserStatus
		want string
	}{
		{"", connectorv1.UserStatus_USER_STATUS_DEPROVISIONED, "DEPROVISIONED"},
		{"", connectorv1.UserStatus_USER_STATUS_UNSPECIFIED, ""},
		{"ausgeschieden", connectorv1.UserStatus_USER_STATUS_DEPROVISIONED, "ausgeschieden"},
	} {
		v := stagedRecord(account(login, func(b *connectorv1.User_builder) { b.Status, b.StatusKind = c.word, c.kind })).Version()
		if v.Status != c.want {
			t.Errorf("the status %q of kind %v is %q, want %q", c.word, c.kind, v.Status, c.want)
		}
	}
}

func TestASignInIsNoChange(t *testing.T) {
	t.Parallel()
	before, after := stagedRecord(account(login, nil)), stagedRecord(account(updated, nil))
	if bytes.Equal(before.SourceHash, after.SourceHash) {
		t.Error("the source hash does not tell that the source has changed")
	}
	if !bytes.Equal(before.Version().Visible, after.Version().Visible) {
		t.Error("a sign-in is a change that people see")
	}
	if bytes.Equal(before.Version().Visible, stagedRecord(account(login, func(b *connectorv1.User_builder) { b.Title = "Lead" })).Version().Visible) {
		t.Error("a new title is no change that people see")
	}
}

// A connector that reads more than the one before, or looks a name up
// elsewhere, makes another view of the same source.
func TestAnotherViewOfTheSameSourceIsLookedAt(t *testing.T) {
	t.Parallel()
	before := stagedRecord(account(login, nil))
	after := stagedRecord(account(login, func(b *connectorv1.User_builder) {
		b.AccountType = connectorv1.AccountType_builder{Id: "t1", Name: "Contractor"}.Build()
	}))
	if bytes.Equal(before.SourceHash, after.SourceHash) || bytes.Equal(before.Version().Visible, after.Version().Visible) {
		t.Error("the name of the account type does not count")
	}
}

// Protobuf promises no more than that one program writes a message the same
// each time. Were another release to write it otherwise, everybody would look
// changed.
func TestAViewIsWrittenAsEver(t *testing.T) {
	t.Parallel()
	staged := stagedRecord(account(login, nil))
	got := hex.EncodeToString(staged.SourceHash) + " " + hex.EncodeToString(staged.Version().Visible)
	if want := "12de3223ac7bf2a80cbc1079cbc951f6 3696495943d0812c6efac4b91c43150e"; got != want {
		t.Errorf("the hashes are %s, and were %s", got, want)
	}
}

func BenchmarkStagedRecord(b *testing.B) {
	for b.Loop() {
		stagedRecord(account(login, nil))
	}
}
