package main

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"patchbay.example/plugin"
)

// fullUser has every attribute of the core and enterprise schemas that a view has
// a place for (RFC 7643 section 8.3 is the model).
const fullUser = `{
  "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
  "id": "2819c223", "externalId": "701984", "userName": "first@example.com",
  "name": {"formatted": "Dr. First Middle Person, III", "familyName": "Person", "givenName": "First", "middleName": "Middle",
    "honorificPrefix": "Dr.", "honorificSuffix": "III"},
  "displayName": "First Person", "nickName": "One", "profileUrl": "https://example.com/first",
  "emails": [{"value": "home@example.com", "type": "home"}, {"value": "first@example.com", "type": "Work", "primary": true}],
  "phoneNumbers": [{"value": "1", "type": "work"}, {"value": "2", "type": "mobile"}, {"value": "3", "type": "fax"}, {"value": "4", "type": "car"}, {"value": "5"}],
  "addresses": [{"type": "home", "locality": "Elsewhere"},
    {"type": "work", "streetAddress": "1 Street", "locality": "Town", "region": "Region", "postalCode": "12345", "country": "DE", "formatted": "1 Street, Town"}],
  "title": "Engineer", "userType": "Employee", "preferredLanguage": "en-US", "locale": "en-US", "timezone": "Europe/Berlin", "active": true,
  "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {
    "employeeNumber": "0042", "costCenter": "4130", "organization": "Example", "division": "North", "department": "Tools",
    "manager": {"value": "26118915", "$ref": "../Users/26118915", "displayName": "Second Person"}},
  "meta": {"created": "2010-01-23T04:56:22Z", "lastModified": "2011-05-13T04:42:34.123+02:00"}
}`

func TestAUserIsReadInFull(t *testing.T) {
	t.Parallel()
	got, problem := readUser([]byte(fullUser))
	if problem != "" {
		t.Fatal(problem)
	}
	want := &plugin.User{
		UserName: "first@example.com", DisplayName: "First Person", NickName: "One", ProfileURL: "https://example.com/first",
		Name: plugin.Name{Given: "First", Middle: "Middle", Family: "Person", HonorificPrefix: "Dr.", HonorificSuffix: "III"},
		Emails: []plugin.Email{
			{Value: "first@example.com", Type: "work", Primary: true},
			{Value: "home@example.com", Type: "home"},
		},
		PhoneNumbers: []plugin.PhoneNumber{{Value: "1", Type: "work"}, {Value: "2", Type: "mobile"}, {Value: "4", Type: "other"}, {Value: "5"}},
		Address:      plugin.Address{StreetAddress: "1 Street", Locality: "Town", Region: "Region", PostalCode: "12345", Country: "DE", Formatted: "1 Street, Town"},
		Title:        "Engineer", Department: "Tools", Division: "North", Organization: "Example", CostCenter: "4130", EmployeeNumber: "0042", UserType: "Employee",
		Managers: []plugin.ManagerReference{
			{Attribute: "manager.value", Value: "26118915"},
			{Attribute: "manager.$ref", Value: "../Users/26118915"},
			{Attribute: "manager.displayName", Value: "Second Person"},
		},
		PreferredLanguage: "en-US", Locale: "en-US", TimeZone: "Europe/Berlin", Status: "active", StatusKind: plugin.StatusActive,
		Created:     time.Date(2010, 1, 23, 4, 56, 22, 0, time.UTC),
		LastUpdated: time.Date(2011, 5, 13, 2, 42, 34, 123e6, time.UTC),
	}
	got.User.LastUpdated = got.User.LastUpdated.UTC()
	if got.ID != "2819c223" || string(got.Source) != fullUser || !reflect.DeepEqual(got.User, want) {
		t.Errorf("read as\n%+v\nwant\n%+v", got.User, want)
	}
}

