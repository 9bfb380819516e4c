package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"patchbay.example/plugin"
	"patchbay.example/plugin/okta/internal/jsonscan"
	"patchbay.example/plugin/okta/oktatest"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// rawUsers are users as a tenant serves them.
func rawUsers(texts ...string) []json.RawMessage {
	raws := make([]json.RawMessage, len(texts))
	for i, text := range texts {
		raws[i] = json.RawMessage(text)
	}
	return raws
}

// fullUser has every base attribute, each with a value of its own.
const fullUser = `{
	"id": "00u1ab2cd3ef4gh5ij6k7", "status": "PROVISIONED", "created": "2026-01-02T03:04:05.678Z",
	"activated": "2026-01-02T03:04:06.000Z", "statusChanged": "2026-01-02T03:04:07.000Z",
	"lastLogin": "2026-01-02T03:04:08.000Z", "lastUpdated": "2026-01-02T03:04:09.000Z",
	"passwordChanged": "2026-01-02T03:04:10.000Z", "transitioningToStatus": "ACTIVE",
	"type": {"id": "oty1"}, "realmId": "guo1",
	"profile": {
		"login": "login", "firstName": "firstName", "lastName": "lastName", "middleName": "middleName",
		"honorificPrefix": "honorificPrefix", "honorificSuffix": "honorificSuffix", "email": "email", "title": "title",
		"displayName": "displayName", "nickName": "nickName", "profileUrl": "profileUrl", "secondEmail": "secondEmail",
		"mobilePhone": "mobilePhone", "primaryPhone": "primaryPhone", "streetAddress": "streetAddress", "city": "city",
		"state": "state", "zipCode": "zipCode", "countryCode": "countryCode", "postalAddress": "postalAddress",
		"preferredLanguage": "preferredLanguage", "locale": "locale", "timezone": "timezone", "userType": "userType",
		"employeeNumber": "employeeNumber", "costCenter": "costCenter", "organization": "organization",
		"division": "division", "department": "department", "managerId": "managerId", "manager": "manager",
		"Department": "custom, not the base attribute", "badge": 9007199254740993
	},
	"_links": {"self": {"href": "https://example.okta.com/api/v1/users/00u1ab2cd3ef4gh5ij6k7"}}
}`

func TestATypedViewHoldsEveryBaseAttribute(t *testing.T) {
	t.Parallel()
	at := func(second, millis int) time.Time {
		return time.Date(2026, 1, 2, 3, 4, second, millis*int(time.Millisecond), time.UTC)
	}
	want := &plugin.User{
		UserName: "login",
		Name: plugin.Name{
			Given: "firstName", Middle: "middleName", Family: "lastName",
			HonorificPrefix: "honorificPrefix", HonorificSuffix: "honorificSuffix",
		},
		DisplayName: "displayName", NickName: "nickName", ProfileURL: "profileUrl",
		Emails:       []plugin.Email{{Value: "email", Type: "work", Primary: true}, {Value: "secondEmail", Type: "other"}},
		PhoneNumbers: []plugin.PhoneNumber{{Value: "primaryPhone", Type: "work"}, {Value: "mobilePhone", Type: "mobile"}},
		Address: plugin.Address{
			StreetAddress: "streetAddress", Locality: "city", Region: "state",
			PostalCode: "zipCode", Country: "countryCode", Formatted: "postalAddress",
		},
		Title: "title", Department: "department", Division: "division", Organization: "organization",
		CostCenter: "costCenter", EmployeeNumber: "employeeNumber", UserType: "userType",
		AccountType:       plugin.AccountType{ID: "oty1", Name: "Staff"},
		Managers:          []plugin.ManagerReference{{Attribute: "managerId", Value: "managerId"}, {Attribute: "manager", Value: "manager"}},
		PreferredLanguage: "preferredLanguage", Locale: "locale", TimeZone: "timezone",
		Status: "PROVISIONED", StatusKind: plugin.StatusPending, TransitioningToStatus: "ACTIVE",
		Created: at(5, 678), Activated: at(6, 0), StatusChanged: at(7, 0), LastLogin: at(8, 0), LastUpdated: at(9, 0), PasswordChanged: at(10, 0),
	}
	got, problem := readUser([]byte(fullUser), map[string]string{"oty1": "Staff"})
	if problem != "" || got.ID != "00u1ab2cd3ef4gh5ij6k7" {
		t.Fatalf("%q, problem %q", got.ID, problem)
	}
	if diff := cmp.Diff(want, got.User); diff != "" {
		t.Errorf("the typed view differs (-want +got):\n%s", diff)
	}
	if string(got.Source) != fullUser {
		t.Error("the source is not what Okta sent")
	}
	var base map[string]any
	if err := json.Unmarshal([]byte("{"+baseProperties()+"}"), &base); err != nil || len(base) != 31 {
		t.Fatalf("%d base attributes, %v; want 31", len(base), err)
	}
	for name := range base {
		if !strings.Contains(fullUser, `"`+name+`"`) {
			t.Errorf("the base attribute %q is missing from this test", name)
		}
	}
}

