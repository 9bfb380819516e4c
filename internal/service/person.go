package service

import (
	"encoding/json"
	"time"
)

// Person is somebody whom a connection lists.
type Person struct {
	ID string `json:"id" doc:"The service's id"`
	PersonVersion
	LastLogin *time.Time `json:"last_login,omitempty"`
	// Stale says that the last run could not read the record: this is the last
	// good state.
	Stale bool `json:"stale,omitempty" doc:"Whether the last run could not read the record"`
	// Source is the record as the service sent it; only where one person was
	// asked for, or an export.
	Source json.RawMessage `json:"source,omitempty" doc:"The record as the service sent it"`
}

// PeopleQuery asks for a page of the people of a connection, by id.
type PeopleQuery struct {
	// Search is words: people match of whose name, e-mail and user name some word
	// begins with each.
	Search string
	// After is the id after which to begin.
	After string
	// Limit is 1 to [store.MaxPeople]; 0: [DefaultPage].
	Limit int
}

// DefaultPage is how many rows a page has unless asked otherwise.
const DefaultPage = 50
