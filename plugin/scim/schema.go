package main

// The schemas describe what services send (RFC 7643 sections 4.1 to 4.3) and
// forbid nothing: extensions are further properties.
var (
	userSchema = []byte(`{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "SCIM user",
  "type": "object",
  "required": ["id"],
  "properties": {
    "id": {"type": ["string", "number"]},
    "externalId": {"type": "string"},
    "userName": {"type": "string"},
    "name": {"type": "object"},
    "displayName": {"type": "string"},
    "nickName": {"type": "string"},
    "profileUrl": {"type": "string"},
    "title": {"type": "string"},
    "userType": {"type": "string"},
    "preferredLanguage": {"type": "string"},
    "locale": {"type": "string"},
    "timezone": {"type": "string"},
    "active": {"type": ["boolean", "string"]},
    "emails": {"type": "array"},
    "phoneNumbers": {"type": "array"},
    "addresses": {"type": "array"},
    "groups": {"type": "array"},
    "meta": {"type": "object"},
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {
      "type": "object",
      "properties": {
        "employeeNumber": {"type": ["string", "number"]},
        "costCenter": {"type": "string"},
        "organization": {"type": "string"},
        "division": {"type": "string"},
        "department": {"type": "string"},
        "manager": {"type": ["object", "string"]}
      }
    }
  }
}`)

	groupSchema = []byte(`{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "SCIM group",
  "type": "object",
  "required": ["id"],
  "properties": {
    "id": {"type": ["string", "number"]},
    "externalId": {"type": "string"},
    "displayName": {"type": "string"},
    "meta": {"type": "object"}
  }
}`)

	membershipSchema = []byte(`{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "Membership of a user in a group",
  "type": "object",
  "required": ["id", "group", "user"],
  "properties": {
    "id": {"type": "string", "description": "ids of group and user, with a slash between"},
    "group": {"type": "string", "description": "id of the group"},
    "user": {"type": "string", "description": "id of the user"}
  }
}`)
)
