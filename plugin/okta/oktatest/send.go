package oktatest

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strings"
	"sync"
)

// usualPageBytes is the room a page of 200 users takes, so that its buffer
// rarely grows.
const usualPageBytes = 320 << 10

var (
	pageBuffers = sync.Pool{New: func() any {
		buffer := make([]byte, 0, usualPageBytes)
		return &buffer
	}}
	gzipWriters = sync.Pool{New: func() any {
		// The tenant shares the machine with what it serves: speed before size.
		writer, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed) // fails for unknown levels only
		return writer
	}}
)

// sendPage answers with a body that is rendered only after the headers have
// left, as Okta's is: a client can ask for the next page before this one's body
// is in.
func (x *exchange) sendPage(render func([]byte) []byte) {
	buffer := pageBuffers.Get().(*[]byte)
	defer pageBuffers.Put(buffer)
	x.pageHeaders()
	if x.plan.send != nil {
		*buffer = x.changed(render((*buffer)[:0]))
		x.plan.send(x.encoded(*buffer))
		return
	}
	x.leaveHeaders()
	*buffer = x.changed(render((*buffer)[:0]))
	x.writeBody(*buffer)
}

// sendRendered answers with a body that was rendered and encoded before.
func (x *exchange) sendRendered(body []byte, gzipped bool) {
	x.w.Header().Set("Content-Type", "application/json")
	if gzipped {
		x.w.Header().Set("Content-Encoding", "gzip")
	}
	x.leaveHeaders()
	_, _ = x.w.Write(body) // the client may have gone
}

func (x *exchange) pageHeaders() {
	x.w.Header().Set("Content-Type", "application/json")
	if x.takesGzip() {
		x.w.Header().Set("Content-Encoding", "gzip")
	}
}

// leaveHeaders sends the headers of a 200 on their way.
func (x *exchange) leaveHeaders() {
	x.w.WriteHeader(http.StatusOK)
	_ = x.control.Flush() // the client may have gone
}

func (x *exchange) changed(body []byte) []byte {
	for _, change := range x.plan.bodies {
		body = change(body)
	}
	return body
}

// encoded returns the body in the encoding that the headers announce.
func (x *exchange) encoded(body []byte) []byte {
	if x.w.Header().Get("Content-Encoding") != "gzip" {
		return body
	}
	return compress(body)
}

func (x *exchange) writeBody(body []byte) {
	_, _ = x.w.Write(x.encoded(body)) // the client may have gone
}

func (x *exchange) takesGzip() bool {
	for encoding := range strings.SplitSeq(x.r.Header.Get("Accept-Encoding"), ",") {
		name, quality, _ := strings.Cut(strings.TrimSpace(encoding), ";")
		if strings.EqualFold(name, "gzip") {
			quality = strings.ReplaceAll(quality, " ", "")
			return quality != "q=0" && !strings.HasPrefix(quality, "q=0.0")
		}
	}
	return false
}

func compress(body []byte) []byte {
	var out bytes.Buffer
	writer := gzipWriters.Get().(*gzip.Writer)
	defer gzipWriters.Put(writer)
	writer.Reset(&out)
	_, _ = writer.Write(body) // a buffer takes everything
	_ = writer.Close()
	return out.Bytes()
}
