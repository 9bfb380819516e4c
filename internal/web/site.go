package web

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"time"

	"patchbay.example/internal/people"
	"patchbay.example/internal/service"
)

// Config is what a site needs. Operations, Origin and APIToken must be given.
type Config struct {
	// Operations are what the pages show and do.
	Operations service.Operations
	// People is the directory that the People view shows; nil: it says that it is
	// not available here.
	People *people.Directory
	// API answers below /api/; nil: nothing does.
	API http.Handler
	// Telemetry answers /metrics; nil: nothing does.
	Telemetry http.Handler
	// Ready says why the service can't work, for /readyz; nil: it always can.
	Ready func(context.Context) error
	// Origin is the printed address, such as "http://127.0.0.1:8080".
	Origin string
	// APIToken is what machines send as "Authorization: Bearer …".
	APIToken string
	// Version is the program's, shown at the foot of pages.
	Version string
	Now     func() time.Time // nil: time.Now
	Log     *slog.Logger     // nil: discarded
}

// Site answers every request of the service. It must be made by [New].
type Site struct {
	Config

	host     string // of Origin, with its port
	local    string // localhost with the same port
	cookie   string // the session cookie's name
	sessions sessions
	drafts   drafts
	pages    map[string]*template.Template
	streams  chan struct{}
	closed   chan struct{}
	close    sync.Once
	handler  http.Handler
}

// New makes a site. It fails where the origin is no http address with a port,
// or where a needed part is missing.
func New(c Config) (*Site, error) {
	origin, err := url.Parse(c.Origin)
	switch {
	case err != nil:
		return nil, fmt.Errorf("the site's origin: %w", err)
	case origin.Scheme != "http" || origin.Port() == "" || origin.Path != "":
		return nil, fmt.Errorf("the site's origin %q is not of the form http://HOST:PORT", c.Origin)
	case c.Operations == nil:
		return nil, errors.New("a site needs operations")
	case c.APIToken == "":
		return nil, errors.New("a site needs a token for machines")
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	s := &Site{
		Config: c, host: origin.Host, local: "localhost:" + origin.Port(),
		// Cookies don't know ports: another installation on this machine has
		// another cookie.
		cookie:   "patchbay_session_" + origin.Port(),
		sessions: newSessions(c.Now), drafts: newDrafts(c.Now),
		streams: make(chan struct{}, maxStreams), closed: make(chan struct{}),
	}
	if s.pages, err = s.parse(); err != nil {
		return nil, err
	}
	s.handler = s.guard(s.routes())
	return s, nil
}

// ServeHTTP implements [http.Handler].
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// LoginURL is an address that opens a session. Each call makes a new one; it is
// good for one use within [LoginLifetime].
func (s *Site) LoginURL() string {
	return s.Origin + "/login?token=" + s.sessions.newToken()
}

// Close ends the streams of live progress, which else last as long as their
// readers stay: for [http.Server.RegisterOnShutdown].
func (s *Site) Close() { s.close.Do(func() { close(s.closed) }) }

// routes are all that needs a session.
func (s *Site) routes() *http.ServeMux {
	mux := http.NewServeMux()
	page := func(pattern string, h func(http.ResponseWriter, *http.Request) error) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if err := h(w, r); err != nil {
				s.fail(w, r, err)
			}
		})
	}
	mux.Handle("GET /{$}", http.RedirectHandler("/connections", http.StatusSeeOther))
	page("GET /connections", s.connectionsPage)
	page("GET /add", s.addChoice)
	page("GET /add/{connector}", s.addForm)
	page("POST /add/{connector}", s.addPost)
	page("GET /connections/{name}", s.connectionPage)
	page("GET /connections/{name}/edit", s.editForm)
	page("POST /connections/{name}/edit", s.editPost)
	page("POST /connections/{name}/sync", s.syncNow)
	page("POST /connections/{name}/pause", s.pause)
	page("POST /connections/{name}/resume", s.resume)
	page("POST /connections/{name}/check", s.checkAgain)
	page("GET /connections/{name}/remove", s.removePage)
	page("POST /connections/{name}/remove", s.remove)
	page("GET /connections/{name}/live", s.live)
	page("GET /runs", s.runsPage)
	page("GET /runs/{id}", s.runPage)
	page("GET /runs/{id}/approve", s.approvePage)
	page("POST /runs/{id}/approve", s.approve)
	page("POST /runs/{id}/discard", s.discard)
	page("GET /records", s.recordsPage)
	page("GET /records/{connection}", s.recordPage)
	page("GET /export/{connection}", s.export)
	page("GET /connectors", s.connectorsPage)
	page("POST /connectors/{connector}/trust", s.trust)
	page("GET /doctor", s.doctorPage)
	s.peopleRoutes(page)
	s.chartRoutes(page)
	page("POST /theme", s.setTheme)
	page("POST /keys", s.setKeys)
	page("/", func(http.ResponseWriter, *http.Request) error { return errNoPage })
	return mux
}
