package plugintest

import (
	"bufio"
	"bytes"
	"io"
	"testing"

	"google.golang.org/protobuf/encoding/protodelim"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// Whatever events come, in whatever order, the book stays a book.
func FuzzStream(f *testing.F) {
	part := func(sequence uint64, cursor string, more bool, ids ...string) *connectorv1.SyncResponse {
		var records []*connectorv1.Record
		for _, id := range ids {
			records = append(records, connectorv1.Record_builder{Resource: "users", Id: id, Source: []byte(`{"id":"x"}`), User: &connectorv1.User{}}.Build())
		}
		return connectorv1.SyncResponse_builder{Page: connectorv1.Page_builder{Sequence: sequence, Cursor: cursor, MoreParts: more, Records: records}.Build()}.Build()
	}
	restarted := connectorv1.SyncResponse_builder{Restarted: connectorv1.Restarted_builder{Reason: "LOST"}.Build()}.Build()
	wait := connectorv1.SyncResponse_builder{Wait: connectorv1.Wait_builder{Until: &timestamppb.Timestamp{Seconds: 1 << 60}}.Build()}.Build()
	quarantined := connectorv1.SyncResponse_builder{Quarantined: &connectorv1.Quarantined{}}.Build()
	completed := connectorv1.SyncResponse_builder{Completed: connectorv1.Completed_builder{Pages: 2, Records: 3, Quarantined: 1}.Build()}.Build()
	f.Add(delimited(f, part(1, "a", false, "1", "2"), quarantined, part(2, "", false, "3"), completed))
	f.Add(delimited(f, part(1, "", true, "1"), part(1, "c", true, "1"), restarted, part(7, "\x01é", false), completed, completed))
	f.Add(delimited(f, wait, restarted, completed, part(1, "x", true), &connectorv1.SyncResponse{}))
	f.Fuzz(func(t *testing.T, data []byte) {
		resource := connectorv1.Resource_builder{Name: "users", Kind: connectorv1.ResourceKind_RESOURCE_KIND_USERS, KeyField: "id.x"}.Build()
		s := &stream{process: &process{trial: &trial{seen: newSeen()}}, book: newBook(resource)}
		for reader := bufio.NewReader(bytes.NewReader(data)); ; {
			event := &connectorv1.SyncResponse{}
			if (protodelim.UnmarshalOptions{}).UnmarshalFrom(reader, event) != nil {
				break
			}
			if page, whole := s.take(event); whole && (page.from > page.to || page.to != len(s.book.ids) || page.number != len(s.book.pages)) {
				t.Errorf("page %+v of %d pages and %d ids", page, len(s.book.pages), len(s.book.ids))
			}
		}
		s.book.ended(io.EOF)
		for rule, findings := range s.book.findings {
			if len(findings) > maxFindings {
				t.Errorf("%d findings of %s", len(findings), rule)
			}
		}
		for n := range s.book.pages {
			if problem := difference(s.book.set(n), s.book.set(n), s.book); problem != "" {
				t.Errorf("a set differs from itself: %s", problem)
			}
		}
		declared := &connectorv1.DescribeResponse{}
		for _, judge := range []error{tryWaitsTyped(s.process.trial, declared), tryQuarantineTyped(s.process.trial, declared)} {
			if outcomeOf(judge).saw == "" {
				t.Error("a judgement without a word")
			}
		}
	})
}

func delimited(f *testing.F, events ...proto.Message) []byte {
	f.Helper()
	var text bytes.Buffer
	for _, event := range events {
		if _, err := protodelim.MarshalTo(&text, event); err != nil {
			f.Fatal(err)
		}
	}
	return text.Bytes()
}
