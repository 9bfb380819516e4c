package oktatest

import (
	"crypto/tls"
	"net"
	"net/http"
	"strconv"
	"time"
)

// dripPieces is in how many pieces a body drips out.
const dripPieces = 16

// transferKinds spoil how a body arrives. The headers promise a good one.
func transferKinds() []faultKind {
	return []faultKind{
		sendKind("reset-body", "reset the connection in the middle of the body", func(x *exchange, body []byte) {
			x.sendHalf(body)
			x.cut(true)
		}),
		sendKind("truncate-chunked", "close the connection in the middle of a chunked body", func(x *exchange, body []byte) {
			x.sendHalf(body)
			x.cut(false)
		}),
		sendKind("truncate-length", "close the connection when half of Content-Length has been sent", func(x *exchange, body []byte) {
			x.w.Header().Set("Content-Length", strconv.Itoa(len(body)))
			x.sendHalf(body)
			x.cut(false)
		}),
		sendKind("truncate-gzip", "end the response properly with half of its gzip stream, or of its JSON", func(x *exchange, body []byte) {
			x.sendHalf(body)
		}),
		sendKind("hang", "send the headers, then nothing until the client gives up", func(x *exchange, _ []byte) {
			x.leaveHeaders()
			x.hang()
		}),
		durationKind("drip", everywhere, 100*time.Millisecond, "send the body in 16 pieces with such a gap before each", func(x *exchange, gap time.Duration) {
			x.plan.send = func(body []byte) { x.drip(body, gap) }
		}),
	}
}

func sendKind(name, help string, send func(x *exchange, body []byte)) faultKind {
	return plainKind(name, everywhere, help, func(x *exchange) {
		x.plan.send = func(body []byte) { send(x, body) }
	})
}

func (x *exchange) sendHalf(body []byte) {
	x.leaveHeaders()
	_, _ = x.w.Write(body[:len(body)/2]) // the client may have gone
	_ = x.control.Flush()
}

func (x *exchange) drip(body []byte, gap time.Duration) {
	x.leaveHeaders()
	for n := range dripPieces {
		if !x.t.pause(x.r, gap) {
			return
		}
		from, to := len(body)*n/dripPieces, len(body)*(n+1)/dripPieces
		if _, err := x.w.Write(body[from:to]); err != nil {
			return
		}
		_ = x.control.Flush() // the next write tells
	}
}

// hang waits until the client gives up or the tenant closes.
func (x *exchange) hang() {
	select {
	case <-x.r.Context().Done():
	case <-x.t.stopped:
	}
	x.cut(false)
}

// cut ends the connection: with a TCP reset, or as if the server had finished.
// Of an HTTP/2 connection it resets the stream.
func (x *exchange) cut(reset bool) {
	conn, _, err := x.control.Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // net/http's own way to abort a response
	}
	if secured, ok := conn.(*tls.Conn); ok && reset {
		conn = secured.NetConn()
	}
	if tcp, ok := conn.(*net.TCPConn); ok && reset {
		_ = tcp.SetLinger(0) // then Close sends RST; without it, FIN
	}
	_ = conn.Close() // there is nothing left to lose
}
