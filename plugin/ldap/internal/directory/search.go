package directory

import (
	"bytes"
	"context"
	"errors"
	"time"

	ber "github.com/go-asn1-ber/asn1-ber"
	"github.com/go-ldap/ldap/v3"
)

// Search is what to list: the entries below Base that Filter matches.
type Search struct {
	Base       string
	Filter     string
	Attributes []string
	PageSize   int
}

// maxEmptyPages is how many pages without an entry may follow each other: Active
// Directory sends such ones while it looks through many entries that a filter does
// not match.
const maxEmptyPages = 1000

// List reads all entries with the paged results control (RFC 2696). It calls entry
// for each as it comes, and end after each page, with last for the last one; their
// errors end it and are returned as they are. It returns how many references to
// other servers came, none of which it follows. Nil says that the server has said
// that nothing follows: a listing that ends in any other way is an error.
func (c *Conn) List(ctx context.Context, search Search, entry func(*ldap.Entry) error, end func(last bool) error) (references int, err error) {
	var cookie []byte
	for empty := 0; empty <= maxEmptyPages; empty++ {
		page := &answer{entry: func(e *ldap.Entry) error {
			empty = 0
			return entry(e)
		}}
		if err := c.search(ctx, search, ldap.ScopeWholeSubtree, pagedResults{search.PageSize, cookie}, page); err != nil {
			return references, err
		}
		references += page.references
		if page.paging == nil {
			return references, fail(ReasonPagingBroken, "%s ended a page without saying whether another follows", c.settings.Address)
		}
		cookie = bytes.Clone(page.paging.Cookie)
		if err := end(len(cookie) == 0); err != nil || len(cookie) == 0 {
			return references, err
		}
	}
	return references, fail(ReasonPagingBroken, "%s sent %d pages without an entry after each other", c.settings.Address, maxEmptyPages)
}

// errTooMany ends a search for one entry that finds more.
var errTooMany = errors.New("more than one entry at one name")

// Read reads the entry at a name. ok is false where there is none to see.
func (c *Conn) Read(ctx context.Context, name string, attributes ...string) (found *ldap.Entry, ok bool, err error) {
	page := &answer{entry: func(e *ldap.Entry) error {
		if found != nil {
			return errTooMany
		}
		found = e
		return nil
	}}
	err = c.search(ctx, Search{Base: name, Filter: "(objectClass=*)", Attributes: attributes}, ldap.ScopeBaseObject, nil, page)
	if errors.Is(err, errTooMany) {
		err = fail(ReasonResponseUnreadable, "%s answered with several entries where it was asked for one", c.settings.Address)
	}
	return found, found != nil, err
}

// answer is what a server sends for one search.
type answer struct {
	entry      func(*ldap.Entry) error
	references int
	paging     *ldap.ControlPaging
}

// search sends one search and reads its answer. The time limit is for each thing
// that the server sends, and does not run while entry does: a host that is busy
// may hold that up for long.
func (c *Conn) search(ctx context.Context, search Search, scope int, control ldap.Control, into *answer) error {
	request := &ldap.SearchRequest{
		BaseDN: search.Base, Scope: scope, DerefAliases: ldap.NeverDerefAliases,
		Filter: search.Filter, Attributes: search.Attributes,
	}
	if control != nil {
		request.Controls = []ldap.Control{control}
	}
	c.wire.takeAll()
	searching, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(searching, c.sever)
	patience := time.AfterFunc(c.settings.Timeout, func() { c.expired.Store(true); c.sever() })
	response := c.ldap.SearchAsync(searching, request, 0)
	err := c.receive(response, patience, into)
	patience.Stop()
	if _, ok := serverResult(err); err == nil || ok {
		stop() // the answer is complete, and the connection goes on; otherwise it is closed
	}
	cancel()
	for response.Next() {
		// What is not read holds go-ldap's goroutine up.
	}
	if ctx.Err() != nil && err != nil {
		return ctx.Err()
	}
	doing := stepSearch
	if search.Base == "" {
		doing = stepRootDSE
	}
	if visit, ok := errors.AsType[*visitError](err); ok {
		return visit.error
	}
	return c.result(err, doing, search.Base)
}

// visitError is an error of whom an entry was handed to.
type visitError struct{ error }

func (c *Conn) receive(response ldap.Response, patience *time.Timer, into *answer) error {
	for response.Next() {
		patience.Stop()
		c.wire.take()
		switch entry := response.Entry(); {
		case entry != nil:
			if err := into.entry(entry); err != nil {
				return &visitError{err}
			}
		case response.Referral() != "":
			into.references++
		default:
			for _, control := range response.Controls() {
				if paging, ok := control.(*ldap.ControlPaging); ok {
					into.paging = paging
				}
			}
		}
		patience.Reset(c.settings.Timeout)
	}
	if err := response.Err(); err != nil {
		return err
	}
	if into.paging == nil && c.ldap.IsClosing() { // go-ldap ends an answer that was cut off like one that is complete
		return errCutOff
	}
	return nil
}

var errCutOff = errors.New("the answer was cut off")

// pagedResults is the request control of RFC 2696 §2. It is critical, which
// go-ldap's own is not: a server without it must refuse rather than send everybody
// at once.
type pagedResults struct {
	size   int
	cookie []byte
}

// GetControlType implements [ldap.Control].
func (pagedResults) GetControlType() string { return ldap.ControlTypePaging }

// String implements [ldap.Control].
func (p pagedResults) String() string { return "paged results" }

// Encode implements [ldap.Control].
func (p pagedResults) Encode() *ber.Packet {
	packet := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSequence, nil, "")
	packet.AppendChild(ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, ldap.ControlTypePaging, ""))
	packet.AppendChild(ber.NewBoolean(ber.ClassUniversal, ber.TypePrimitive, ber.TagBoolean, true, ""))
	value := ber.Encode(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, nil, "")
	sequence := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSequence, nil, "")
	sequence.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, int64(p.size), ""))
	sequence.AppendChild(ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, string(p.cookie), ""))
	value.AppendChild(sequence)
	packet.AppendChild(value)
	return packet
}
