package ldaptest

import (
	"bufio"
	"context"
	"net"
	"sync"
	"testing"
	"time"

	ber "github.com/go-asn1-ber/asn1-ber"
	"github.com/go-ldap/ldap/v3"
)

// Result is what a server says at the end of an operation (RFC 4511 §4.1.9).
type Result struct {
	Code       int
	MatchedDN  string
	Diagnostic string
}

// Entry is an entry of a [Scripted] server: its DN, and values by attribute.
type Entry struct {
	DN         string
	Attributes map[string][]string
}

// Search is what a client asks of a [Scripted] server.
type Search struct {
	Base, Filter string
	Scope        int
	Attributes   []string
	// Paged says that the client wants pages, of PageSize entries; Cookie is where
	// the page begins. Critical says that a server without pages is to refuse.
	Paged    bool
	Critical bool
	PageSize int
	Cookie   string
}

// Answer is what a [Scripted] server says to a search.
type Answer struct {
	Entries   []Entry
	Referrals []string
	Result    Result
	// Cookie goes on after this page; NoPaging leaves the paging control out.
	Cookie   string
	NoPaging bool
	// CutOff closes the connection after the entries, and Close after the whole answer;
	// Silence keeps it open and says nothing more.
	CutOff, Close, Silence bool
	// Raw is sent instead of everything else.
	Raw []byte
}

// Scripted answers as a test says: for what Active Directory does and slapd does
// not, and for what no server should do.
type Scripted struct {
	// OnBind answers a bind; nil accepts all. OnStartTLS likewise, and refuses.
	OnBind     func(name, password string) Result
	OnStartTLS func() Result
	// OnSearch answers a search.
	OnSearch func(Search) Answer

	listener net.Listener
	serving  sync.WaitGroup
	mu       sync.Mutex // guards conns
	conns    map[net.Conn]bool
	ended    sync.Cond // said when one leaves conns
}

// Serve begins on loopback and ends with the test. It returns the URL.
func (s *Scripted) Serve(t testing.TB) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.listener, s.conns, s.ended.L = listener, map[net.Conn]bool{}, &s.mu
	s.serving.Go(s.accept)
	t.Cleanup(func() {
		_ = listener.Close() // what was accepted is closed below
		s.mu.Lock()
		for conn := range s.conns {
			_ = conn.Close()
		}
		s.mu.Unlock()
		s.serving.Wait()
	})
	return "ldap://" + listener.Addr().String()
}

// patience is how long a client may take to close a connection that it has done
// with.
const patience = 20 * time.Second

// AwaitNoConnections waits until every client has closed its connections; a test
// whose client does not fails.
func (s *Scripted) AwaitNoConnections(t testing.TB) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	stop := context.AfterFunc(ctx, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.ended.Broadcast()
	})
	defer stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.conns) > 0 && ctx.Err() == nil {
		s.ended.Wait()
	}
	if len(s.conns) > 0 {
		t.Errorf("%d connections are still open", len(s.conns))
	}
}

func (s *Scripted) accept() {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		s.conns[conn] = true
		s.mu.Unlock()
		s.serving.Go(func() { s.serve(conn) })
	}
}

// serve answers requests until one can't be read. Errors of writing show in the
// next read.
func (s *Scripted) serve(conn net.Conn) {
	defer func() {
		_ = conn.Close() // its client sees that
		s.mu.Lock()
		delete(s.conns, conn)
		s.mu.Unlock()
		s.ended.Broadcast()
	}()
	reader := bufio.NewReader(conn)
	for {
		packet, err := ber.ReadPacket(reader)
		if err != nil || len(packet.Children) < 2 {
			return
		}
		id, _ := packet.Children[0].Value.(int64)
		operation := packet.Children[1]
		send := func(op *ber.Packet, controls ...*ber.Packet) {
			_, _ = conn.Write(message(id, op, controls...).Bytes())
		}
		switch operation.Tag {
		case ldap.ApplicationBindRequest:
			result := Result{}
			if s.OnBind != nil {
				result = s.OnBind(text(operation.Children[1]), operation.Children[2].Data.String())
			}
			send(resultPacket(ldap.ApplicationBindResponse, result))
		case ldap.ApplicationExtendedRequest:
			result := Result{Code: ldap.LDAPResultProtocolError}
			if s.OnStartTLS != nil {
				result = s.OnStartTLS()
			}
			send(resultPacket(ldap.ApplicationExtendedResponse, result))
		case ldap.ApplicationSearchRequest:
			if !s.answer(conn, s.OnSearch(readSearch(packet)), send) {
				return
			}
		default: // unbind, abandon
			return
		}
	}
}

