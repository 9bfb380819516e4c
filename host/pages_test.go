package host

import (
	"errors"
	"fmt"
	"testing"

	"google.golang.org/protobuf/proto"

	"patchbay.example/internal/wire"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

func usersPart(sequence uint64, cursor string, more bool, ids ...string) *connectorv1.Page {
	records := make([]*connectorv1.Record, len(ids))
	for i, id := range ids {
		records[i] = connectorv1.Record_builder{Resource: "users", Id: id, Source: []byte("{}")}.Build()
	}
	return connectorv1.Page_builder{Records: records, Sequence: sequence, Cursor: cursor, MoreParts: more}.Build()
}

func TestAPageOfExactlyTheLimitIsTaken(t *testing.T) {
	j := newPageJoiner("users")
	for i := range 4 {
		part := usersPart(1, "", i < 3, fmt.Sprint(i))
		if _, whole, err := j.add(part, wire.MaxPageBytes/4); err != nil || whole != (i == 3) {
			t.Fatalf("part %d: whole %v, %v", i, whole, err)
		}
	}
	j = newPageJoiner("users")
	if _, _, err := j.add(usersPart(1, "", false, "a"), wire.MaxPageBytes+1); !errors.Is(err, &Fault{Reason: PageTooLarge}) {
		t.Errorf("one byte more: %v, want PAGE_TOO_LARGE", err)
	}
}

func TestAnIdMayComeAgainOnAnotherPage(t *testing.T) {
	j := newPageJoiner("users")
	for sequence := uint64(1); sequence <= 2; sequence++ {
		if _, _, err := j.add(usersPart(sequence, "next", false, "a", "b"), 10); err != nil {
			t.Errorf("page %d: %v", sequence, err)
		}
	}
	if _, _, err := j.add(usersPart(3, "", true, "a"), 10); err != nil {
		t.Error(err)
	}
	if _, _, err := j.add(usersPart(3, "", false, "a"), 10); !errors.Is(err, &Fault{Reason: ContractBroken}) {
		t.Errorf("twice in two parts of a page: %v, want CONTRACT_BROKEN", err)
	}
}

func TestAnEmptyPageIsAPage(t *testing.T) {
	j := newPageJoiner("users")
	page, whole, err := j.add(usersPart(1, "", false), 5)
	if err != nil || !whole || page.Sequence != 1 || len(page.Records) != 0 {
		t.Errorf("page %+v, whole %v, %v", page, whole, err)
	}
	if err := j.complete(connectorv1.Completed_builder{Pages: 1}.Build()); err != nil {
		t.Error(err)
	}
}

// Whatever parts come: no panic, and a page that is handed over keeps the
// contract's rules. The input is a list of parts in protobuf's own form, each
// preceded by its length.
func FuzzPageJoiner(f *testing.F) {
	f.Add(encodedParts(f, usersPart(1, "a", false, "x"), usersPart(2, "", true, "x"), usersPart(2, "", false, "y")))
	f.Add(encodedParts(f, usersPart(1, "", false, "x"), usersPart(2, "", false, "x")))
	f.Add(encodedParts(f, usersPart(1, "a b", true, "", "x")))
	f.Fuzz(func(t *testing.T, input []byte) {
		j := newPageJoiner("users")
		var last uint64
		for len(input) > 0 {
			size := min(int(input[0]), len(input)-1)
			part := &connectorv1.Page{}
			if proto.Unmarshal(input[1:1+size], part) != nil {
				return
			}
			input = input[1+size:]
			page, whole, err := j.add(part, size)
			if err != nil {
				return
			}
			if whole {
				checkWhole(t, page, last)
				last = page.Sequence
			}
		}
	})
}

func checkWhole(t *testing.T, page Page, last uint64) {
	t.Helper()
	if page.Sequence != last+1 {
		t.Errorf("page %d after %d", page.Sequence, last)
	}
	seen := map[string]bool{}
	for _, record := range page.Records {
		if id := record.GetId(); id == "" || seen[id] || record.GetResource() != "users" {
			t.Errorf("record %v in page %d", record, page.Sequence)
		}
		seen[record.GetId()] = true
	}
}

func encodedParts(f *testing.F, parts ...*connectorv1.Page) []byte {
	f.Helper()
	var encoded []byte
	for _, part := range parts {
		bytes, err := proto.Marshal(part)
		if err != nil {
			f.Fatal(err)
		}
		encoded = append(append(encoded, byte(len(bytes))), bytes...)
	}
	return encoded
}
