package plugintest

import (
	"bytes"
	"encoding/json"
	"fmt"

	"patchbay.example/internal/wire"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// record judges one record. index is its place in the message.
func (b *book) record(record *connectorv1.Record, where string, index int) {
	id := record.GetId()
	hash := hashOf(id)
	b.ids = append(b.ids, hash)
	if len(b.names) < maxNames && len(id) <= wire.MaxIDBytes {
		b.names[hash] = id
	}
	if id != "" {
		b.whole.record(hash, record)
	}
	switch {
	case id == "":
		b.broken("ids-unique", "%s has no id", where)
	case len(id) > wire.MaxIDBytes:
		b.broken("ids-unique", "%s has an id of %d bytes, more than %d", where, len(id), wire.MaxIDBytes)
	}
	if _, twice := b.inPage[id]; twice && id != "" {
		b.broken("ids-unique", "%s has the id %.80q, which the page has already", where, id)
	}
	b.inPage[id] = struct{}{}
	if len(record.GetSource()) > wire.MaxRecordBytes {
		b.broken("record-bounded", "%s has a source of %d bytes, more than %d", where, len(record.GetSource()), wire.MaxRecordBytes)
	}
	if record.GetResource() != b.resource.GetName() {
		b.broken("records-typed", "%s (message place %d) is of the resource %.80q, and %q was asked for", where, index+1, record.GetResource(), b.resource.GetName())
	}
	if problem := viewProblem(record, b.resource.GetKind()); problem != "" {
		b.broken("records-typed", "%s (id %.80q) %s", where, id, problem)
	}
	if problem := sourceProblem(record.GetSource(), b.resource.GetKeyField()); problem != "" {
		b.broken("records-typed", "%s (id %.80q) %s", where, id, problem)
	}
}

// viewProblem says what is wrong with a record's typed view.
func viewProblem(record *connectorv1.Record, kind connectorv1.ResourceKind) string {
	has := record.WhichView()
	switch {
	case kind == connectorv1.ResourceKind_RESOURCE_KIND_USERS && has != connectorv1.Record_User_case:
		return "has no view of a user, and its resource is of kind USERS"
	case kind == connectorv1.ResourceKind_RESOURCE_KIND_GROUPS && has != connectorv1.Record_Group_case:
		return "has no view of a group, and its resource is of kind GROUPS"
	case kind == connectorv1.ResourceKind_RESOURCE_KIND_OTHER && has != 0:
		return "has a typed view, and its resource is of kind OTHER"
	}
	primaries := 0
	for i, email := range record.GetUser().GetEmails() {
		if email.GetPrimary() {
			primaries++
			if i > 0 {
				return "has a primary e-mail address that is not the first"
			}
		}
	}
	if primaries > 1 {
		return fmt.Sprintf("has %d primary e-mail addresses", primaries)
	}
	if known := record.GetUser().GetStatusKind(); connectorv1.UserStatus_name[int32(known)] == "" {
		return fmt.Sprintf("has the status kind %d, which is none", known)
	}
	return ""
}

// sourceProblem says what is wrong with a record's source.
func sourceProblem(source []byte, keyField string) string {
	var object map[string]json.RawMessage
	if trimmed := bytes.TrimSpace(source); len(trimmed) == 0 || trimmed[0] != '{' || json.Unmarshal(trimmed, &object) != nil {
		return fmt.Sprintf("has a source that is not a JSON object: %.60q", source)
	}
	if keyField != "" && !hasPath(object, keyField) {
		return fmt.Sprintf("has a source without %q, which its resource names as the key field", keyField)
	}
	return ""
}

// hasPath reports whether an object has a property of that name, or of that path
// with dots.
func hasPath(object map[string]json.RawMessage, path string) bool {
	if value, ok := object[path]; ok {
		return string(value) != "null"
	}
	for i := range len(path) {
		var inner map[string]json.RawMessage
		if path[i] == '.' && json.Unmarshal(object[path[:i]], &inner) == nil && hasPath(inner, path[i+1:]) {
			return true
		}
	}
	return false
}
