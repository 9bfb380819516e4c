package connection

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"

	"patchbay.example/internal/store"
)

// ListingHash is a hash of what decides what a connection lists: connector,
// resource and the configuration without its secrets, whatever the order of its
// properties. A run goes on only under the same one.
func ListingHash(c store.Connection) []byte {
	h := sha256.New()
	for _, part := range [][]byte{[]byte(c.Connector), []byte(c.Resource), canonical(c.Config)} {
		_ = binary.Write(h, binary.BigEndian, uint64(len(part))) // a hash takes everything
		h.Write(part)
	}
	return h.Sum(nil)[:store.HashBytes]
}

// canonical is JSON with sorted keys and without blanks; what is no JSON stays
// as it is.
func canonical(text []byte) []byte {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	if decoder.Decode(&value) != nil {
		return text
	}
	sorted, err := json.Marshal(value)
	if err != nil {
		return text
	}
	return sorted
}
