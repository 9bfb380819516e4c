package main

import (
	"encoding/json"
)

// rawUsers are users as a tenant serves them.
func rawUsers(texts ...string) []json.RawMessage {
	raws := make([]json.RawMessage, len(texts))
	for i, text := range texts {
		raws[i] = json.RawMessage(text)
	}
	return raws
}
