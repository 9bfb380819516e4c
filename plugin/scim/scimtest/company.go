package scimtest

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/elimity-com/scim"
	"github.com/elimity-com/scim/optional"
)

// Person is a user. Empty members are left out of the user object.
type Person struct {
	ID, ExternalID, UserName           string
	GivenName, FamilyName, DisplayName string
	Email, Phone                       string
	Title, UserType, Locale, TimeZone  string
	// The enterprise extension (RFC 7643 section 4.3).
	EmployeeNumber, Department, Division, Organization, CostCenter string
	ManagerID                                                      string // the id of another person
	Active                                                         bool
}

// Group is a group of people.
type Group struct {
	ID, Name string
	Members  []string // ids of people
}

const enterpriseSchema = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

// People makes n plausible people: the first leads, every other reports to one
// before them.
func People(n int) []Person {
	people := make([]Person, n)
	for i := range people {
		people[i] = Person{
			ID: fmt.Sprintf("u%05d", i+1), UserName: fmt.Sprintf("person%d@example.com", i+1),
			GivenName: "Person", FamilyName: fmt.Sprintf("Number %d", i+1), DisplayName: fmt.Sprintf("Person Number %d", i+1),
			Email: fmt.Sprintf("person%d@example.com", i+1), Title: "Member of staff", Department: fmt.Sprintf("Department %d", i%5),
			EmployeeNumber: fmt.Sprint(1000 + i), Active: i%11 != 10,
		}
		if i > 0 {
			people[i].ManagerID = people[(i-1)/4].ID
		}
	}
	return people
}

// attributes are the user's attributes beside id and meta.
func (p Person) attributes() map[string]any {
	name := filled(map[string]any{"givenName": p.GivenName, "familyName": p.FamilyName})
	enterprise := filled(map[string]any{
		"employeeNumber": p.EmployeeNumber, "department": p.Department, "division": p.Division,
		"organization": p.Organization, "costCenter": p.CostCenter,
	})
	if p.ManagerID != "" {
		enterprise["manager"] = map[string]any{"value": p.ManagerID, "$ref": "../Users/" + p.ManagerID}
	}
	attributes := filled(map[string]any{
		"userName": p.UserName, "displayName": p.DisplayName, "title": p.Title,
		"userType": p.UserType, "locale": p.Locale, "timezone": p.TimeZone,
	})
	attributes["active"] = p.Active
	if len(name) > 0 {
		attributes["name"] = name
	}
	if p.Email != "" {
		attributes["emails"] = []any{map[string]any{"value": p.Email, "type": "work", "primary": true}}
	}
	if p.Phone != "" {
		attributes["phoneNumbers"] = []any{map[string]any{"value": p.Phone, "type": "work"}}
	}
	if len(enterprise) > 0 {
		attributes[enterpriseSchema] = enterprise
	}
	return attributes
}

// filled leaves out empty texts.
func filled(attributes map[string]any) map[string]any {
	for name, value := range attributes {
		if value == "" {
			delete(attributes, name)
		}
	}
	return attributes
}

// founded is when all users and groups were created.
var founded = time.Date(2024, time.March, 1, 9, 0, 0, 0, time.UTC)

func (p Person) resource() scim.Resource {
	resource := scim.Resource{ID: p.ID, Attributes: p.attributes(), Meta: scim.Meta{Created: &founded, LastModified: &founded}}
	if p.ExternalID != "" {
		resource.ExternalID = optional.NewString(p.ExternalID)
	}
	return resource
}

func (g Group) resource() scim.Resource {
	members := make([]any, len(g.Members))
	for i, id := range g.Members {
		members[i] = map[string]any{"value": id, "type": "User"}
	}
	return scim.Resource{
		ID: g.ID, Attributes: map[string]any{"displayName": g.Name, "members": members},
		Meta: scim.Meta{Created: &founded, LastModified: &founded},
	}
}

// UserObject is the user object of a person as [StartStrict] takes it.
func UserObject(p Person) json.RawMessage {
	object := p.attributes()
	object["id"] = p.ID
	object["schemas"] = []string{"urn:ietf:params:scim:schemas:core:2.0:User", enterpriseSchema}
	text, err := json.Marshal(object)
	if err != nil { // of texts and bools: never
		panic("scimtest: " + err.Error())
	}
	return text
}

// UserObjects are those of several.
func UserObjects(people []Person) []json.RawMessage {
	objects := make([]json.RawMessage, len(people))
	for i, p := range people {
		objects[i] = UserObject(p)
	}
	return objects
}
