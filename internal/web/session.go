package web

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"sync"
	"time"
)

const (
	// LoginLifetime is how long a login address is good for, if nobody uses it.
	LoginLifetime = time.Hour
	// SessionLifetime is how long a session lasts, used or not: a working day.
	SessionLifetime = 12 * time.Hour
	// maxSessions bounds sessions, and login addresses that nobody used: one
	// person with some browsers needs a few. Of more, the oldest goes.
	maxSessions = 64
)

// sessions are the open sessions and the unused tokens, in memory: they end
// with the process. Both are kept by their hash.
type sessions struct {
	now func() time.Time

	mu     sync.Mutex
	tokens map[string]time.Time // until when each is good
	open   map[string]time.Time
}

func newSessions(now func() time.Time) sessions {
	return sessions{now: now, tokens: map[string]time.Time{}, open: map[string]time.Time{}}
}

// newToken is a token for one login.
func (s *sessions) newToken() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.add(s.tokens, LoginLifetime)
}

// use exchanges a token for a session; empty where the token is not good, or
// not any more.
func (s *sessions) use(token string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	until, ok := s.tokens[hashed(token)]
	delete(s.tokens, hashed(token))
	if !ok || !s.now().Before(until) {
		return ""
	}
	return s.add(s.open, SessionLifetime)
}

// valid reports whether a session is open.
func (s *sessions) valid(session string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	until, ok := s.open[hashed(session)]
	return ok && s.now().Before(until)
}

// add makes a secret and keeps its hash, in place of the oldest if need be.
func (s *sessions) add(kept map[string]time.Time, lifetime time.Duration) string {
	oldest := ""
	for hash, until := range kept {
		if !s.now().Before(until) {
			delete(kept, hash)
		} else if oldest == "" || until.Before(kept[oldest]) {
			oldest = hash
		}
	}
	if len(kept) >= maxSessions {
		delete(kept, oldest)
	}
	secret := randomText()
	kept[hashed(secret)] = s.now().Add(lifetime)
	return secret
}

// randomText is 256 bits that nobody can guess.
func randomText() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails, by its documentation
	return hex.EncodeToString(b[:])
}

func hashed(text string) string {
	sum := sha256.Sum256([]byte(text))
	return string(sum[:])
}

// session is the request's open session, or empty.
func (s *Site) session(r *http.Request) string {
	cookie, err := r.Cookie(s.cookie)
	if err != nil || !s.sessions.valid(cookie.Value) {
		return ""
	}
	return cookie.Value
}

// login exchanges the token in the address for a session.
func (s *Site) login(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet { // a HEAD would use the token up
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	session := s.sessions.use(r.URL.Query().Get("token"))
	if session == "" {
		if s.session(r) != "" { // the link again, in a browser that is in
			http.Redirect(w, r, "/connections", http.StatusSeeOther)
			return
		}
		s.askIn(w, r, "This link was used already, or is too old.")
		return
	}
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // not Secure: the service is plain HTTP on the loopback address
		Name: s.cookie, Value: session, Path: "/", HttpOnly: true,
		SameSite: http.SameSiteStrictMode, MaxAge: int(SessionLifetime / time.Second),
	})
	http.Redirect(w, r, "/connections", http.StatusSeeOther)
}
