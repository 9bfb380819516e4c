package scimapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

func TestListsAreReadAsServicesSendThem(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]struct {
		total, elements int
		next            string
	}{
		`{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":2,"Resources":[{"id":"1"},{"id":"2"}]}`: {2, 2, ""},
		`{"TOTALRESULTS":"2","resources":[{}],"NextCursor":"n"}`:                                                                  {2, 1, "n"},
		`{"Resources":[]}`:                                                   {UnknownTotal, 0, ""},
		`{"totalResults":0}`:                                                 {0, 0, ""},
		`{"totalResults":0,"Resources":null}`:                                {0, 0, ""},
		`{"totalResults":-1,"Resources":[1]}`:                                {UnknownTotal, 1, ""},
		`{"totalResults":null,"Resources":[],"nextCursor":null}`:             {UnknownTotal, 0, ""},
		`{"totalResults":1e3,"Resources":[]}`:                                {UnknownTotal, 0, ""},
		`{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"]}`: {UnknownTotal, 0, ""},
		`{"totalResults":1,"Resources":[ {"a" : 1.0} ],"nextCursor":7}`:      {1, 1, ""},
	} {
		got, err := ReadList([]byte(body))
		if err != nil || got.Total != want.total || len(got.Elements) != want.elements || got.Next != want.next {
			t.Errorf("%s was read as %+v, %v", body, got, err)
		}
	}
	list, _ := ReadList([]byte(`{"Resources":[ {"a" : 1.0} ]}`))
	if string(list.Elements[0]) != `{"a" : 1.0}` {
		t.Errorf("an element came as %s", list.Elements[0])
	}
}

func TestWhatIsNoListIsRefused(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{}`:                ReasonAnswerNotList,
		`[]`:                ReasonAnswerNotList,
		`null`:              ReasonAnswerNotList,
		`"x"`:               ReasonAnswerNotList,
		`{"users":[]}`:      ReasonAnswerNotList,
		`{"Resources":{}}`:  ReasonAnswerNotList,
		`{"Resources":"x"}`: ReasonAnswerNotList,
		`{"Resources":[`:    ReasonAnswerUnreadable,
		``:                  ReasonAnswerUnreadable,
		`{"Resources":[` + strings.Repeat("0,", MaxElements) + `0]}`: ReasonAnswerTooLarge,
	} {
		if _, err := ReadList([]byte(body)); !errors.Is(err, &Error{Reason: want}) {
			t.Errorf("%.40s is refused with %v, want %s", body, err, want)
		}
	}
}

func FuzzList(f *testing.F) {
	for _, seed := range []string{`{"totalResults":2,"Resources":[{"id":"1"}, {"id":"2"}],"nextCursor":"n"}`, `{"Resources":[[],{},"x"]}`, `{"resources":null}`, `[`, `{"totalResults":"9"}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		list, err := ReadList(body)
		if err != nil {
			if _, ok := errors.AsType[*Error](err); !ok {
				t.Errorf("the error is %T", err)
			}
			return
		}
		if list.Total < UnknownTotal {
			t.Errorf("the total is %d", list.Total)
		}
		for _, element := range list.Elements {
			if !json.Valid(element) || !bytes.Contains(body, element) {
				t.Errorf("%q is no part of %q", element, body)
			}
		}
		_ = ReadServiceConfig(body) // takes whatever comes
	})
}
