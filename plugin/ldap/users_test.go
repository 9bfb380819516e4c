package main

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"patchbay.example/plugin/ldap/ldaptest"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

func TestAPersonOfOpenLDAP(t *testing.T) {
	t.Parallel()
	server := ldaptest.Start(t, ldaptest.Settings{People: []ldaptest.Person{
		{UID: "boss", GivenName: "Test", FamilyName: "Boss"},
		{
			UID: "jane", GivenName: "Jané", FamilyName: "Example", DisplayName: "Jané Example", Mail: "jane@example.com", Title: "Engineer",
			Department: "R&D <1>", EmployeeNumber: "0042", Manager: "boss",
			Attributes: map[string][]string{
				"mail": {"second@example.com"}, "telephoneNumber": {"+49 1"}, "mobile": {"+49 2"}, "l": {"Berlin"}, "st": {"BE"}, "postalCode": {"10115"},
				"street": {"Street 1"}, "postalAddress": {"Street 1 $ 10115 Berlin"}, "o": {"Example"}, "employeeType": {"staff"},
				"preferredLanguage": {"de"}, "cn;lang-de": {"Jane auf Deutsch"}, "jpegPhoto": {"\xff\xd8picture"}, "description": {"bin\x00ary"},
			},
		},
	}})
	got := newRig(t, server, nil).connect().sync(resourceUsers, "", nil).wantComplete()
	jane := recordNamed(t, got, "jane")
	user := jane.GetUser()
	for name, pair := range map[string][2]string{
		"user name":  {user.GetUserName(), "jane"},
		"display":    {user.GetDisplayName(), "Jané Example"},
		"given":      {user.GetName().GetGiven(), "Jané"},
		"family":     {user.GetName().GetFamily(), "Example"},
		"title":      {user.GetTitle(), "Engineer"},
		"department": {user.GetDepartment(), "R&D <1>"},
		"number":     {user.GetEmployeeNumber(), "0042"},
		"company":    {user.GetOrganization(), "Example"},
		"type":       {user.GetUserType(), "staff"},
		"language":   {user.GetPreferredLanguage(), "de"},
		"city":       {user.GetAddress().GetLocality(), "Berlin"},
		"address":    {user.GetAddress().GetFormatted(), "Street 1\n10115 Berlin"},
		"status":     {user.GetStatusKind().String(), connectorv1.UserStatus_USER_STATUS_ACTIVE.String()},
		"phone":      {user.GetPhoneNumbers()[0].GetValue() + " " + user.GetPhoneNumbers()[1].GetType(), "+49 1 mobile"},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s is %q, want %q", name, pair[0], pair[1])
		}
	}
	if emails := user.GetEmails(); len(emails) != 2 || emails[0].GetValue() != "jane@example.com" || !emails[0].GetPrimary() || emails[1].GetPrimary() {
		t.Errorf("e-mails are %v", emails)
	}
	if managers := user.GetManagers(); len(managers) != 1 || managers[0].GetAttribute() != "manager" || managers[0].GetValue() != "uid=boss,"+ldaptest.PeopleDN {
		t.Errorf("managers are %v", managers)
	}
	if age := time.Since(user.GetCreated().AsTime()); age < 0 || age > time.Hour {
		t.Errorf("created %s ago", age)
	}
	source := sourceOf(t, jane)
	if source["dn"] != "uid=jane,"+ldaptest.PeopleDN || source["entryUUID"] != jane.GetId() || source["cn;lang-de"] != "Jane auf Deutsch" {
		t.Errorf("the source is %s", jane.GetSource())
	}
	if source["description"] != "YmluAGFyeQ==" {
		t.Errorf("what is no text comes as %v, want base64", source["description"])
	}
	for _, gone := range []string{"userPassword", "jpegPhoto"} {
		if source[gone] != nil {
			t.Errorf("%s is in the source", gone)
		}
	}
}