// answer sends an answer, and reports whether the connection goes on.
func (s *Scripted) answer(conn net.Conn, a Answer, send func(*ber.Packet, ...*ber.Packet)) bool {
	if a.Raw != nil {
		_, _ = conn.Write(a.Raw)
		return true
	}
	for _, e := range a.Entries {
		send(entryPacket(e))
	}
	for _, r := range a.Referrals {
		reference := ber.Encode(ber.ClassApplication, ber.TypeConstructed, ldap.ApplicationSearchResultReference, nil, "")
		reference.AppendChild(octets(r))
		send(reference)
	}
	switch {
	case a.CutOff:
		return false
	case a.Silence:
		return true
	case a.NoPaging:
		send(resultPacket(ldap.ApplicationSearchResultDone, a.Result))
	default:
		send(resultPacket(ldap.ApplicationSearchResultDone, a.Result), (&ldap.ControlPaging{Cookie: []byte(a.Cookie)}).Encode())
	}
	return !a.Close
}

func readSearch(packet *ber.Packet) Search {
	operation := packet.Children[1]
	search := Search{Base: text(operation.Children[0])}
	if scope, ok := operation.Children[1].Value.(int64); ok {
		search.Scope = int(scope)
	}
	search.Filter, _ = ldap.DecompileFilter(operation.Children[6])
	for _, attribute := range operation.Children[7].Children {
		search.Attributes = append(search.Attributes, text(attribute))
	}
	if len(packet.Children) < 3 {
		return search
	}
	for _, child := range packet.Children[2].Children {
		if control, err := ldap.DecodeControl(child); err == nil {
			if paging, ok := control.(*ldap.ControlPaging); ok {
				search.Paged, search.PageSize, search.Cookie = true, int(paging.PagingSize), string(paging.Cookie)
				// RFC 4511 §4.1.11: the type, whether it is critical, the value.
				search.Critical, _ = child.Children[1].Value.(bool)
			}
		}
	}
	return search
}

func message(id int64, operation *ber.Packet, controls ...*ber.Packet) *ber.Packet {
	packet := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSequence, nil, "")
	packet.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, id, ""))
	packet.AppendChild(operation)
	if len(controls) > 0 {
		list := ber.Encode(ber.ClassContext, ber.TypeConstructed, 0, nil, "")
		for _, control := range controls {
			list.AppendChild(control)
		}
		packet.AppendChild(list)
	}
	return packet
}

func resultPacket(tag ber.Tag, result Result) *ber.Packet {
	packet := ber.Encode(ber.ClassApplication, ber.TypeConstructed, tag, nil, "")
	packet.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagEnumerated, result.Code, ""))
	packet.AppendChild(octets(result.MatchedDN))
	packet.AppendChild(octets(result.Diagnostic))
	return packet
}

func entryPacket(e Entry) *ber.Packet {
	packet := ber.Encode(ber.ClassApplication, ber.TypeConstructed, ldap.ApplicationSearchResultEntry, nil, "")
	packet.AppendChild(octets(e.DN))
	attributes := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSequence, nil, "")
	for name, values := range e.Attributes {
		attribute := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSequence, nil, "")
		attribute.AppendChild(octets(name))
		set := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSet, nil, "")
		for _, value := range values {
			set.AppendChild(octets(value))
		}
		attribute.AppendChild(set)
		attributes.AppendChild(attribute)
	}
	packet.AppendChild(attributes)
	return packet
}

func octets(value string) *ber.Packet {
	return ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, value, "")
}

func text(packet *ber.Packet) string {
	value, _ := packet.Value.(string)
	return value
}
