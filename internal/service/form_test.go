package service

import (
	"encoding/json"
	"slices"
	"testing"
)

func TestAListIsWrittenOnLines(t *testing.T) {
	for value, want := range map[string]string{
		`["Engineering, Berlin"," Sales"]`: "Engineering, Berlin\n Sales",
		`[]`:                               "",
	} {
		if got, ok := Lines(json.RawMessage(value)); !ok || got != want {
			t.Errorf("%s is written %q, %v, want %q", value, got, ok, want)
		}
	}
	for _, value := range []string{`null`, `"text"`, `[1]`, `{}`, ``} {
		if got, ok := Lines(json.RawMessage(value)); ok {
			t.Errorf("%s is a list, written %q", value, got)
		}
	}
	if got, want := Listed("Engineering, Berlin\r\n\n Sales \r\n"), []string{"Engineering, Berlin", "Sales"}; !slices.Equal(got, want) {
		t.Errorf("listed are %q, want %q", got, want)
	}
}

func TestAListOfAConnectorIsAField(t *testing.T) {
	fields, err := fieldsOf([]byte(`{"properties":{"groups":{"type":"array","items":{"type":"string"},"default":["a","b"],"title":"Groups"}}}`))
	if err != nil || len(fields) != 1 || fields[0].Type != "array" || fields[0].Default != "a\nb" {
		t.Errorf("the fields are %+v, %v", fields, err)
	}
}
