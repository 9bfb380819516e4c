package main

import (
	"strings"
	"testing"
)

// An id that is no text can't be kept as it is, and any replacement could be
// somebody else's id: one of the two would be dropped as a repeat.
func TestAnIDThatIsNoTextIsNoID(t *testing.T) {
	for name, element := range map[string]string{
		"bytes":          "{\"id\":\"00u\xff\"}",
		"lone surrogate": `{"id":"00u\ud800"}`,
		"cut sequence":   "{\"id\":\"00u\xc3\"}",
	} {
		if record, problem := readUser([]byte(element), nil); !strings.Contains(problem, "not text") {
			t.Errorf("%s: the id is %q and the problem %q", name, record.ID, problem)
		}
	}
	if record, problem := readUser([]byte("{\"id\":\"00u\",\"profile\":{\"title\":\"a\xff\"}}"), nil); problem != "" || record.User.Title != "a\uFFFD" {
		t.Errorf("an attribute of odd bytes: %q, title %q", problem, record.User.Title)
	}
}
