package scimtest

import (
	"encoding/json"
	"fmt"
	"hash/crc32"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// StrictSettings are what a [Strict] serves and what is odd about it. The zero
// value goes by the RFCs, pages by index and has nobody.
type StrictSettings struct {
	// Users and Groups are objects, served byte for byte.
	Users, Groups []json.RawMessage
	// PageLimit caps every page; 0 means no cap.
	PageLimit int
	// Cursors offers paging by cursor (RFC 9865), and CursorsOnly no other.
	Cursors, CursorsOnly bool
	// LongCursors makes each cursor so many bytes longer.
	LongCursors int
	// Sort says that lists can be sorted; SortRefused refuses it all the same.
	Sort, SortRefused bool
	// Config is the service's description; nil makes one of the above, and empty
	// means that there is none.
	Config json.RawMessage
	// Mount is the path before /Users; empty means /scim/v2.
	Mount string

	// What follows are faults.

	ZeroBased    bool // startIndex counts from 0
	WholePages   bool // startIndex is rounded down to the beginning of a page
	IgnoreCount  bool // all from startIndex on
	IgnoreIndex  bool // the first page whatever startIndex says
	IgnorePaging bool // all of them each time
	NoTotal      bool // totalResults is missing
	PageTotal    bool // totalResults is the number of resources in the page
	PastEnd      int  // the status of a request behind the last resource; 0 means an empty list
	// Total is what is said of n resources; nil means n.
	Total func(n int) int
	// Before is called before each request for a list of users, with its number
	// from 1, and may change the users and answer by itself: then it returns true.
	Before func(s *Strict, n int, w http.ResponseWriter, r *http.Request) bool
}

// Strict is a small SCIM server that pages by index and by cursor.
type Strict struct {
	endpoint
	settings StrictSettings

	mu         sync.Mutex // guards all below
	users      []json.RawMessage
	lists      int // requests for users
	queries    []string
	cursors    map[string]cursorAt
	violations []string
}

// cursorAt is what a cursor stands for.
type cursorAt struct {
	index int
	query string // of the list, without the cursor
}

// StartStrict serves objects on loopback until Close.
func StartStrict(settings StrictSettings) (*Strict, error) {
	if settings.Mount == "" {
		settings.Mount = "/scim/v2"
	}
	s := &Strict{settings: settings, users: settings.Users, cursors: map[string]cursorAt{}}
	if err := s.start(http.HandlerFunc(s.serve)); err != nil {
		return nil, err
	}
	return s, nil
}

// URL is the SCIM base URL.
func (s *Strict) URL() string { return s.base + s.settings.Mount }

// SetUsers changes who is there.
func (s *Strict) SetUsers(users []json.RawMessage) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.users = users
}

// ForgetCursors makes every cursor given so far invalid.
func (s *Strict) ForgetCursors() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.cursors)
}

// Lists counts the requests for lists of users.
func (s *Strict) Lists() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lists
}

// Queries are those of the requests for lists of users.
func (s *Strict) Queries() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.queries)
}

// Violations are what clients did that they should not, each once.
func (s *Strict) Violations() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.violations)
}

func (s *Strict) violate(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	violation := fmt.Sprintf(format, args...)
	if !slices.Contains(s.violations, violation) {
		s.violations = append(s.violations, violation)
	}
}

func (s *Strict) serve(w http.ResponseWriter, r *http.Request) {
	path, ok := strings.CutPrefix(r.URL.Path, s.settings.Mount)
	if !strings.Contains(r.Header.Get("Accept"), "application/scim+json") {
		s.violate("a request accepts %q", r.Header.Get("Accept")) // RFC 7644 section 3.1
	}
	if r.Method != http.MethodGet {
		s.violate("a request with %s", r.Method)
	}
	switch {
	case !ok:
		scimError(w, http.StatusNotFound, "", "there is nothing here")
	case path == "/ServiceProviderConfig" && s.config() != nil:
		writeRaw(w, s.config())
	case path == "/Users" && !s.allows(r):
		scimError(w, http.StatusUnauthorized, "", "the token "+r.Header.Get("Authorization")+" is not valid")
	case path == "/Users":
		s.serveUsers(w, r)
	case path == "/Groups" && s.allows(r):
		s.serveList(w, r, s.settings.Groups)
	case path == "/ResourceTypes" && s.allows(r):
		s.serveList(w, r, []json.RawMessage{[]byte(`{"name":"User","endpoint":"/Users"}`), []byte(`{"name":"Group","endpoint":"/Groups"}`)})
	default:
		scimError(w, http.StatusNotFound, "", "there is nothing here")
	}
}

// config is the service's description; nil for none.
func (s *Strict) config() []byte {
	if s.settings.Config != nil {
		if len(s.settings.Config) == 0 {
			return nil
		}
		return s.settings.Config
	}
	config := map[string]any{
		"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"},
		"filter":  map[string]any{"supported": true}, "sort": map[string]any{"supported": s.settings.Sort},
	}
	if s.settings.Cursors {
		config["pagination"] = map[string]any{"cursor": true, "index": !s.settings.CursorsOnly}
	}
	text, err := json.Marshal(config)
	if err != nil { // of texts and bools: never
		panic("scimtest: " + err.Error())
	}
	return text
}

