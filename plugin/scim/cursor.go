package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"

	"patchbay.example/plugin"
	"patchbay.example/plugin/scim/internal/scimapi"
)

// place is where a listing stands: all that is needed to go on from there. It is
// what a cursor of ours holds. The zero value with a mode is the beginning.
type place struct {
	Mode string `json:"m"` // pagingIndex or pagingCursor

	// Position is how many resources lie before the next page. With index-based
	// paging it is the place of the last one read in the service's own order.
	Position int `json:"p,omitempty"`
	// Anchor stands for the last resource read, First for the first, and Head for
	// the first of the last page.
	Anchor string `json:"k,omitempty"`
	First  string `json:"f,omitempty"`
	Head   string `json:"h,omitempty"`
	// Total is what the service has said last, and with cursors the least that it
	// has said; 0 for none.
	Total int `json:"t,omitempty"`
	// Size is the size of the largest page so far.
	Size int `json:"n,omitempty"`
	// Sorted says that the list is asked for in the order of ids.
	Sorted bool `json:"s,omitempty"`
	// Aligned says that the service serves whole pages only: see advance.
	Aligned bool `json:"g,omitempty"`
	// Sent is how many records of the page that begins here were sent, and After
	// stands for the last of them, where a page had to be sent in pieces.
	Sent  int    `json:"c,omitempty"`
	After string `json:"a,omitempty"`
	// Count is the page size with which the service's cursors are asked for.
	Count int `json:"q,omitempty"`

	// Service is the service's own cursor of the next page. It stands behind the
	// rest, so that it may be as long as possible.
	Service string `json:"-"`
}

// sealed is a place with what it is bound to.
type sealed struct {
	place
	Resource string `json:"r"`
	Bound    string `json:"b"`
}

// binding stands for what a connection lists: address, filter and the attributes to
// leave out.
func binding(address, filter string, excluded ...string) string {
	return mark(address + "\n" + filter + "\n" + strings.Join(excluded, ","))
}

// mark stands for a text: the first bytes of its SHA-256. Two texts of one list
// with the same mark are not to be expected below billions of them.
func mark(text string) string {
	sum := sha256.Sum256([]byte(text))
	return base64.RawURLEncoding.EncodeToString(sum[:9])
}

const (
	// cursorPrefix names connector and version of the cursor.
	cursorPrefix = "scim1."
	// checksumBytes of a SHA-256 tell a cursor that was cut short in pasting from
	// a whole one.
	checksumBytes = 6
	// maxCursor is the contract's limit, in bytes.
	maxCursor = 4 << 10
)

// String encodes the place: printable, no blanks. The service's cursor stands as
// it is, for RFC 9865 section 2 lets it have unreserved characters only; one that
// has others is encoded.
func (s sealed) String() string {
	payload, _ := json.Marshal(s) // strings, numbers and a bool
	tail := "~" + s.Service
	if strings.ContainsFunc(s.Service, func(r rune) bool { return r <= ' ' || r > '~' }) {
		tail = "!" + base64.RawURLEncoding.EncodeToString([]byte(s.Service))
	}
	sum := checksum(payload, tail)
	return cursorPrefix + base64.RawURLEncoding.EncodeToString(append(payload, sum...)) + tail
}

func checksum(payload []byte, tail string) []byte {
	sum := sha256.Sum256(append(bytes.Clone(payload), tail...))
	return sum[:checksumBytes]
}

// parseCursor reads a cursor of String's and checks that it belongs to the
// resource and to the connection. Errors are refusals with
// [plugin.ReasonCursorInvalid].
func parseCursor(cursor, resource, bound string) (place, error) {
	rest, ok := strings.CutPrefix(cursor, cursorPrefix)
	if !ok || len(cursor) > maxCursor {
		return place{}, plugin.Refuse(plugin.ReasonCursorInvalid, "This is not a cursor of this version of the SCIM connector.")
	}
	damaged := plugin.Refuse(plugin.ReasonCursorInvalid, "This cursor is damaged; it may have been cut short.")
	cut := strings.IndexAny(rest, "~!") // neither is in base64url
	if cut < 0 {
		return place{}, damaged
	}
	encoded, tail := rest[:cut], rest[cut:]
	payload, err := base64.RawURLEncoding.Strict().DecodeString(encoded)
	if err != nil || len(payload) <= checksumBytes {
		return place{}, damaged
	}
	payload, sum := payload[:len(payload)-checksumBytes], payload[len(payload)-checksumBytes:]
	var s sealed
	if !bytes.Equal(sum, checksum(payload, tail)) || json.Unmarshal(payload, &s) != nil {
		return place{}, damaged
	}
	if s.Service, ok = serviceCursor(tail); !ok || !s.valid() {
		return place{}, damaged
	}
	switch {
	case s.Resource != resource:
		return place{}, plugin.Refuse(plugin.ReasonCursorInvalid, "This cursor belongs to another resource, %q.", s.Resource)
	case s.Bound != bound:
		return place{}, plugin.Refuse(plugin.ReasonCursorInvalid, "This cursor belongs to another SCIM address, or to another filter or other attributes to leave out.")
	}
	return s.place, nil
}

func serviceCursor(tail string) (string, bool) {
	if tail[0] == '~' {
		return tail[1:], true
	}
	decoded, err := base64.RawURLEncoding.DecodeString(tail[1:])
	return string(decoded), err == nil
}

// valid reports whether the place can be one of this connector's.
func (p place) valid() bool {
	return (p.Mode == pagingIndex || p.Mode == pagingCursor) && p.Position >= 0 && p.Total >= 0 && p.Size >= 0 && p.Sent >= 0 && p.Count >= 0
}

// cursor is the text of a place, or an error where the service's own cursor makes
// it too long.
func (l *listing) cursor(at place) (string, error) {
	text := sealed{place: at, Resource: l.resource, Bound: l.bound}.String()
	if len(text) > maxCursor {
		return "", &scimapi.Error{
			Reason: scimapi.ReasonCursorTooLong,
			Detail: "the service's cursor is longer than can be kept for going on after an interruption",
		}
	}
	return text, nil
}
