package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"

	"patchbay.example/plugin"
)

// cursorPrefix names connector and version of the cursor.
const cursorPrefix = "csvdir1."

// cursorSumBytes of the content's SHA-256 are in a cursor: enough that no other
// file has the same.
const cursorSumBytes = 16

// cursor is a place in a file with one content, read with one configuration.
type cursor struct {
	Config   string `json:"c"` // digest of the configuration
	Resource string `json:"r"`
	Content  string `json:"h"` // of the file: the beginning of its SHA-256
	Row      int    `json:"n"` // the last row that was handed over; 0 for none
}

// checksumBytes of a SHA-256 at a cursor's end tell a cursor that was cut short
// in pasting from a whole one.
const checksumBytes = 6

// String encodes the cursor: printable, no blanks.
func (c cursor) String() string {
	payload, _ := json.Marshal(c) // strings and a number
	sum := sha256.Sum256(payload)
	return cursorPrefix + base64.RawURLEncoding.EncodeToString(append(payload, sum[:checksumBytes]...))
}

// parseCursor reads a cursor of String's and checks that it belongs to the
// configuration and the resource. Errors are refusals.
func parseCursor(text, config, resource string) (cursor, error) {
	encoded, ok := strings.CutPrefix(text, cursorPrefix)
	if !ok {
		return cursor{}, plugin.Refuse(plugin.ReasonCursorInvalid, "This is not a cursor of this version of the connector for directory files.")
	}
	cut := plugin.Refuse(plugin.ReasonCursorInvalid, "This cursor is damaged; it may have been cut short.")
	payload, err := base64.RawURLEncoding.Strict().DecodeString(encoded)
	if err != nil || len(payload) <= checksumBytes {
		return cursor{}, cut
	}
	payload, checksum := payload[:len(payload)-checksumBytes], payload[len(payload)-checksumBytes:]
	if sum := sha256.Sum256(payload); !bytes.Equal(sum[:checksumBytes], checksum) {
		return cursor{}, cut
	}
	var c cursor
	if json.Unmarshal(payload, &c) != nil || c.Row <= 0 || len(c.Content) != 2*cursorSumBytes {
		return cursor{}, cut
	}
	switch {
	case c.Config != config:
		return cursor{}, plugin.Refuse(reasonCursorForeign, "This cursor was given for another path, or for another configuration of it.")
	case c.Resource != resource:
		return cursor{}, plugin.Refuse(reasonCursorForeign, "This cursor belongs to another resource, %q.", shorten(c.Resource, maxQuotedHeader))
	default:
		return c, nil
	}
}
