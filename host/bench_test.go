//go:build unix

package host

import (
	"context"
	"fmt"
	"testing"

	"google.golang.org/grpc"

	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// bulkPages pages of bulkPerPage users of 1.3 KB come from the connector
// "bulk", which has rendered them before.
const (
	bulkPages   = 500
	bulkPerPage = 200
)

// BenchmarkSync measures the boundary between two processes: 100,000 users from
// a connector that has nothing else to do, to a consumer that does nothing.
func BenchmarkSync(b *testing.B) {
	path := connectorNamed(b, "bulk")
	c, err := Launch(b.Context(), Settings{Path: path, RuntimeDir: runtimeDir(b)})
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Connect(b.Context(), Configuration{JSON: []byte(`{"per_page":200,"source_bytes":1300}`)}); err != nil {
		b.Fatal(err)
	}
	consumer := Consumer{Page: func(context.Context, Page) error { return nil }}
	b.ReportAllocs()
	users := 0
	for b.Loop() {
		summary, err := c.Sync(b.Context(), SyncRequest{Resource: "users"}, consumer)
		if err != nil {
			b.Fatal(err)
		}
		users += int(summary.Records)
	}
	b.ReportMetric(float64(users)/b.Elapsed().Seconds(), "users/s")
}

// bulk sends the same page again and again.
func (s *scripted) bulk(stream grpc.ServerStreamingServer[connectorv1.SyncResponse]) error {
	p := &playing{scripted: s, stream: stream}
	page := connectorv1.Page_builder{Records: p.records(1, bulkPerPage)}.Build()
	event := connectorv1.SyncResponse_builder{Page: page}.Build()
	for number := uint64(1); number <= bulkPages; number++ {
		page.SetSequence(number)
		page.SetCursor(fmt.Sprintf("after-%d", number))
		if err := stream.Send(event); err != nil {
			return err
		}
	}
	p.totals = streamCounts{pages: bulkPages, records: bulkPages * bulkPerPage}
	return p.complete()
}