func TestWhatServicesMakeOfAUser(t *testing.T) {
	t.Parallel()
	for object, want := range map[string]func(plugin.User) bool{
		`{"ID":"1","USERNAME":"u","Emails":[{"VALUE":"a@example.com"}]}`: func(u plugin.User) bool { return u.UserName == "u" && u.Emails[0].Primary },
		`{"id":"1","active":"False"}`:                                    func(u plugin.User) bool { return u.StatusKind == plugin.StatusSuspended && u.Status == "inactive" },
		`{"id":"1"}`:                                                     func(u plugin.User) bool { return u.StatusKind == 0 && u.Status == "" && u.Created.IsZero() },
		`{"id":"1","active":1,"title":{"a":"b"},"name":"First","emails":"a@example.com","meta":[]}`:                        func(u plugin.User) bool { return u.StatusKind == 0 && u.Title == "" && len(u.Emails) == 0 },
		`{"id":"1","name":{"formatted":"First Person"}}`:                                                                   func(u plugin.User) bool { return u.DisplayName == "First Person" },
		`{"id":"1","emails":{"value":"a@example.com","type":"home"}}`:                                                      func(u plugin.User) bool { return len(u.Emails) == 1 && u.Emails[0].Type == "home" },
		`{"id":"1","emails":[{"value":"a@example.com","primary":true},{"value":"b@example.com","primary":"true"},null,7]}`: func(u plugin.User) bool { return len(u.Emails) == 2 && u.Emails[0].Primary && !u.Emails[1].Primary },
		`{"id":"1","meta":{"created":"2024-05-06T07:08:09"}}`:                                                              func(u plugin.User) bool { return u.Created.Equal(time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)) },
		`{"id":"1","meta":{"created":"yesterday"}}`:                                                                        func(u plugin.User) bool { return u.Created.IsZero() },
		`{"id":"1","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"employeeNumber":42,"manager":"m9"}}`: func(u plugin.User) bool {
			return u.EmployeeNumber == "42" && u.Managers[0].Attribute == "manager" && u.Managers[0].Value == "m9"
		},
		`{"id":"1","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":{"$ref":"https://example.com/scim/v2/Users/a%20b"}}}`:    func(u plugin.User) bool { return len(u.Managers) == 2 && u.Managers[1].Value == "a b" },
		`{"id":"1","URN:IETF:params:scim:schemas:extension:enterprise:2.0:user":{"Manager":{"Value":"m9"},"DEPARTMENT":"Tools"}}`:                   func(u plugin.User) bool { return u.Department == "Tools" && u.Managers[0].Value == "m9" },
		`{"id":"1","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":[{"value":"m9"}]}}`:                                      func(u plugin.User) bool { return len(u.Managers) == 0 },
		`{"id":"1","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":null,"department":null},"active":null,"addresses":null}`: func(u plugin.User) bool { return len(u.Managers) == 0 },
		`{"id":"1","addresses":[{"locality":"A"},{"locality":"B","primary":true}]}`:                                                                 func(u plugin.User) bool { return u.Address.Locality == "B" },
	} {
		record, problem := readUser([]byte(object))
		if problem != "" || record.ID != "1" || !want(*record.User) {
			t.Errorf("%s was read as %+v (%s)", object, record.User, problem)
		}
	}
}

func FuzzUser(f *testing.F) {
	for _, seed := range []string{fullUser, `{"id":1}`, `{"id":"a","emails":[[]],"active":"x"}`, `[]`, `{"id":"\ud800"}`, `{"ID":"a","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":7}}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, object []byte) {
		record, problem := readUser(object)
		if (problem == "") != (record.ID != "") {
			t.Fatalf("id %q, problem %q", record.ID, problem)
		}
		if problem != "" {
			return
		}
		if !json.Valid(object) || string(record.Source) != string(object) {
			t.Errorf("the source of %q is %q", object, record.Source)
		}
		primary := 0
		for _, e := range record.User.Emails {
			if e.Primary {
				primary++
			}
		}
		if primary > 1 {
			t.Errorf("%d primary e-mails", primary)
		}
		if group, _ := readGroup(object); group.ID != record.ID {
			t.Errorf("as a group the id is %q, as a user %q", group.ID, record.ID)
		}
		if key := keyOf(object); len(key) != 12 {
			t.Errorf("the key is %q", key)
		}
	})
}
