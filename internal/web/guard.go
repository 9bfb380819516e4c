package web

import (
	"crypto/sha256"
	"crypto/subtle"
	"log/slog"
	"net/http"
	"strings"
)

// policy is the content security policy: this origin's files, and nothing
// inline. Widths of bars are attributes of SVG and progress, never styles.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// maxBody bounds what a form may send: two keys of 64 KiB, percent-encoded, and
// the rest of a configuration.
const maxBody = 512 << 10

// maxAPIBody bounds what the API is sent: a configuration as JSON.
const maxAPIBody = 1 << 20

// guard answers everything: it lets through who may, and says to others how to
// get in.
func (s *Site) guard(pages http.Handler) http.Handler {
	open := http.NewServeMux()
	open.HandleFunc("GET /healthz", s.healthz)
	open.HandleFunc("GET /readyz", s.readyz)
	open.HandleFunc("GET /login", s.login)
	open.Handle("GET /static/", s.static())
	open.Handle("/api/", s.machines(s.API))
	open.Handle("GET /metrics", s.machines(s.Telemetry))
	open.Handle("/", s.visitors(pages))

	protection := http.NewCrossOriginProtection()
	protection.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.refuse(w, r, http.StatusForbidden, "This came from another site",
			"A page of another origin tried to change something here. Nothing was changed.")
	}))
	inner := protection.Handler(open)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header(w)
		if r.Host != s.host && r.Host != s.local {
			http.Error(w, "This service answers only to "+s.host+" and "+s.local+". Open one of these.", http.StatusMisdirectedRequest)
			return
		}
		inner.ServeHTTP(w, r)
	})
}

// header sets what every answer has.
func header(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
}

// visitors lets through who has a session.
func (s *Site) visitors(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.session(r) == "" {
			s.askIn(w, r, "")
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		next.ServeHTTP(w, r)
	})
}

// machines lets through who has the token, or a session.
func (s *Site) machines(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case !s.bearer(r) && s.session(r) == "":
			w.Header().Set("WWW-Authenticate", `Bearer realm="Patchbay"`)
			http.Error(w, "This needs the token for machines, as \"Authorization: Bearer TOKEN\", or a session in the browser.", http.StatusUnauthorized)
		case next == nil:
			http.NotFound(w, r)
		default:
			r.Body = http.MaxBytesReader(w, r.Body, maxAPIBody)
			next.ServeHTTP(w, r)
		}
	})
}

// bearer reports whether the request has the token for machines. Hashes are
// compared, so that neither content nor length shows in the time that it takes.
func (s *Site) bearer(r *http.Request) bool {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	got, want := sha256.Sum256([]byte(token)), sha256.Sum256([]byte(s.APIToken))
	return subtle.ConstantTimeCompare(got[:], want[:]) == 1 && ok
}

// healthz says that the process answers.
func (s *Site) healthz(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("ok\n"))
}

// readyz says whether it can work. Why not is for the log: the address needs no
// session.
func (s *Site) readyz(w http.ResponseWriter, r *http.Request) {
	if s.Ready != nil {
		if err := s.Ready(r.Context()); err != nil {
			s.Log.WarnContext(r.Context(), "not ready", slog.Any("error", err))
			http.Error(w, "not ready; the log and patchbay doctor say why", http.StatusServiceUnavailable)
			return
		}
	}
	s.healthz(w, r)
}
