package oktatest

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"net/http"
	"net/url"
	"strconv"
)

// listing is a list that is served page by page, and the place in it that a
// request asks for.
type listing struct {
	endpoint Endpoint
	path     string           // below the origin
	key      string           // names the list, so that its cursors fit no other
	from, to int              // indices of its members
	match    func(i int) bool // those among them that it holds; nil for all
	append   func(dst []byte, i int) []byte
	fallback int // page size if the request does not say
	most     int // largest page size
	filter   string
	expand   string

	limit int // effective page size
	start int // index of the page's first candidate
	page  int // from 1
	err   *oktaError
}

// place reads limit= and after= of the query.
func (l *listing) place(query url.Values, cursors cursorCipher) {
	l.limit, l.start, l.page = l.fallback, l.from, 1
	if query.Has("limit") {
		n, err := strconv.Atoi(query.Get("limit"))
		if err != nil || n < 1 {
			l.refuse(apiError("E0000001", "limit: must be a number above 0"))
			return
		}
		l.limit = n
	}
	l.limit = min(l.limit, l.most)
	if !query.Has("after") {
		return
	}
	page, start, ok := cursors.open(l.key, query.Get("after"))
	if !ok || start < l.from || start > l.to {
		l.refuse(apiError("E0000031", "Invalid cursor."))
		return
	}
	l.page, l.start = page, start
}

func (l *listing) refuse(e oktaError) {
	if l.err == nil {
		l.err = &e
	}
}

// members returns the indices on the page and where the next page starts; more
// is false if there is none.
func (l *listing) members() (indices []int, next int, more bool) {
	indices = make([]int, 0, min(l.limit, l.to-l.start))
	for i := l.start; i < l.to; i++ {
		if l.match != nil && !l.match(i) {
			continue
		}
		if len(indices) == l.limit {
			return indices, i, true
		}
		indices = append(indices, i)
	}
	return indices, l.to, false
}

// url is the list's address at a cursor, with parameters as Okta repeats them:
// known ones only, in alphabetical order, the effective limit always.
func (l *listing) url(origin, after string) string {
	query := url.Values{"limit": {strconv.Itoa(l.limit)}}
	if l.filter != "" {
		query.Set("filter", l.filter)
	}
	if l.expand != "" {
		query.Set("expand", l.expand)
	}
	if after != "" {
		query.Set("after", after)
	}
	return origin + l.path + "?" + query.Encode()
}

// list answers a request for a page of a list.
func (x *exchange) list() {
	if x.listing.err != nil {
		x.refuse(*x.listing.err)
		return
	}
	indices, next, more := x.listing.members()
	x.setLinks(next, more)
	if body, gzipped := x.prerendered(); body != nil {
		x.sendRendered(body, gzipped)
		return
	}
	x.sendPage(func(dst []byte) []byte { return x.listing.render(dst, indices) })
}

func (l *listing) render(dst []byte, indices []int) []byte {
	dst = append(dst, '[')
	for n, i := range indices {
		if n > 0 {
			dst = append(dst, ',')
		}
		dst = l.append(dst, i)
	}
	return append(dst, ']')
}

// setLinks sets Okta's two Link header lines: self and, if there is more, next.
func (x *exchange) setLinks(next int, more bool) {
	links := []string{link(x.listing.url(x.origin(), x.query.Get("after")), "self")}
	if more {
		links = append(links, x.linkTo(x.listing.page+1, next))
	}
	x.w.Header()["Link"] = links
	for _, change := range x.plan.links {
		change()
	}
}

// linkTo is a next link to a page that starts at an index.
func (x *exchange) linkTo(page, start int) string {
	after := x.t.cursors.seal(x.listing.key, page, start)
	return link(x.listing.url(x.origin(), after), "next")
}

func link(address, rel string) string { return "<" + address + `>; rel="` + rel + `"` }

// origin is the tenant under the name by which it was called.
func (x *exchange) origin() string {
	scheme := "http://"
	if x.r.TLS != nil {
		scheme = "https://"
	}
	return scheme + x.r.Host
}

// emptyList answers as Okta may when the app's role lets it see nobody.
func (x *exchange) emptyList() {
	x.w.Header()["Link"] = []string{link(x.listing.url(x.origin(), x.query.Get("after")), "self")}
	x.json(http.StatusOK, []byte("[]"))
}

// cursorCipher seals a place in a list into a cursor of one AES block, so that a
// client can neither read nor make one, and the tenant need not remember any.
type cursorCipher struct{ block cipher.Block }

// cursorTag is how many bytes of a cursor say which list it belongs to: enough
// that no guess ever opens.
const cursorTag = 8

func newCursorCipher(seed uint64) cursorCipher {
	key := sha256.Sum256(binary.BigEndian.AppendUint64([]byte("cursor"), seed))
	block, _ := aes.NewCipher(key[:16]) // fails for other lengths only
	return cursorCipher{block}
}

func (c cursorCipher) seal(list string, page, start int) string {
	var plain [aes.BlockSize]byte
	binary.BigEndian.PutUint32(plain[0:], uint32(page))
	binary.BigEndian.PutUint32(plain[4:], uint32(start))
	copy(plain[8:], listTag(list))
	var sealed [aes.BlockSize]byte
	c.block.Encrypt(sealed[:], plain[:])
	return base64.RawURLEncoding.EncodeToString(sealed[:])
}

func (c cursorCipher) open(list, cursor string) (page, start int, ok bool) {
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err != nil || len(sealed) != aes.BlockSize {
		return 0, 0, false
	}
	var plain [aes.BlockSize]byte
	c.block.Decrypt(plain[:], sealed)
	if string(plain[8:]) != string(listTag(list)) {
		return 0, 0, false
	}
	return int(binary.BigEndian.Uint32(plain[0:])), int(binary.BigEndian.Uint32(plain[4:])), true
}

func listTag(list string) []byte {
	sum := sha256.Sum256([]byte(list))
	return sum[:cursorTag]
}