func TestEveryStatusIsUnderstood(t *testing.T) {
	t.Parallel()
	for status, want := range map[string]plugin.UserStatus{
		"STAGED": plugin.StatusPending, "PROVISIONED": plugin.StatusPending, "ACTIVATING": plugin.StatusPending,
		"ACTIVE": plugin.StatusActive, "RECOVERY": plugin.StatusActionRequired, "PASSWORD_EXPIRED": plugin.StatusActionRequired,
		"LOCKED_OUT": plugin.StatusLocked, "SUSPENDED": plugin.StatusSuspended, "DEPROVISIONED": plugin.StatusDeprovisioned,
		"HIBERNATING": 0, "active": 0, "": 0,
	} {
		got, problem := readUser([]byte(`{"id":"00u1","status":"`+status+`"}`), nil)
		if problem != "" || got.User.Status != status || got.User.StatusKind != want {
			t.Errorf("%q is read as %q of kind %d (%s), want kind %d", status, got.User.Status, got.User.StatusKind, problem, want)
		}
	}
}

func TestNullAndAbsentMeanTheSame(t *testing.T) {
	t.Parallel()
	absent, _ := readUser([]byte(`{"id":"00u1","profile":{}}`), nil)
	for name, text := range map[string]string{
		"null attributes":   `{"id":"00u1","status":null,"activated":null,"lastLogin":null,"type":null,"transitioningToStatus":null,"profile":{"mobilePhone":null,"secondEmail":null,"managerId":null,"title":null}}`,
		"null profile":      `{"id":"00u1","profile":null}`,
		"no profile":        `{"id":"00u1"}`,
		"odd types":         `{"id":"00u1","status":{},"activated":17,"lastLogin":"yesterday","type":"oty","profile":{"title":["a"],"city":{},"email":true}}`,
		"profile no object": `{"id":"00u1","profile":["login"]}`,
	} {
		got, problem := readUser([]byte(text), nil)
		if problem != "" {
			t.Errorf("%s: %s", name, problem)
			continue
		}
		if diff := cmp.Diff(absent.User, got.User, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: the typed view is not empty:\n%s", name, diff)
		}
		if string(got.Source) != text {
			t.Errorf("%s: the source is not what Okta sent", name)
		}
	}
}

func TestWhatIsNoUserIsNamed(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`"secret text"`:          "a JSON string came instead",
		`null`:                   "null came instead",
		`["00u1"]`:               "a JSON array came instead",
		`17`:                     "a number came instead",
		`true`:                   "a JSON boolean came instead",
		`{}`:                     "has no id",
		`{"profile":{"id":"x"}}`: "has no id",
		`{"id":17}`:              "not a string",
		`{"id":null}`:            "not a string",
		`{"id":""}`:              "is empty",
	} {
		record, problem := readUser([]byte(text), nil)
		if !strings.Contains(problem, want) || record.User != nil || strings.Contains(problem, "secret") {
			t.Errorf("%s: %q, want %q and nothing of the text", text, problem, want)
		}
	}
}

// TestWhatOktaSendsArrivesUnchanged goes all the way: over the tenant's socket,
// through the connector, over gRPC.
func TestWhatOktaSendsArrivesUnchanged(t *testing.T) {
	t.Parallel()
	sent := rawUsers(
		fullUser,
		`{"status":"HIBERNATING","id":"00u2","profile":{"zeta":1,"alpha":2,"big":9007199254740993,"exact":1.10,"exp":1E+2,"flag":false}}`,
		"{ \"id\" :\t\"00u3\",\r\n \"profile\":{\"html\":\"<b>&amp;</b>\",\"escaped\":\"\\u003c\\/\\u2028\",\"raw\":\"\u2028 < & >\"}}",
		`{"id":"00u4","profile":{"title":"Señora 王","login":"a\"b\\c@example.com"},"profile2":null,"later":{"deep":[[{}],[]]}}`,
		`{"id":"00u5","profile":{"firstName":"\ud83d\ude00","lastName":"\ud800"}}`,
	)
	r := newRig(t, oktatest.Settings{CustomUsers: sent}).connect()
	got := r.sync().wantComplete().records()
	if len(got) != len(sent) {
		t.Fatalf("%d people, want %d", len(got), len(sent))
	}
	for i, record := range got {
		if !bytes.Equal(record.GetSource(), sent[i]) {
			t.Errorf("user %d came as\n%s\nwant\n%s", i, record.GetSource(), sent[i])
		}
	}
	if u := got[1].GetUser(); u.GetStatus() != "HIBERNATING" || u.GetStatusKind() != connectorv1.UserStatus_USER_STATUS_UNSPECIFIED {
		t.Errorf("an unknown status is %q of kind %s", u.GetStatus(), u.GetStatusKind())
	}
	if u := got[3].GetUser(); u.GetTitle() != "Señora 王" || u.GetUserName() != `a"b\c@example.com` {
		t.Errorf("the typed view is %q and %q", u.GetTitle(), u.GetUserName())
	}
	if u := got[4].GetUser(); u.GetName().GetGiven() != "😀" || u.GetName().GetFamily() != "\ufffd" {
		t.Errorf("the typed view is %q, and %q for half a surrogate pair", u.GetName().GetGiven(), u.GetName().GetFamily())
	}
}

