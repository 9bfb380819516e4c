package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"iter"
	"net/url"
	"regexp"
	"strings"
	"time"

	"patchbay.example/plugin"
)

// groupObject is a group (RFC 7643 section 4.2).
type groupObject struct {
	ID          text            `json:"id"`
	DisplayName text            `json:"displayName"`
	Members     json.RawMessage `json:"members"` // see members
	Meta        one[metaObject] `json:"meta"`
}

type memberObject struct {
	Value text `json:"value"`
	Type  text `json:"type"`
	Ref   text `json:"$ref"`
}

// readGroup reads a group into a record with its typed view, or returns why it
// can't be read. The record's source is element itself.
func readGroup(element []byte) (plugin.Record, string) {
	var g groupObject
	id, problem := decodeResource(element, "group", &g, &g.ID)
	if problem != "" {
		return plugin.Record{}, problem
	}
	meta := g.Meta.value
	return plugin.Record{ID: id, Source: element, Group: &plugin.Group{
		Name: string(g.DisplayName), Created: time.Time(meta.Created), LastUpdated: time.Time(meta.LastModified),
	}}, ""
}

// membership is the source of a record of the resource memberships: SCIM has no
// object for one.
type membership struct {
	ID    string `json:"id"` // of group and user, with a slash between
	Group string `json:"group"`
	User  string `json:"user"`
}

// readMemberships reads a group into a record for each user who is a direct
// member. Groups within the group are left out: they are no users, and their own
// members stand at their own groups.
func readMemberships(element []byte) (iter.Seq[plugin.Record], string) {
	var g groupObject
	group, problem := decodeResource(element, "group", &g, &g.ID)
	if problem != "" {
		return nil, problem
	}
	return func(yield func(plugin.Record) bool) {
		for member := range members(g.Members) {
			if member.Value == "" || member.isGroup() {
				continue
			}
			m := membership{ID: membershipID(group, string(member.Value)), Group: group, User: string(member.Value)}
			source, err := json.Marshal(m)
			if err != nil || !yield(plugin.Record{ID: m.ID, Source: source}) { // of three strings: never an error
				return
			}
		}
	}, ""
}

// members reads the members of a group one after the other, for there may be
// millions. One object alone counts as a list of it, and members that are no
// objects are left out.
func members(raw json.RawMessage) iter.Seq[memberObject] {
	return func(yield func(memberObject) bool) {
		decoder := json.NewDecoder(bytes.NewReader(raw))
		if len(raw) > 0 && raw[0] == '[' {
			if _, err := decoder.Token(); err != nil { // the bracket, of a text that is known to be JSON
				return
			}
		}
		for decoder.More() {
			var member one[memberObject]
			if decoder.Decode(&member) != nil || !yield(member.value) {
				return
			}
		}
	}
}

// isGroup reports whether the member is a group, by its type or its reference
// (RFC 7643 section 4.2).
func (m memberObject) isGroup() bool {
	return strings.EqualFold(string(m.Type), "Group") || m.Type == "" && strings.Contains(string(m.Ref), "/Groups/")
}

// maxMembershipID is the contract's limit for ids, in bytes.
const maxMembershipID = 1 << 10

// membershipID is group and user with a slash between, or a hash where that is too
// long.
func membershipID(group, user string) string {
	id := url.PathEscape(group) + "/" + url.PathEscape(user)
	if len(id) > maxMembershipID {
		sum := sha256.Sum256([]byte(id))
		return "sha256:" + hex.EncodeToString(sum[:])
	}
	return id
}

// maxNamedTypes and maxTypeName bound the names of resource types that are shown.
const (
	maxNamedTypes = 8
	maxTypeName   = 40 // bytes
)

// resourceTypeNames are the names of resource types, in the service's order. What
// has no name is left out.
func resourceTypeNames(elements [][]byte) []string {
	var names []string
	for _, element := range elements {
		var t struct {
			Name text `json:"name"`
		}
		if json.Unmarshal(element, &t) != nil || !typeName.MatchString(string(t.Name)) || len(names) == maxNamedTypes {
			continue
		}
		names = append(names, string(t.Name))
	}
	return names
}

// typeName is what may be shown of a service's own words.
var typeName = regexp.MustCompile(fmt.Sprintf(`^[A-Za-z][A-Za-z0-9 _-]{0,%d}$`, maxTypeName-1))
