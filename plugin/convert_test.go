package plugin

import (
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/reflect/protoreflect"

	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// wantEnum expects the SDK's numbers to be the contract's of the same name,
// and to be all of them.
func wantEnum(t *testing.T, descriptor protoreflect.EnumDescriptor, prefix string, names map[string]int32) {
	t.Helper()
	values := descriptor.Values()
	for i := range values.Len() {
		value := values.Get(i)
		name := strings.TrimPrefix(string(value.Name()), prefix)
		number, ok := names[name]
		switch {
		case value.Number() == 0: // unspecified: never sent
		case !ok:
			t.Errorf("the contract's %s has no counterpart in the SDK", value.Name())
		case number != int32(value.Number()):
			t.Errorf("%s is %d in the SDK and %d in the contract", name, number, value.Number())
		}
		delete(names, name)
	}
	for name := range names {
		t.Errorf("the SDK's %s has no counterpart in the contract", name)
	}
}

func TestEnumsAreTheContracts(t *testing.T) {
	t.Parallel()
	wantEnum(t, connectorv1.Class(0).Descriptor(), "CLASS_", map[string]int32{
		"CONFIG_INVALID": int32(ConfigInvalid), "CREDENTIALS_REJECTED": int32(CredentialsRejected), "PERMISSION_MISSING": int32(PermissionMissing),
		"RATE_LIMITED": int32(RateLimited), "SERVICE_UNAVAILABLE": int32(ServiceUnavailable), "SERVICE_MISBEHAVED": int32(ServiceMisbehaved),
		"CURSOR_LOST": int32(CursorLost), "CONNECTOR_FAULT": int32(ConnectorFault),
	})
	wantEnum(t, connectorv1.UserStatus(0).Descriptor(), "USER_STATUS_", map[string]int32{
		"PENDING": int32(StatusPending), "ACTIVE": int32(StatusActive), "ACTION_REQUIRED": int32(StatusActionRequired),
		"LOCKED": int32(StatusLocked), "SUSPENDED": int32(StatusSuspended), "DEPROVISIONED": int32(StatusDeprovisioned),
	})
	wantEnum(t, connectorv1.ResourceKind(0).Descriptor(), "RESOURCE_KIND_", map[string]int32{
		"USERS": int32(KindUsers), "GROUPS": int32(KindGroups), "OTHER": int32(KindOther),
	})
	wantEnum(t, connectorv1.CheckStatus(0).Descriptor(), "CHECK_STATUS_", map[string]int32{
		"OK": int32(checkStatuses[CheckOK]), "WARN": int32(checkStatuses[CheckWarn]),
		"FAIL": int32(checkStatuses[CheckFail]), "SKIPPED": int32(checkStatuses[CheckSkipped]),
	})
}

func TestEveryFieldOfAUserHasItsPlace(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 2, 3, 4, 5, 678_000_000, time.UTC)
	got := new(arena).user(&User{
		UserName: "user", Name: Name{"given", "middle", "family", "prefix", "suffix"}, DisplayName: "display", NickName: "nick",
		ProfileURL: "url", Emails: []Email{{"email", "work", true}}, PhoneNumbers: []PhoneNumber{{"phone", "mobile"}},
		Address: Address{"street", "city", "region", "post", "country", "formatted"},
		Title:   "title", Department: "department", Division: "division", Organization: "organization", CostCenter: "cost",
		EmployeeNumber: "number", UserType: "type", AccountType: AccountType{"account", "name"}, Managers: []ManagerReference{{"managerId", "boss"}},
		PreferredLanguage: "language", Locale: "locale", TimeZone: "zone", Status: "status", StatusKind: StatusLocked, TransitioningToStatus: "next",
		Created: at, Activated: at.Add(1), StatusChanged: at.Add(2), LastLogin: at.Add(3), LastUpdated: at.Add(4), PasswordChanged: at.Add(5),
	})
	for want, text := range map[string]string{
		"user": got.GetUserName(), "given": got.GetName().GetGiven(), "middle": got.GetName().GetMiddle(), "family": got.GetName().GetFamily(),
		"prefix": got.GetName().GetHonorificPrefix(), "suffix": got.GetName().GetHonorificSuffix(), "display": got.GetDisplayName(),
		"nick": got.GetNickName(), "url": got.GetProfileUrl(), "email": got.GetEmails()[0].GetValue(), "work": got.GetEmails()[0].GetType(),
		"phone": got.GetPhoneNumbers()[0].GetValue(), "mobile": got.GetPhoneNumbers()[0].GetType(), "street": got.GetAddress().GetStreetAddress(),
		"city": got.GetAddress().GetLocality(), "region": got.GetAddress().GetRegion(), "post": got.GetAddress().GetPostalCode(),
		"country": got.GetAddress().GetCountry(), "formatted": got.GetAddress().GetFormatted(), "title": got.GetTitle(),
		"department": got.GetDepartment(), "division": got.GetDivision(), "organization": got.GetOrganization(), "cost": got.GetCostCenter(),
		"number": got.GetEmployeeNumber(), "type": got.GetUserType(), "account": got.GetAccountType().GetId(), "name": got.GetAccountType().GetName(),
		"managerId": got.GetManagers()[0].GetAttribute(), "boss": got.GetManagers()[0].GetValue(), "language": got.GetPreferredLanguage(),
		"locale": got.GetLocale(), "zone": got.GetTimeZone(), "status": got.GetStatus(), "next": got.GetTransitioningToStatus(),
	} {
		if text != want {
			t.Errorf("%q stands where %q belongs", text, want)
		}
	}
	if got.GetStatusKind() != connectorv1.UserStatus_USER_STATUS_LOCKED || !got.GetEmails()[0].GetPrimary() {
		t.Errorf("status %s, primary %t", got.GetStatusKind(), got.GetEmails()[0].GetPrimary())
	}
	for i, stamp := range []time.Time{
		got.GetCreated().AsTime(), got.GetActivated().AsTime(), got.GetStatusChanged().AsTime(),
		got.GetLastLogin().AsTime(), got.GetLastUpdated().AsTime(), got.GetPasswordChanged().AsTime(),
	} {
		if !stamp.Equal(at.Add(time.Duration(i))) {
			t.Errorf("time %d is %s, want %s", i, stamp, at.Add(time.Duration(i)))
		}
	}
}

func TestWhatTheServiceDoesNotHaveIsAbsent(t *testing.T) {
	t.Parallel()
	u := new(arena).user(&User{Emails: []Email{}})
	if u.HasName() || u.HasAddress() || u.HasAccountType() || u.HasCreated() || u.HasLastLogin() || len(u.GetEmails()) > 0 {
		t.Errorf("an empty user has something: %v", u)
	}
	g := new(arena).group(&Group{Name: "team"})
	if g.GetName() != "team" || g.HasCreated() || g.HasLastMembershipUpdated() {
		t.Errorf("a group with a name is %v", g)
	}
}