func (s *Strict) serveUsers(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.lists++
	s.queries = append(s.queries, r.URL.RawQuery)
	n := s.lists
	s.mu.Unlock()
	if s.settings.Before != nil && s.settings.Before(s, n, w, r) {
		return
	}
	s.mu.Lock()
	users := s.users
	s.mu.Unlock()
	s.serveList(w, r, users)
}

// serveList serves one page.
func (s *Strict) serveList(w http.ResponseWriter, r *http.Request, all []json.RawMessage) {
	query := r.URL.Query()
	if query.Has("sortBy") && s.settings.SortRefused {
		scimError(w, http.StatusBadRequest, "invalidPath", "lists can't be sorted by that")
		return
	}
	count := len(all)
	if text := query.Get("count"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			scimError(w, http.StatusBadRequest, "invalidValue", "count is no number")
			return
		}
		count = n
	}
	if s.settings.PageLimit > 0 {
		count = min(count, s.settings.PageLimit)
	}
	if s.settings.CursorsOnly || s.settings.Cursors && query.Has("cursor") {
		s.serveByCursor(w, query, all, max(count, 1))
		return
	}
	s.serveByIndex(w, query, all, count)
}

func (s *Strict) serveByIndex(w http.ResponseWriter, query url.Values, all []json.RawMessage, count int) {
	first := 0
	if text := query.Get("startIndex"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			scimError(w, http.StatusBadRequest, "invalidValue", "startIndex is no number")
			return
		}
		if !s.settings.ZeroBased {
			n--
		}
		first = max(n, 0)
	}
	switch {
	case s.settings.IgnorePaging:
		first, count = 0, len(all)
	case s.settings.IgnoreIndex:
		first = 0
	case s.settings.IgnoreCount:
		count = len(all)
	case s.settings.WholePages && count > 0:
		first = first / count * count
	}
	if first >= len(all) && s.settings.PastEnd != 0 {
		scimError(w, s.settings.PastEnd, "", "startIndex lies behind the last resource")
		return
	}
	first = min(first, len(all))
	s.write(w, all, all[first:min(first+count, len(all))], map[string]any{"startIndex": first + 1})
}

func (s *Strict) serveByCursor(w http.ResponseWriter, query url.Values, all []json.RawMessage, count int) {
	cursor := query.Get("cursor")
	if query.Has("startIndex") && query.Has("cursor") {
		s.violate("a request has both startIndex and cursor")
	}
	query.Del("cursor")
	s.mu.Lock()
	at, known := s.cursors[cursor]
	s.mu.Unlock()
	switch {
	case cursor == "":
		at = cursorAt{query: query.Encode()}
	case !known:
		scimError(w, http.StatusBadRequest, "invalidCursor", "the cursor is not known")
		return
	case at.query != query.Encode() && at.query != "":
		// RFC 9865 section 2: all other parameters are identical.
		s.violate("a cursor of the query %q is used with %q", at.query, query.Encode())
	}
	first := min(at.index, len(all))
	last := min(first+count, len(all))
	more := map[string]any{}
	if last < len(all) {
		next := fmt.Sprintf("c.%d.%x.%s", last, crc32.ChecksumIEEE([]byte(at.query)), strings.Repeat("x", s.settings.LongCursors))
		s.mu.Lock()
		s.cursors[next] = cursorAt{index: last, query: at.query}
		s.mu.Unlock()
		more["nextCursor"] = next
	}
	s.write(w, all, all[first:last], more)
}

// write writes a list response (RFC 7644 section 3.4.2).
func (s *Strict) write(w http.ResponseWriter, all, page []json.RawMessage, more map[string]any) {
	total := len(all)
	switch {
	case s.settings.PageTotal:
		total = len(page)
	case s.settings.Total != nil:
		total = s.settings.Total(total)
	}
	head := map[string]any{
		"schemas": []string{"urn:ietf:params:scim:api:messages:2.0:ListResponse"}, "itemsPerPage": len(page),
	}
	if !s.settings.NoTotal {
		head["totalResults"] = total
	}
	maps.Copy(head, more)
	text, err := json.Marshal(head)
	if err != nil { // of texts and numbers: never
		panic("scimtest: " + err.Error())
	}
	// Resources are appended by hand, for encoding/json compacts what it embeds.
	body := append(text[:len(text)-1], `,"Resources":[`...)
	for i, object := range page {
		if i > 0 {
			body = append(body, ',')
		}
		body = append(body, object...)
	}
	writeRaw(w, append(body, `]}`...))
}

func writeRaw(w http.ResponseWriter, body []byte) {
	w.Header().Set("Content-Type", "application/scim+json")
	_, _ = w.Write(body) // a client that has gone does not read it
}

// scimError writes an error (RFC 7644 section 3.12).
func scimError(w http.ResponseWriter, status int, scimType, detail string) {
	body := map[string]any{
		"schemas": []string{"urn:ietf:params:scim:api:messages:2.0:Error"}, "status": strconv.Itoa(status), "detail": detail,
	}
	if scimType != "" {
		body["scimType"] = scimType
	}
	w.Header().Set("X-Request-Id", "synthetic-request")
	writeJSON(w, status, "application/scim+json", body)
}