func TestStatusesOfOpenLDAP(t *testing.T) {
	t.Parallel()
	server := ldaptest.Start(t, ldaptest.Settings{People: []ldaptest.Person{
		{UID: "active"},
		{UID: "disabled", Disabled: true},
		{UID: "locked", Attributes: map[string][]string{"pwdAccountLockedTime": {"20260102030405Z"}}},
		{UID: "must-change", Attributes: map[string][]string{"pwdReset": {"TRUE"}}},
		{UID: "expired", Attributes: map[string][]string{"objectClass": {"shadowAccount"}, "shadowExpire": {"1"}}},
		{UID: "expires-later", Attributes: map[string][]string{"objectClass": {"shadowAccount"}, "shadowExpire": {"90000"}}},
		{UID: "ended", Attributes: map[string][]string{"pwdEndTime": {"20200102030405Z"}}},
	}})
	wantStatuses(t, newRig(t, server, nil).connect().sync(resourceUsers, "", nil).wantComplete(), map[string]string{
		"active": " ACTIVE", "disabled": "pwdAccountLockedTime SUSPENDED", "locked": "pwdAccountLockedTime LOCKED",
		"must-change": "pwdReset ACTION_REQUIRED", "expired": "shadowExpire DEPROVISIONED", "expires-later": " ACTIVE", "ended": "pwdEndTime DEPROVISIONED",
	})
}

func TestAPersonOfActiveDirectory(t *testing.T) {
	t.Parallel()
	server := ldaptest.Start(t, ldaptest.Settings{ActiveDirectory: true, People: []ldaptest.Person{
		{UID: "boss", GivenName: "Test", FamilyName: "Boss"},
		{
			UID: "jane", GivenName: "Jane", FamilyName: "Example", DisplayName: "Example, Jane", Department: "Sales", EmployeeNumber: "0042", Manager: "boss",
			Attributes: map[string][]string{
				"proxyAddresses":     {"smtp:old@example.com", "SMTP:jane@example.com", "X500:/o=example", "smtp:JANE@example.com"},
				"objectSid":          {"\x01\x02\x00\x00\x00\x00\x00\x05\x15\x00\x00\x00\x01\x02\x00\x00"},
				"lastLogonTimestamp": {"134115696000000000"}, "company": {"Example"}, "division": {"North"}, "co": {"Germany"},
			},
		},
	}})
	rig := newRig(t, server, map[string]any{"base_dn": ""}).connect()
	jane := recordNamed(t, rig.sync(resourceUsers, "", nil).wantComplete(), "jane@example.com")
	user, source := jane.GetUser(), sourceOf(t, jane)
	for name, pair := range map[string][2]string{
		"display":    {user.GetDisplayName(), "Example, Jane"},
		"department": {user.GetDepartment(), "Sales"},
		"division":   {user.GetDivision(), "North"},
		"company":    {user.GetOrganization(), "Example"},
		"number":     {user.GetEmployeeNumber(), "0042"},
		"country":    {user.GetAddress().GetCountry(), "Germany"},
		"created":    {user.GetCreated().AsTime().Format(time.RFC3339), "2025-01-02T03:04:05Z"},
		"login":      {user.GetLastLogin().AsTime().Format(time.RFC3339), "2025-12-30T12:00:00Z"},
		"manager":    {user.GetManagers()[0].GetValue(), `cn=Test Boss boss,` + ldaptest.PeopleDN},
		"dn":         {source["dn"].(string), `cn=Example\2C Jane jane,` + ldaptest.PeopleDN},
		"guid":       {source["objectGUID"].(string), jane.GetId()},
		"sid":        {source["objectSid"].(string), "S-1-5-21-513"},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s is %q, want %q", name, pair[0], pair[1])
		}
	}
	if len(jane.GetId()) != 36 || strings.Count(jane.GetId(), "-") != 4 {
		t.Errorf("the id is %q, want a GUID", jane.GetId())
	}
	if emails := user.GetEmails(); len(emails) != 2 || emails[0].GetValue() != "jane@example.com" || !emails[0].GetPrimary() || emails[1].GetValue() != "old@example.com" {
		t.Errorf("e-mails are %v", emails)
	}
	if source["unicodePwd"] != nil {
		t.Error("unicodePwd is in the source")
	}
}

