package connection

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"

	"patchbay.example/internal/store"
)

// ListingHash is a hash of what decides what a connection lists: connector,
// resource, and the properties of its configuration that schema, the
// connector's (DescribeResponse.config_schema_json), marks with x-listing. A run
// goes on only under the same hash, and under another one fewer people are no
// surprise: credentials and pace must not change it. Properties that are absent
// and those that are null are the same; order does not count.
func ListingHash(c store.Connection, schema []byte) []byte {
	h := sha256.New()
	for _, part := range [][]byte{[]byte(c.Connector), []byte(c.Resource), listing(c.Config, schema)} {
		_ = binary.Write(h, binary.BigEndian, uint64(len(part))) // a hash takes everything
		h.Write(part)
	}
	return h.Sum(nil)[:store.HashBytes]
}

// listing are the properties that decide what is listed, with sorted keys and
// without blanks. What can't be read decides nothing: the connector refuses it.
func listing(config, schema []byte) []byte {
	var s struct {
		Properties map[string]struct {
			Listing bool `json:"x-listing"`
		} `json:"properties"`
	}
	decoder := json.NewDecoder(bytes.NewReader(config))
	decoder.UseNumber()
	var properties map[string]any
	if json.Unmarshal(schema, &s) != nil || decoder.Decode(&properties) != nil {
		return nil
	}
	for name, value := range properties {
		if value == nil || !s.Properties[name].Listing {
			delete(properties, name)
		}
	}
	sorted, err := json.Marshal(properties)
	if err != nil { // what was decoded can be encoded
		return nil
	}
	return sorted
}
