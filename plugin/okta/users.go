package main

import (
	"strings"
	"time"
	"unicode/utf8"

	"patchbay.example/plugin"
	"patchbay.example/plugin/okta/internal/jsonscan"
)

// readUser reads a user object (Okta, "Users", User object) into a record with
// its typed view, or returns why it can't be read. The record's source is
// element itself. types are the names of user types by id; may be nil.
func readUser(element []byte, types map[string]string) (plugin.Record, string) {
	object := string(element) // all values are slices of this one string
	user := &plugin.User{}
	var id jsonscan.Value
	isObject := jsonscan.Object(object, func(key string, value jsonscan.Value) {
		switch key {
		case "id":
			id = value
		case "status":
			user.Status = value.Text()
			user.StatusKind = statusKinds[user.Status]
		case "transitioningToStatus":
			user.TransitioningToStatus = value.Text()
		case "created":
			user.Created = timestamp(value)
		case "activated":
			user.Activated = timestamp(value)
		case "statusChanged":
			user.StatusChanged = timestamp(value)
		case "lastLogin":
			user.LastLogin = timestamp(value)
		case "lastUpdated":
			user.LastUpdated = timestamp(value)
		case "passwordChanged":
			user.PasswordChanged = timestamp(value)
		case "type":
			user.AccountType = accountType(value, types)
		case "profile":
			readProfile(string(value), user)
		}
	})
	if problem := checkID("user", element, isObject, id); problem != "" {
		return plugin.Record{}, problem
	}
	return plugin.Record{ID: id.Text(), User: user, Source: element}, ""
}

// checkID says what is wrong with the id of an element that should be an object
// of a kind; empty where it can be used. id is empty where there is none.
func checkID(kind string, element []byte, isObject bool, id jsonscan.Value) string {
	switch {
	case !isObject:
		return "a " + kind + " is a JSON object, and " + jsonscan.Describe(element) + " came instead"
	case id == "":
		return "the " + kind + " has no id"
	case id.Kind() != jsonscan.String || id.Text() == "":
		return "the " + kind + "'s id is not a string, or is empty"
	case strings.ContainsRune(id.Text(), utf8.RuneError): // a replacement may stand for any other id
		return "the " + kind + "'s id is not text"
	}
	return ""
}

// statusKinds sorts Okta's statuses (Okta, "Users", user status). The set is
// open; one that is missing here stays unknown.
var statusKinds = map[string]plugin.UserStatus{
	"STAGED":           plugin.StatusPending,
	"ACTIVATING":       plugin.StatusPending,
	"PROVISIONED":      plugin.StatusPending,
	"ACTIVE":           plugin.StatusActive,
	"RECOVERY":         plugin.StatusActionRequired,
	"PASSWORD_EXPIRED": plugin.StatusActionRequired,
	"LOCKED_OUT":       plugin.StatusLocked,
	"SUSPENDED":        plugin.StatusSuspended,
	"DEPROVISIONED":    plugin.StatusDeprovisioned,
}

// timestamp reads a time; null and what is no time are the zero time, which
// the source still tells apart.
func timestamp(value jsonscan.Value) time.Time {
	if value.Kind() != jsonscan.String {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339, value.Text())
	if err != nil {
		return time.Time{}
	}
	return t
}

func accountType(value jsonscan.Value, types map[string]string) plugin.AccountType {
	var t plugin.AccountType
	jsonscan.Object(string(value), func(key string, value jsonscan.Value) {
		if key == "id" {
			t = plugin.AccountType{ID: value.Text(), Name: types[value.Text()]}
		}
	})
	return t
}

// readProfile reads the 31 base attributes (Okta, "Schemas", base profile);
// custom ones stay in the source. Names are case-sensitive: a custom attribute
// may differ from a base one by case only.
func readProfile(profile string, user *plugin.User) {
	var email, secondEmail, primaryPhone, mobilePhone, managerID, manager string
	jsonscan.Object(profile, func(key string, value jsonscan.Value) {
		var target *string
		switch key {
		case "login":
			target = &user.UserName
		case "firstName":
			target = &user.Name.Given
		case "middleName":
			target = &user.Name.Middle
		case "lastName":
			target = &user.Name.Family
		case "honorificPrefix":
			target = &user.Name.HonorificPrefix
		case "honorificSuffix":
			target = &user.Name.HonorificSuffix
		case "email":
			target = &email
		case "secondEmail":
			target = &secondEmail
		case "title":
			target = &user.Title
		case "displayName":
			target = &user.DisplayName
		case "nickName":
			target = &user.NickName
		case "profileUrl":
			target = &user.ProfileURL
		case "primaryPhone":
			target = &primaryPhone
		case "mobilePhone":
			target = &mobilePhone
		case "streetAddress":
			target = &user.Address.StreetAddress
		case "city":
			target = &user.Address.Locality
		case "state":
			target = &user.Address.Region
		case "zipCode":
			target = &user.Address.PostalCode
		case "countryCode":
			target = &user.Address.Country
		case "postalAddress":
			target = &user.Address.Formatted
		case "preferredLanguage":
			target = &user.PreferredLanguage
		case "locale":
			target = &user.Locale
		case "timezone":
			target = &user.TimeZone
		case "userType":
			target = &user.UserType
		case "employeeNumber":
			target = &user.EmployeeNumber
		case "costCenter":
			target = &user.CostCenter
		case "organization":
			target = &user.Organization
		case "division":
			target = &user.Division
		case "department":
			target = &user.Department
		case "managerId":
			target = &managerID
		case "manager":
			target = &manager
		default:
			return
		}
		*target = value.Text()
	})
	user.Emails = emails(email, secondEmail)
	user.PhoneNumbers = phoneNumbers(primaryPhone, mobilePhone)
	user.Managers = managers(managerID, manager)
}

func emails(primary, second string) []plugin.Email {
	list := make([]plugin.Email, 0, 2)
	if primary != "" {
		list = append(list, plugin.Email{Value: primary, Type: "work", Primary: true})
	}
	if second != "" {
		list = append(list, plugin.Email{Value: second, Type: "other"})
	}
	return list
}

func phoneNumbers(primary, mobile string) []plugin.PhoneNumber {
	list := make([]plugin.PhoneNumber, 0, 2)
	if primary != "" {
		list = append(list, plugin.PhoneNumber{Value: primary, Type: "work"})
	}
	if mobile != "" {
		list = append(list, plugin.PhoneNumber{Value: mobile, Type: "mobile"})
	}
	return list
}

// managers keeps both attributes as they are: nothing makes them agree, and
// either may hold an id, an e-mail, a login, a number or a name.
func managers(managerID, manager string) []plugin.ManagerReference {
	list := make([]plugin.ManagerReference, 0, 2)
	if managerID != "" {
		list = append(list, plugin.ManagerReference{Attribute: "managerId", Value: managerID})
	}
	if manager != "" {
		list = append(list, plugin.ManagerReference{Attribute: "manager", Value: manager})
	}
	return list
}
