package main

import (
	"cmp"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"patchbay.example/plugin"
)

// The objects below are those of RFC 7643. encoding/json matches names without
// regard to case, as section 2.1 asks, and takes the last of several that differ
// in nothing else. Values are lenient: an attribute of another type than the RFC
// says is left empty, for the source still has it.

// userObject is a user (RFC 7643 sections 4.1 and 4.3).
type userObject struct {
	ID                text                `json:"id"`
	UserName          text                `json:"userName"`
	Name              one[nameObject]     `json:"name"`
	DisplayName       text                `json:"displayName"`
	NickName          text                `json:"nickName"`
	ProfileURL        text                `json:"profileUrl"`
	Title             text                `json:"title"`
	UserType          text                `json:"userType"`
	PreferredLanguage text                `json:"preferredLanguage"`
	Locale            text                `json:"locale"`
	TimeZone          text                `json:"timezone"`
	Active            truth               `json:"active"`
	Emails            many[valueObject]   `json:"emails"`
	PhoneNumbers      many[valueObject]   `json:"phoneNumbers"`
	Addresses         many[addressObject] `json:"addresses"`
	Meta              one[metaObject]     `json:"meta"`
	Enterprise        one[enterprise]     `json:"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"`
}

type nameObject struct {
	Formatted       text `json:"formatted"`
	FamilyName      text `json:"familyName"`
	GivenName       text `json:"givenName"`
	MiddleName      text `json:"middleName"`
	HonorificPrefix text `json:"honorificPrefix"`
	HonorificSuffix text `json:"honorificSuffix"`
}

// valueObject is a member of a multi-valued attribute (RFC 7643 section 2.4).
type valueObject struct {
	Value   text  `json:"value"`
	Type    text  `json:"type"`
	Primary truth `json:"primary"`
}

type addressObject struct {
	Formatted     text  `json:"formatted"`
	StreetAddress text  `json:"streetAddress"`
	Locality      text  `json:"locality"`
	Region        text  `json:"region"`
	PostalCode    text  `json:"postalCode"`
	Country       text  `json:"country"`
	Type          text  `json:"type"`
	Primary       truth `json:"primary"`
}

type metaObject struct {
	Created      moment `json:"created"`
	LastModified moment `json:"lastModified"`
}

// enterprise is the enterprise extension (RFC 7643 section 4.3).
type enterprise struct {
	EmployeeNumber text          `json:"employeeNumber"`
	CostCenter     text          `json:"costCenter"`
	Organization   text          `json:"organization"`
	Division       text          `json:"division"`
	Department     text          `json:"department"`
	Manager        managerObject `json:"manager"`
}

// managerObject is the manager: an object, and at some services a bare id.
type managerObject struct {
	bare        string
	Value       text `json:"value"`
	Ref         text `json:"$ref"`
	DisplayName text `json:"displayName"`
}

// UnmarshalJSON reads either form, and neither as nobody.
func (m *managerObject) UnmarshalJSON(raw []byte) error {
	type plain managerObject
	if len(raw) > 0 && raw[0] == '{' {
		return json.Unmarshal(raw, (*plain)(m))
	}
	var bare text
	_ = json.Unmarshal(raw, &bare) // never fails
	m.bare = string(bare)
	return nil
}

// readUser reads a user into a record with its typed view, or returns why it
// can't be read. The record's source is element itself.
func readUser(element []byte) (plugin.Record, string) {
	var u userObject
	id, problem := decodeResource(element, "user", &u, &u.ID)
	if problem != "" {
		return plugin.Record{}, problem
	}
	name, extension, meta := u.Name.value, u.Enterprise.value, u.Meta.value
	user := &plugin.User{
		UserName: string(u.UserName),
		Name: plugin.Name{
			Given: string(name.GivenName), Middle: string(name.MiddleName), Family: string(name.FamilyName),
			HonorificPrefix: string(name.HonorificPrefix), HonorificSuffix: string(name.HonorificSuffix),
		},
		DisplayName: cmp.Or(string(u.DisplayName), string(name.Formatted)),
		NickName:    string(u.NickName), ProfileURL: string(u.ProfileURL),
		Emails: emails(u.Emails), PhoneNumbers: phoneNumbers(u.PhoneNumbers), Address: address(u.Addresses),
		Title: string(u.Title), Department: string(extension.Department), Division: string(extension.Division),
		Organization: string(extension.Organization), CostCenter: string(extension.CostCenter),
		EmployeeNumber: string(extension.EmployeeNumber), UserType: string(u.UserType),
		Managers:          managers(extension.Manager),
		PreferredLanguage: string(u.PreferredLanguage), Locale: string(u.Locale), TimeZone: string(u.TimeZone),
		Created: time.Time(meta.Created), LastUpdated: time.Time(meta.LastModified),
	}
	user.Status, user.StatusKind = statusOf(u.Active)
	return plugin.Record{ID: id, User: user, Source: element}, ""
}

