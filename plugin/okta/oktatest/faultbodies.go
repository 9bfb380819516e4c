package oktatest

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
)

// defaultHugeMember is above the record limit of a reader that admits 3 MiB.
const (
	defaultHugeMember = 4 << 20
	maxHugeMember     = 64 << 20
)

// bodyKinds spoil what is in a body that arrives whole.
func bodyKinds() []faultKind {
	return []faultKind{
		bodyKind("broken-json", everywhere, "send a body that is no JSON from its middle on", func(body []byte) []byte {
			return append(body[:len(body)/2], "}}]:,"...)
		}),
		bodyKind("body-object", everywhere, "send an object in place of the body", replaceBody(`{"users":[]}`)),
		bodyKind("body-html", everywhere, "send HTML under the content type of JSON", replaceBody(portalPage)),
		bodyKind("body-null", everywhere, "send null in place of the body", replaceBody("null")),
		bodyKind("body-empty", everywhere, "send nothing in place of the body", replaceBody("")),
		memberKind("member-not-object", "put a string in place of the page's first member", func([]byte) []byte { return []byte(`"not a user"`) }),
		memberKind("member-null", "put null in place of the page's first member", func([]byte) []byte { return []byte("null") }),
		memberKind("member-no-id", "take the id of the page's first member away", func(member []byte) []byte { return setID(member, nil) }),
		memberKind("member-id-number", "make the id of the page's first member a number", func(member []byte) []byte { return setID(member, []byte("42")) }),
		memberKind("member-id-path", "make the id of the page's first member a path", func(member []byte) []byte { return setID(member, []byte(`"../users"`)) }),
		bodyKind("stats-zero", atGroups, "count no members in any group", func(body []byte) []byte {
			return usersCount.ReplaceAll(body, []byte(`"usersCount":0`))
		}),
		bodyKind("stats-missing", atGroups, "leave the numbers of members out", func(body []byte) []byte {
			return usersCount.ReplaceAll(body, nil)
		}),
		numberKind("member-huge", atLists, "a number of bytes", defaultHugeMember, 1, maxHugeMember, "make the page's first member larger by so much", func(x *exchange, size int) {
			x.changeMembers(func(members []json.RawMessage) []json.RawMessage {
				members[0] = inflate(members[0], size)
				return members
			})
		}),
		plainKind("duplicate", atLists, "send the page's first member a second time, at its end", func(x *exchange) {
			x.changeMembers(func(members []json.RawMessage) []json.RawMessage { return append(members, members[0]) })
		}),
		plainKind("repeat-across", atLists, "send the list's first member again, at the page's beginning", func(x *exchange) {
			x.changeMembers(func(members []json.RawMessage) []json.RawMessage {
				return slices.Insert(members, 0, json.RawMessage(x.listing.append(nil, x.listing.from)))
			})
		}),
	}
}

// usersCount is the number of a group's members, alone in its object.
var usersCount = regexp.MustCompile(`"usersCount":[0-9]+`)

func bodyKind(name string, at []Endpoint, help string, change func([]byte) []byte) faultKind {
	return plainKind(name, at, help, func(x *exchange) { x.plan.bodies = append(x.plan.bodies, change) })
}

func replaceBody(with string) func([]byte) []byte {
	return func(body []byte) []byte { return append(body[:0], with...) }
}

func memberKind(name, help string, change func([]byte) []byte) faultKind {
	return plainKind(name, atLists, help, func(x *exchange) {
		x.changeMembers(func(members []json.RawMessage) []json.RawMessage {
			members[0] = change(members[0])
			return members
		})
	})
}

// changeMembers changes the members of a page that has any. The others stay as
// they are, byte for byte.
func (x *exchange) changeMembers(change func([]json.RawMessage) []json.RawMessage) {
	x.plan.bodies = append(x.plan.bodies, func(body []byte) []byte {
		var members []json.RawMessage
		if err := json.Unmarshal(body, &members); err != nil || len(members) == 0 {
			return body // an empty page, or users that a test broke itself
		}
		var changed []byte
		for n, member := range change(members) {
			if n == 0 {
				changed = append(changed, '[')
			} else {
				changed = append(changed, ',')
			}
			changed = append(changed, member...)
		}
		return append(changed, ']')
	})
}

// setID puts another value in place of a member's id; nil takes it away.
func setID(member, value []byte) []byte {
	at := bytes.Index(member, []byte(`"id":"`))
	if at < 0 {
		return member
	}
	end := bytes.IndexByte(member[at+6:], '"')
	if end < 0 {
		return member
	}
	end += at + 7
	if value == nil {
		rest := bytes.TrimPrefix(member[end:], []byte(","))
		return slices.Concat(member[:at], rest)
	}
	return slices.Concat(member[:at], []byte(`"id":`), value, member[end:])
}

// inflate adds an attribute of so many bytes to an object.
func inflate(member []byte, size int) []byte {
	last := bytes.LastIndexByte(member, '}')
	if last < 0 {
		return member
	}
	return slices.Concat(member[:last], []byte(`,"padding":"`), bytes.Repeat([]byte{'x'}, size), []byte(`"}`))
}
