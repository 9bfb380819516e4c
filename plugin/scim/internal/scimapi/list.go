package scimapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// MaxElements bounds what is kept of one list: two bytes of text become an
// element of 24 bytes, so that a page within its limit could take a gigabyte.
const MaxElements = 200_000

// UnknownTotal stands for a total that the service did not give.
const UnknownTotal = -1

// List is one page of a list (RFC 7644 section 3.4.2, RFC 9865 section 2).
type List struct {
	// Total is totalResults, or [UnknownTotal].
	Total int
	// Next is nextCursor; empty on the last page and without cursors.
	Next string
	// Elements are the members of Resources, byte for byte.
	Elements [][]byte
}

// listBody is a list response. encoding/json takes names in any case, which is
// what RFC 7643 section 2.1 asks for. startIndex and itemsPerPage are not read:
// services get them wrong in too many ways, and what came says the same.
type listBody struct {
	Schemas      json.RawMessage `json:"schemas"`
	TotalResults json.RawMessage `json:"totalResults"`
	NextCursor   json.RawMessage `json:"nextCursor"`
	Resources    json.RawMessage `json:"Resources"`
}

// ReadList takes a list response apart. A text that is no list is an [*Error].
func ReadList(body []byte) (List, error) {
	var b listBody
	if err := json.Unmarshal(body, &b); err != nil {
		if _, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
			return List{}, notList("the answer is JSON and no object")
		}
		return List{}, &Error{Reason: ReasonAnswerUnreadable, Detail: "the answer is not JSON", Retry: RetryAfterDelay}
	}
	list := List{Total: total(b.TotalResults), Next: firstText(b.NextCursor)}
	if isNull(b.Resources) {
		// RFC 7644 section 3.4.2: Resources may be missing where totalResults is 0.
		if list.Total == UnknownTotal && !bytes.Contains(b.Schemas, []byte("ListResponse")) {
			return List{}, notList("the answer has neither Resources nor totalResults")
		}
		return list, nil
	}
	elements, err := elementsOf(b.Resources)
	list.Elements = elements
	return list, err
}

// total reads totalResults, which some services send as a text.
func total(raw json.RawMessage) int {
	var number int
	if json.Unmarshal(bytes.Trim(raw, `"`), &number) != nil || isNull(raw) || number < 0 {
		return UnknownTotal
	}
	return number
}

// elementsOf cuts an array into its members.
func elementsOf(array json.RawMessage) ([][]byte, error) {
	decoder := json.NewDecoder(bytes.NewReader(array))
	if token, err := decoder.Token(); err != nil || token != json.Delim('[') {
		return nil, notList("Resources is no array")
	}
	var elements [][]byte
	for decoder.More() {
		if len(elements) == MaxElements {
			return nil, &Error{Reason: ReasonAnswerTooLarge, Detail: fmt.Sprintf("one page holds more than %d resources", MaxElements)}
		}
		var element json.RawMessage
		if err := decoder.Decode(&element); err != nil {
			return nil, &Error{Reason: ReasonAnswerUnreadable, Detail: "Resources is not JSON", Retry: RetryAfterDelay, Cause: err}
		}
		elements = append(elements, element)
	}
	return elements, nil
}

func notList(detail string) *Error {
	return &Error{Reason: ReasonAnswerNotList, Detail: detail + ", and a list of resources was asked for"}
}

func isNull(raw json.RawMessage) bool { return len(raw) == 0 || string(raw) == "null" }