// decodeResource decodes a resource into object and returns the id at target, or
// why there is none.
func decodeResource(element []byte, what string, object any, target *text) (id, problem string) {
	if json.Unmarshal(element, object) != nil {
		return "", "a " + what + " is a JSON object, and something else came instead"
	}
	switch id := string(*target); {
	case id == "":
		return "", "the " + what + " has no id"
	case strings.ContainsRune(id, utf8.RuneError): // a replacement may stand for any other id
		return "", "the " + what + "'s id is not text"
	default:
		return id, ""
	}
}

// statusOf sorts active. What false means is the service's to say; "a value of
// false implies that the user's account has been suspended" is the RFC's typical
// example (RFC 7643 section 4.1.1), and the person may come back.
func statusOf(active truth) (string, plugin.UserStatus) {
	switch active {
	case isTrue:
		return "active", plugin.StatusActive
	case isFalse:
		return "inactive", plugin.StatusSuspended
	default:
		return "", 0
	}
}

// emails puts the primary one first. One that is alone is the primary one.
func emails(values []valueObject) []plugin.Email {
	list := make([]plugin.Email, 0, len(values))
	primary := slices.IndexFunc(values, func(v valueObject) bool { return v.Primary == isTrue && v.Value != "" })
	for i, v := range values {
		if v.Value == "" {
			continue
		}
		email := plugin.Email{Value: string(v.Value), Type: strings.ToLower(string(v.Type)), Primary: i == primary}
		if email.Primary {
			list = slices.Insert(list, 0, email)
		} else {
			list = append(list, email)
		}
	}
	if len(list) == 1 {
		list[0].Primary = true
	}
	return list
}

// phoneNumbers leaves fax and pager out: nobody answers there.
func phoneNumbers(values []valueObject) []plugin.PhoneNumber {
	var list []plugin.PhoneNumber
	for _, v := range values {
		switch kind := strings.ToLower(string(v.Type)); {
		case v.Value == "", kind == "fax", kind == "pager":
		case slices.Contains([]string{"", "work", "mobile", "home", "other"}, kind):
			list = append(list, plugin.PhoneNumber{Value: string(v.Value), Type: kind})
		default:
			list = append(list, plugin.PhoneNumber{Value: string(v.Value), Type: "other"})
		}
	}
	return list
}

// address is the primary address, or else the one at work, or else the first.
func address(values []addressObject) plugin.Address {
	if len(values) == 0 {
		return plugin.Address{}
	}
	best := slices.IndexFunc(values, func(a addressObject) bool { return a.Primary == isTrue })
	if best < 0 {
		best = slices.IndexFunc(values, func(a addressObject) bool { return strings.EqualFold(string(a.Type), "work") })
	}
	a := values[max(best, 0)]
	return plugin.Address{
		StreetAddress: string(a.StreetAddress), Locality: string(a.Locality), Region: string(a.Region),
		PostalCode: string(a.PostalCode), Country: string(a.Country), Formatted: string(a.Formatted),
	}
}

// attributeRefID is the name under which the id at the end of manager.$ref is
// given where manager.value is missing.
const attributeRefID = "manager.$ref id"

// managers keeps each statement as it is written: nothing makes them agree.
func managers(m managerObject) []plugin.ManagerReference {
	var list []plugin.ManagerReference
	add := func(attribute, value string) {
		if value != "" {
			list = append(list, plugin.ManagerReference{Attribute: attribute, Value: value})
		}
	}
	add("manager", m.bare)
	add("manager.value", string(m.Value))
	add("manager.$ref", string(m.Ref))
	if m.Value == "" {
		add(attributeRefID, lastSegment(string(m.Ref)))
	}
	add("manager.displayName", string(m.DisplayName))
	return list
}

// lastSegment is the id at the end of a resource's URI; empty for other texts.
func lastSegment(reference string) string {
	i := strings.LastIndexByte(reference, '/')
	if i < 0 {
		return ""
	}
	id, err := url.PathUnescape(reference[i+1:])
	if err != nil {
		return ""
	}
	return id
}
