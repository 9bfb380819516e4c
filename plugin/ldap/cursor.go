package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"

	"patchbay.example/plugin/ldap/internal/directory"
)

// Reasons about cursors.
const (
	reasonCursorInvalid = "CURSOR_INVALID"
	reasonCursorForeign = "CURSOR_FOREIGN"
)

// place is where a listing stands: how many ids came, and a hash of them in their
// order. The cookie of LDAP's paged results dies with its connection, so a place is
// found again by reading anew: if the same ids come first again, what follows is
// what was not sent yet; otherwise the listing begins again.
type place struct {
	count uint64
	hash  [sha256.Size]byte
}

// pass moves the place behind an id.
func (p *place) pass(id string) {
	p.hash = sha256.Sum256(append(p.hash[:], id...))
	p.count++
}

// cursorPrefix names connector and version of the cursor.
const cursorPrefix = "ldap1."

// cursor is a place in the listing of a resource.
type cursor struct {
	Server   string `json:"s"` // host and port
	Resource string `json:"r"`
	Scope    string `json:"c"` // of config.scope
	Count    uint64 `json:"n"`
	Hash     []byte `json:"h"`
}

// checksumBytes of a SHA-256 at a cursor's end tell a cursor that was cut short in
// pasting from a whole one.
const checksumBytes = 6

// String encodes the cursor: printable, no blanks.
func (c cursor) String() string {
	payload, _ := json.Marshal(c) // strings, a number and bytes only
	sum := sha256.Sum256(payload)
	return cursorPrefix + base64.RawURLEncoding.EncodeToString(append(payload, sum[:checksumBytes]...))
}

// place is where the cursor stands.
func (c cursor) place() place { return place{c.Count, [sha256.Size]byte(c.Hash)} }

// parseCursor reads a cursor of String's and checks that it belongs to the server,
// the resource and the configuration. Errors are of type [*directory.Error].
func parseCursor(text string, want cursor) (place, error) {
	encoded, ok := bytes.CutPrefix([]byte(text), []byte(cursorPrefix))
	if !ok {
		return place{}, &directory.Error{Reason: reasonCursorInvalid, Detail: "this is not a cursor of this version of the LDAP connector"}
	}
	damaged := &directory.Error{Reason: reasonCursorInvalid, Detail: "this cursor is damaged; it may have been cut short"}
	payload, err := base64.RawURLEncoding.Strict().DecodeString(string(encoded))
	if err != nil || len(payload) <= checksumBytes {
		return place{}, damaged
	}
	payload, checksum := payload[:len(payload)-checksumBytes], payload[len(payload)-checksumBytes:]
	if sum := sha256.Sum256(payload); !bytes.Equal(sum[:checksumBytes], checksum) {
		return place{}, damaged
	}
	var c cursor
	switch {
	case json.Unmarshal(payload, &c) != nil || len(c.Hash) != sha256.Size:
		return place{}, damaged
	case c.Server != want.Server:
		return place{}, &directory.Error{Reason: reasonCursorForeign, Detail: "this cursor belongs to another server"}
	case c.Resource != want.Resource:
		return place{}, &directory.Error{Reason: reasonCursorForeign, Detail: "this cursor belongs to another resource"}
	case c.Scope != want.Scope:
		return place{}, &directory.Error{Reason: reasonCursorForeign, Detail: "this cursor belongs to another base DN, filter or schema than are configured"}
	}
	return c.place(), nil
}
