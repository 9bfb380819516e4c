package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"patchbay.example/plugin/okta/internal/oktaapi"
)

// pass says which of the two lists of a listing a cursor is in.
type pass string

const (
	// passListed is Okta's plain list of users, which leaves out those whose
	// status is DEPROVISIONED.
	passListed pass = "listed"
	// passDeprovisioned is the list of the others. It comes second, so that
	// whoever is deactivated while the first is read is still found.
	passDeprovisioned pass = "deprovisioned"
)

// query is the first page's query. The limit is the largest page that Okta
// serves (Okta, "Users", list all users).
func (p pass) query() string {
	values := url.Values{"limit": {"200"}}
	if p == passDeprovisioned {
		values.Set("filter", `status eq "DEPROVISIONED"`)
	}
	return values.Encode()
}

// cursorPrefix names connector and version of the cursor.
const cursorPrefix = "okta1."

// cursor is a place in a listing: the page that comes next.
type cursor struct {
	Host     string `json:"h"`
	Resource string `json:"r"`
	Pass     pass   `json:"p,omitempty"` // of users
	Query    string `json:"q"`           // of the page, as Okta's next link has it

	// Of groups and memberships: the allow-list with which the listing began, and
	// whether a group of it was met.
	Allowed string `json:"a,omitempty"`
	Found   bool   `json:"f,omitempty"`
	// Of memberships, where Query is that of a page of groups: whether a member
	// was met, the group on the page that comes next, and the query of the page of
	// its members; both empty for the beginning.
	Seen    bool   `json:"s,omitempty"`
	Group   string `json:"g,omitempty"`
	Members string `json:"m,omitempty"`
}

// place is the cursor as it is sent: empty for the end of a list.
func (c cursor) place() string {
	if c.Query == "" {
		return ""
	}
	return c.String()
}

// checksumBytes of a SHA-256 at a cursor's end tell a cursor that was cut short
// in pasting from a whole one.
const checksumBytes = 6

// String encodes the cursor: printable, no blanks.
func (c cursor) String() string {
	var encoded bytes.Buffer
	encoder := json.NewEncoder(&encoded)
	encoder.SetEscapeHTML(false) // an & would take six bytes
	_ = encoder.Encode(c)        // strings only
	payload := bytes.TrimSuffix(encoded.Bytes(), []byte("\n"))
	sum := sha256.Sum256(payload)
	return cursorPrefix + base64.RawURLEncoding.EncodeToString(append(payload, sum[:checksumBytes]...))
}

// parseCursor reads a cursor and checks that it belongs to the host and
// resource, and to this configuration. Errors are of type *oktaapi.Error.
func (c config) parseCursor(text, host, resource string) (cursor, error) {
	at, err := parseCursor(text, host, resource)
	if err != nil {
		return cursor{}, err
	}
	isOfGroups := resource == resourceGroups || resource == resourceMemberships
	switch {
	case at.Pass == passDeprovisioned && !c.IncludeDeprovisioned:
		return cursor{}, foreign("this cursor stands among deactivated users, and the configuration leaves those out")
	case isOfGroups && !c.IncludeGroups:
		return cursor{}, foreign("this cursor stands among groups, and the configuration leaves those out")
	}
	if isOfGroups {
		if allowed, err := newAllowList(c.GroupAllowList); err != nil || allowed.digest() != at.Allowed {
			return cursor{}, foreign("this cursor belongs to another group_allow_list")
		}
	}
	return at, nil
}

func foreign(detail string) *oktaapi.Error {
	return &oktaapi.Error{Reason: oktaapi.ReasonCursorForeign, Detail: detail}
}

// parseCursor reads a cursor of String's and checks that it belongs to the
// host and resource. Errors are of type *oktaapi.Error.
func parseCursor(text, host, resource string) (cursor, error) {
	encoded, ok := strings.CutPrefix(text, cursorPrefix)
	if !ok {
		return cursor{}, &oktaapi.Error{Reason: oktaapi.ReasonCursorInvalid, Detail: "this is not a cursor of this version of the Okta connector"}
	}
	cut := &oktaapi.Error{Reason: oktaapi.ReasonCursorInvalid, Detail: "this cursor is damaged; it may have been cut short"}
	payload, err := base64.RawURLEncoding.DecodeString(encoded)
	if err != nil || len(payload) <= checksumBytes {
		return cursor{}, cut
	}
	payload, checksum := payload[:len(payload)-checksumBytes], payload[len(payload)-checksumBytes:]
	if sum := sha256.Sum256(payload); !bytes.Equal(sum[:checksumBytes], checksum) {
		return cursor{}, cut
	}
	var c cursor
	if json.Unmarshal(payload, &c) != nil {
		return cursor{}, cut
	}
	if c.Host != host {
		return cursor{}, foreign(fmt.Sprintf("this cursor belongs to another Okta domain, %q", c.Host))
	}
	if c.Resource != resource {
		return cursor{}, foreign(fmt.Sprintf("this cursor belongs to another resource, %q", c.Resource))
	}
	if !c.isWhole() {
		return cursor{}, cut
	}
	return c, nil
}

// isWhole reports whether the cursor has what one of its resource has, and no
// more.
func (c cursor) isWhole() bool {
	ofUsers := c.Pass == passListed || c.Pass == passDeprovisioned
	switch c.Resource {
	case resourceUsers:
		return c == cursor{Host: c.Host, Resource: c.Resource, Pass: c.Pass, Query: c.Query} && ofUsers && c.Query != ""
	case resourceUserTypes:
		return c == cursor{Host: c.Host, Resource: c.Resource, Query: c.Query} && c.Query != ""
	case resourceGroups:
		return c == cursor{Host: c.Host, Resource: c.Resource, Query: c.Query, Allowed: c.Allowed, Found: c.Found} && c.Query != ""
	case resourceMemberships:
		return c.Pass == "" && c.Query != "" && (c.Group == "" || groupID.MatchString(c.Group)) && (c.Members == "" || c.Group != "")
	}
	return false
}
