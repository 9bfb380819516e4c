package oktaapi

import (
	"io"
	"net/http"
	"sync"

	"github.com/klauspost/compress/gzip"
)

// gunzip is a transport that asks for gzip and undoes it. net/http would do the
// same with compress/gzip, which takes half as long again and a new window of
// 40 KB for each page; unpacking is the connector's largest single cost.
type gunzip struct {
	next    http.RoundTripper
	readers sync.Pool // of *gzip.Reader
}

// RoundTrip implements [http.RoundTripper].
func (g *gunzip) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.Header.Get("Accept-Encoding") != "" {
		return g.next.RoundTrip(request)
	}
	request = request.Clone(request.Context()) // a transport leaves its request as it is
	request.Header.Set("Accept-Encoding", "gzip")
	response, err := g.next.RoundTrip(request)
	if err != nil || response.Header.Get("Content-Encoding") != "gzip" {
		return response, err
	}
	response.Header.Del("Content-Encoding")
	response.Header.Del("Content-Length")
	response.ContentLength = -1
	response.Uncompressed = true
	response.Body = &gunzipBody{packed: response.Body, readers: &g.readers}
	return response, nil
}

// CloseIdleConnections lets [http.Client.CloseIdleConnections] through.
func (g *gunzip) CloseIdleConnections() {
	if closer, ok := g.next.(interface{ CloseIdleConnections() }); ok {
		closer.CloseIdleConnections()
	}
}

// gunzipBody unpacks a body. It reads nothing before it is read from: a header
// is in long before its body.
type gunzipBody struct {
	packed  io.ReadCloser
	readers *sync.Pool
	reader  *gzip.Reader // nil before the first read, and after Close
	err     error        // of the gzip header, or of a read after Close
}

// Read implements [io.Reader].
func (b *gunzipBody) Read(p []byte) (int, error) {
	if b.reader == nil && b.err == nil {
		b.open()
	}
	if b.err != nil {
		return 0, b.err
	}
	return b.reader.Read(p)
}

func (b *gunzipBody) open() {
	if reader, ok := b.readers.Get().(*gzip.Reader); ok {
		b.reader, b.err = reader, reader.Reset(b.packed)
		return
	}
	b.reader, b.err = gzip.NewReader(b.packed)
}

// Close implements [io.Closer].
func (b *gunzipBody) Close() error {
	if b.reader != nil {
		b.readers.Put(b.reader)
		b.reader = nil
	}
	b.err = http.ErrBodyReadAfterClose
	return b.packed.Close()
}
