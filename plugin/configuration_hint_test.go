package plugin

import (
	"errors"
	"strings"
	"testing"
)

// What is pasted where a name belongs may be the secret itself.
func TestALongNameIsNotRepeated(t *testing.T) {
	const canary = "CANARY-5c1d"
	name := "-----BEGIN PRIVATE KEY-----" + strings.Repeat("M", 40) + canary
	var c struct {
		Place string `json:"place" title:"Place"`
	}
	err := NewConfiguration([]byte(`{"`+name+`":""}`), nil).Decode(&c)
	if err == nil || strings.Contains(err.Error(), canary) || strings.Contains(err.Error(), "BEGIN") {
		t.Errorf("got %v, want a refusal that does not repeat the name", err)
	}
}

func TestAMissingValueSaysWhereToFindIt(t *testing.T) {
	var c struct {
		Place string `json:"place" title:"Place" help:"Printed on the door." required:"true"`
	}
	err := NewConfiguration(nil, nil).Decode(&c)
	refusal, ok := errors.AsType[*Refusal](err)
	if !ok || !strings.Contains(refusal.Fix, "Place: Printed on the door.") {
		t.Errorf("got %v with the fix %q, want the property's help in it", err, refusal.Fix)
	}
}
