package sqlite

import (
	"encoding/json"
	"time"
)

// milliseconds is a time as stored: Unix milliseconds, 0 for none.
func milliseconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// moment is a stored time.
func moment(milliseconds int64) time.Time {
	if milliseconds == 0 {
		return time.Time{}
	}
	return time.UnixMilli(milliseconds).UTC()
}

// jsonList is a list of ids for json_each, which lets one prepared statement
// serve lists of any length.
func jsonList[T any](list []T) string {
	text, err := json.Marshal(list)
	if err != nil { // strings and numbers always have JSON
		panic("sqlite: " + err.Error())
	}
	return string(text)
}
