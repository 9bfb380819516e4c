package scimtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
)

// Credentials that both servers accept. They are no words of any language, so
// that a test can look for them in what a client says.
const (
	Token        = "synthetic-bearer-7Kq2vXz9"
	ClientID     = "synthetic-client"
	ClientSecret = "synthetic-secret-4Hn8+wPd/3"
	Scope        = "scim.read"
)

// tokenPath is where tokens are given.
const tokenPath = "/oauth2/token"

// access keeps the tokens that are valid.
type access struct {
	mu      sync.Mutex      // guards all below
	valid   map[string]bool // given by the token endpoint
	given   int
	expires int // seconds
	// refuse answers token requests instead, where it is not nil.
	refuse http.HandlerFunc
}

// allows reports whether a request carries a valid token.
func (a *access) allows(r *http.Request) bool {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	a.mu.Lock()
	defer a.mu.Unlock()
	return strings.EqualFold(scheme, "Bearer") && (token == Token || a.valid[token])
}

// revoke ends all tokens that the token endpoint has given.
func (a *access) revoke() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.valid = nil
}

// serveToken is the token endpoint for client credentials (RFC 6749 section 4.4),
// with client_secret_basic and client_secret_post.
func (a *access) serveToken(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.refuse != nil {
		a.refuse(w, r)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	id, secret, basic := r.BasicAuth()
	if !basic {
		id, secret = r.PostFormValue("client_id"), r.PostFormValue("client_secret")
	} else {
		id, secret = unescape(id), unescape(secret)
	}
	switch {
	case r.Method != http.MethodPost || r.PostFormValue("grant_type") != "client_credentials":
		oauthError(w, http.StatusBadRequest, "unsupported_grant_type", "only client_credentials is supported")
	case id != ClientID || secret != ClientSecret:
		oauthError(w, http.StatusUnauthorized, "invalid_client", "the client is not known, or "+secret+" is not its secret")
	case r.PostFormValue("scope") != "" && r.PostFormValue("scope") != Scope:
		oauthError(w, http.StatusBadRequest, "invalid_scope", "the scope is not granted")
	default:
		a.given++
		token := fmt.Sprintf("synthetic-access-%d-9Zr5", a.given)
		if a.valid == nil {
			a.valid = map[string]bool{}
		}
		a.valid[token] = true
		answer := map[string]any{"access_token": token, "token_type": "Bearer"}
		if a.expires > 0 {
			answer["expires_in"] = a.expires
		}
		writeJSON(w, http.StatusOK, "application/json", answer)
	}
}

func oauthError(w http.ResponseWriter, status int, code, description string) {
	writeJSON(w, status, "application/json", map[string]string{"error": code, "error_description": description})
}

func writeJSON(w http.ResponseWriter, status int, contentType string, value any) {
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value) // a client that has gone does not read it
}
