package jsonscan_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"patchbay.example/plugin/okta/internal/jsonscan"
)

var seeds = []string{
	`[]`, ` [ ] `, `[{"id":"00u1"},{"id":"00u2"}]`, `[1,2.5,-0,1e9,1E-2,true,false,null,"x"]`,
	`[{"a":{"b":[1,{"c":"}"}]}}]`, "[\"\\u00e9\\n\\\\\",\"\x7f\"]", `["\ud800"]`, "[\"\xff\"]",
	`{"errorCode":"E0000006"}`, `null`, ``, `  `, `[`, `[1,]`, `[01]`, `[1.]`, `[1e]`, `[-]`, `[tru]`,
	`["\x"]`, "[\"a\nb\"]", `["unterminated`, `[{"a"}]`, `[{"a":}]`, `[{,}]`, `[1 2]`, `[]]`, `<html>`,
	"\uFEFF[]", `[{"a":1,"a":2}]`, "[\n  {\n    \"id\" : \"x\" ,\r\n\t\"n\":12345678901234567890 }\n]",
}

func TestElementsAreTheTextItself(t *testing.T) {
	text := "[ {\"n\": 9007199254740993 , \"h\":\"<b>&</b>\"},\n  7, \"\\u00e9\" ]"
	elements, err := jsonscan.Array([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"{\"n\": 9007199254740993 , \"h\":\"<b>&</b>\"}", "7", "\"\\u00e9\""}
	if len(elements) != len(want) {
		t.Fatalf("got %d elements of %s, want %d", len(elements), text, len(want))
	}
	for i := range want {
		if string(elements[i]) != want[i] {
			t.Errorf("element %d is %q, want %q", i, elements[i], want[i])
		}
	}
}

func TestWhatIsNotAnArrayIsToldApart(t *testing.T) {
	for text, wantNotArray := range map[string]bool{
		`{"a":1}`: true, `null`: true, `"x"`: true, `12`: true,
		``: false, `[1`: false, `[1,]`: false, `<html>`: false, `{"a":1`: false,
	} {
		_, err := jsonscan.Array([]byte(text))
		if err == nil {
			t.Errorf("%q was taken for an array", text)
		}
		if got := errors.Is(err, jsonscan.ErrNotArray); got != wantNotArray {
			t.Errorf("%q: %v; not an array = %v, want %v", text, err, got, wantNotArray)
		}
		if syntax := (*jsonscan.SyntaxError)(nil); !wantNotArray && !errors.As(err, &syntax) {
			t.Errorf("%q: %v is no *SyntaxError", text, err)
		}
	}
}

func TestNestingIsBounded(t *testing.T) {
	deep := strings.Repeat("[", 1_000_000)
	if _, err := jsonscan.Array([]byte(deep)); err == nil {
		t.Fatal("a million open brackets were accepted")
	}
}

func TestObjectGivesValuesAsWritten(t *testing.T) {
	got := map[string]jsonscan.Value{}
	text := `{ "id" : "00u1", "n":9007199254740993,"o":{"x":"}"} ,"a":[1,"]"],"z":null,"b":false}`
	if !jsonscan.Object(text, func(key string, value jsonscan.Value) { got[key] = value }) {
		t.Fatal("not taken for an object")
	}
	want := map[string]string{"id": `"00u1"`, "n": "9007199254740993", "o": `{"x":"}"}`, "a": `[1,"]"]`, "z": "null", "b": "false"}
	for key, value := range want {
		if string(got[key]) != value {
			t.Errorf("%s is %q, want %q", key, got[key], value)
		}
	}
	if len(got) != len(want) {
		t.Errorf("got %d members, want %d", len(got), len(want))
	}
}

// FuzzArray compares with encoding/json: the same texts are accepted, elements
// are the same values, and what a text says is the same.
func FuzzArray(f *testing.F) {
	for _, seed := range seeds {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		elements, err := jsonscan.Array(text)
		valid := json.Valid(text)
		var syntax *jsonscan.SyntaxError
		if errors.As(err, &syntax) == valid {
			t.Fatalf("%q: %v, but encoding/json says valid=%v", text, err, valid)
		}
		var want []json.RawMessage
		isArray := valid && json.Unmarshal(text, &want) == nil && want != nil
		if isArray != (err == nil) {
			t.Fatalf("%q: %v, but encoding/json says array=%v", text, err, isArray)
		}
		if !isArray {
			return
		}
		if len(elements) != len(want) {
			t.Fatalf("%q: %d elements, encoding/json has %d", text, len(elements), len(want))
		}
		for i, element := range elements {
			if string(element) != string(want[i]) {
				t.Fatalf("%q: element %d is %q, encoding/json has %q", text, i, element, want[i])
			}
			compareMembers(t, string(element))
		}
	})
}

// compareMembers compares an element's members with encoding/json's.
func compareMembers(t *testing.T, element string) {
	t.Helper()
	var want map[string]json.RawMessage
	if json.Unmarshal([]byte(element), &want) != nil || want == nil {
		if jsonscan.Object(element, func(string, jsonscan.Value) {}) {
			t.Fatalf("%q was taken for an object", element)
		}
		return
	}
	got := map[string]jsonscan.Value{}
	jsonscan.Object(element, func(key string, value jsonscan.Value) {
		got[key] = value
	})
	if len(got) != len(want) {
		t.Fatalf("%q: %d members, encoding/json has %d", element, len(got), len(want))
	}
	for key, value := range want {
		if string(got[key]) != string(value) {
			t.Fatalf("%q: member %q is %q, encoding/json has %q", element, key, got[key], value)
		}
		var text string
		if got[key].Kind() == jsonscan.String {
			if err := json.Unmarshal(value, &text); err != nil || got[key].Text() != text {
				t.Fatalf("%q: text of %q is %q, encoding/json has %q (%v)", element, key, got[key].Text(), text, err)
			}
		}
	}
}