func TestStatusesOfActiveDirectory(t *testing.T) {
	t.Parallel()
	with := func(uid string, attributes map[string][]string) ldaptest.Person {
		return ldaptest.Person{UID: uid, Attributes: attributes}
	}
	server := ldaptest.Start(t, ldaptest.Settings{ActiveDirectory: true, People: []ldaptest.Person{
		{UID: "active"},
		{UID: "disabled", Disabled: true},
		with("expired", map[string][]string{"accountExpires": {"132223104000000000"}}),
		with("never-expires", map[string][]string{"accountExpires": {"0"}}),
		with("locked", map[string][]string{"lockoutTime": {"134115696000000000"}}),
		with("was-locked", map[string][]string{"lockoutTime": {"134115696000000000"}, "msDS-User-Account-Control-Computed": {"0"}}),
		with("locked-now", map[string][]string{"msDS-User-Account-Control-Computed": {"16"}}),
		with("must-change", map[string][]string{"pwdLastSet": {"0"}}),
		with("password-expired", map[string][]string{"msDS-User-Account-Control-Computed": {"8388608"}}),
	}})
	wantStatuses(t, newRig(t, server, nil).connect().sync(resourceUsers, "", nil).wantComplete(), map[string]string{
		"active@example.com": "NORMAL_ACCOUNT ACTIVE", "disabled@example.com": "ACCOUNTDISABLE DEPROVISIONED",
		"expired@example.com": "ACCOUNT_EXPIRED DEPROVISIONED", "never-expires@example.com": "NORMAL_ACCOUNT ACTIVE",
		"locked@example.com": "LOCKOUT LOCKED", "was-locked@example.com": "NORMAL_ACCOUNT ACTIVE", "locked-now@example.com": "LOCKOUT LOCKED",
		"must-change@example.com": "PASSWORD_EXPIRED ACTION_REQUIRED", "password-expired@example.com": "PASSWORD_EXPIRED ACTION_REQUIRED",
	})
}

// wantStatuses compares "word KIND" by user name.
func wantStatuses(t *testing.T, got *run, want map[string]string) {
	t.Helper()
	statuses := map[string]string{}
	for _, record := range got.records() {
		user := record.GetUser()
		statuses[user.GetUserName()] = user.GetStatus() + " " + strings.TrimPrefix(user.GetStatusKind().String(), "USER_STATUS_")
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if statuses[name] != want[name] {
			t.Errorf("%s is %q, want %q", name, statuses[name], want[name])
		}
	}
	if len(statuses) != len(want) {
		t.Errorf("%d people came, want %d", len(statuses), len(want))
	}
}

func recordNamed(t *testing.T, got *run, userName string) *connectorv1.Record {
	t.Helper()
	for _, record := range got.records() {
		if record.GetUser().GetUserName() == userName {
			return record
		}
	}
	t.Fatalf("there is no %s among %d people", userName, len(got.records()))
	return nil
}

func sourceOf(t *testing.T, record *connectorv1.Record) map[string]any {
	t.Helper()
	source := map[string]any{}
	if err := json.Unmarshal(record.GetSource(), &source); err != nil {
		t.Fatal(err)
	}
	return source
}

// 389 Directory Server has an id and a lock of its own.
func TestAPersonOf389DirectoryServer(t *testing.T) {
	t.Parallel()
	server := scripted(1, func(_ ldaptest.Search, a *ldaptest.Answer) {
		a.Entries[0].Attributes = map[string][]string{"nsUniqueId": {"1-2-3-4"}, "UID": {"jane"}, "nsAccountLock": {"true"}}
	})
	rig := scriptedRig(t, server, nil).connect()
	response, err := rig.client.ListResources(rig.context(), connectorv1.ListResourcesRequest_builder{}.Build())
	if err != nil {
		t.Fatal(err)
	}
	if key := response.GetResources()[0].GetKeyField(); key != "nsUniqueId" {
		t.Errorf("the key is %q", key)
	}
	got := rig.sync(resourceUsers, "", nil).wantComplete()
	wantStatuses(t, got, map[string]string{"jane": "nsAccountLock DEPROVISIONED"})
	if id := got.records()[0].GetId(); id != "1-2-3-4" {
		t.Errorf("the id is %q", id)
	}
}

// Keys that are not called after a password, and what a server has no name for.
func TestKeysAreNotPassedOn(t *testing.T) {
	t.Parallel()
	secret := []string{"krb5Key", "pwhistory", "msExchUMPinChecksum", "zimbraAuthTokens", "nsSymmetricKey", "totpSeed", "2.5.4.35", "1.3.6.1.4.1.99999.1"}
	server := scripted(1, func(_ ldaptest.Search, a *ldaptest.Answer) {
		for _, name := range secret {
			a.Entries[0].Attributes[name] = []string{"canary-4711"}
		}
		a.Entries[0].Attributes["description"] = []string{"public"}
	})
	got := scriptedRig(t, server, nil).connect().sync(resourceUsers, "", nil).wantComplete()
	source := string(got.records()[0].GetSource())
	if strings.Contains(source, "canary-4711") || !strings.Contains(source, "public") {
		t.Errorf("the source is %s", source)
	}
}