func TestUserTypesGiveAccountTypesTheirNames(t *testing.T) {
	t.Parallel()
	r := newRig(t, oktatest.Settings{Users: 200, PageLimit: 50}).connect()
	names := map[string]int{}
	for _, record := range r.sync().wantComplete().records() {
		kind := record.GetUser().GetAccountType()
		if kind.GetId() == "" || kind.GetName() == "" {
			t.Fatalf("%s has the account type %v", record.GetId(), kind)
		}
		names[kind.GetName()]++
	}
	if names["User"] == 0 || names["Contractor"] == 0 {
		t.Errorf("account types %v, want the tenant's", names)
	}
}

func TestReadUserTypes(t *testing.T) {
	t.Parallel()
	var elements [][]byte
	for _, raw := range rawUsers(`{"id":"oty1","name":"user","displayName":"User"}`, `{"id":"oty2","name":"robot"}`, `"odd"`, `{"name":"no id"}`) {
		elements = append(elements, raw)
	}
	want := map[string]string{"oty1": "User", "oty2": "robot"}
	if diff := cmp.Diff(want, readUserTypes(elements)); diff != "" {
		t.Errorf("user types differ (-want +got):\n%s", diff)
	}
}

// FuzzReadUser compares the typed view with what encoding/json reads.
func FuzzReadUser(f *testing.F) {
	f.Add([]byte(fullUser))
	f.Add([]byte(`{"id":"00u1","status":"ACTIVE","profile":{"login":"a@example.com","title":null,"city":"\u00e9\ud800\n"}}`))
	f.Add([]byte(`{"id":"00u1","id":"00u2","profile":{"login":"a"},"profile":{"login":"b"}}`))
	f.Add([]byte("{ \"id\" : \"00u1\" , \"profile\" : { \"title\" : \"\xff\" } }"))
	f.Add([]byte("{\"id\":\"\xb0\"}"))
	f.Add([]byte(`{"id":17,"profile":[]}`))
	f.Add([]byte(`{"\u0069d":"00u1","type":{"id":"oty1"},"created":"2026-01-02T03:04:05.678Z"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		elements, err := jsonscan.Array(append(append([]byte{'['}, text...), ']'))
		if err != nil || len(elements) != 1 {
			return
		}
		record, problem := readUser(elements[0], nil)
		var members map[string]json.RawMessage
		if err := json.Unmarshal(elements[0], &members); err != nil || members == nil {
			if problem == "" {
				t.Errorf("%s: a user, though %v", text, err)
			}
			return
		}
		id := ""
		if raw := members["id"]; len(raw) > 0 && raw[0] == '"' {
			id = textOf(raw)
		}
		if strings.ContainsRune(id, utf8.RuneError) {
			id = "" // bytes that are no text: the replacement may stand for any other id
		}
		if (problem == "") != (id != "") || record.ID != id {
			t.Fatalf("%s: id %q, problem %q; want %q", text, record.ID, problem, id)
		}
		if problem != "" {
			return
		}
		if got, want := record.User.Status, textOf(members["status"]); got != want {
			t.Errorf("%s: status %q, want %q", text, got, want)
		}
		if bytes.Count(elements[0], []byte("profile")) != 1 || bytes.Contains(elements[0], []byte(`\u00`)) {
			return // a second profile replaces the first in one reader and adds to it in the other
		}
		var profile map[string]json.RawMessage
		if json.Unmarshal(members["profile"], &profile) != nil {
			return
		}
		for name, got := range map[string]string{
			"login": record.User.UserName, "title": record.User.Title, "city": record.User.Address.Locality, "department": record.User.Department,
		} {
			if want := textOf(profile[name]); got != want {
				t.Errorf("%s: %s %q, want %q", text, name, got, want)
			}
		}
	})
}

// textOf is the text of a JSON string, the digits of a number, and nothing for
// any other value.
func textOf(raw json.RawMessage) string {
	switch {
	case len(raw) == 0:
		return ""
	case raw[0] == '-' || raw[0] >= '0' && raw[0] <= '9':
		return string(raw)
	}
	var text string
	if json.Unmarshal(raw, &text) != nil {
		return ""
	}
	return text
}
