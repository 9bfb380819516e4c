package main

import (
	"fmt"
	"strings"
)

// userSchema describes a user object. Custom attributes and whatever Okta adds
// are further properties.
var userSchema = []byte(`{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "Okta user",
  "type": "object",
  "required": ["id"],
  "properties": {
    "id": {"type": "string"},
    "status": {"type": "string"},
    "created": {"type": ["string", "null"], "format": "date-time"},
    "activated": {"type": ["string", "null"], "format": "date-time"},
    "statusChanged": {"type": ["string", "null"], "format": "date-time"},
    "lastLogin": {"type": ["string", "null"], "format": "date-time"},
    "lastUpdated": {"type": ["string", "null"], "format": "date-time"},
    "passwordChanged": {"type": ["string", "null"], "format": "date-time"},
    "transitioningToStatus": {"type": ["string", "null"]},
    "realmId": {"type": ["string", "null"]},
    "type": {"type": "object", "properties": {"id": {"type": "string"}}},
    "profile": {"type": "object", "properties": {` + baseProperties() + `}}
  }
}`)

// baseProperties are the 31 base attributes of a profile.
func baseProperties() string {
	names := strings.Fields(`login firstName lastName middleName honorificPrefix honorificSuffix email title
		displayName nickName profileUrl secondEmail mobilePhone primaryPhone streetAddress city state zipCode
		countryCode postalAddress preferredLanguage locale timezone userType employeeNumber costCenter
		organization division department managerId manager`)
	properties := make([]string, len(names))
	for i, name := range names {
		properties[i] = fmt.Sprintf("%q: {\"type\": [\"string\", \"null\"]}", name)
	}
	return strings.Join(properties, ", ")
}

// groupSchema describes a group object. The profile of a group that an app
// imported has further properties, such as dn.
var groupSchema = []byte(`{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "Okta group",
  "type": "object",
  "required": ["id"],
  "properties": {
    "id": {"type": "string"},
    "created": {"type": ["string", "null"], "format": "date-time"},
    "lastUpdated": {"type": ["string", "null"], "format": "date-time"},
    "lastMembershipUpdated": {"type": ["string", "null"], "format": "date-time"},
    "objectClass": {"type": "array", "items": {"type": "string"}},
    "type": {"type": "string"},
    "profile": {"type": "object", "properties": {"name": {"type": "string"}, "description": {"type": ["string", "null"]}}}
  }
}`)

// membershipSchema describes the objects that the connector makes of what Okta
// answers: Okta has none for a membership.
var membershipSchema = []byte(`{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "Membership of a user in an Okta group",
  "type": "object",
  "required": ["id", "group", "user"],
  "properties": {
    "id": {"type": "string", "description": "ids of group and user, with a slash between"},
    "group": {"type": "string", "description": "id of the group"},
    "user": {"type": "string", "description": "id of the user"}
  }
}`)

// userTypeSchema describes a user type.
var userTypeSchema = []byte(`{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "Okta user type",
  "type": "object",
  "required": ["id"],
  "properties": {
    "id": {"type": "string"},
    "name": {"type": "string"},
    "displayName": {"type": ["string", "null"]},
    "description": {"type": ["string", "null"]},
    "created": {"type": ["string", "null"], "format": "date-time"},
    "lastUpdated": {"type": ["string", "null"], "format": "date-time"},
    "default": {"type": "boolean"}
  }
}`)
