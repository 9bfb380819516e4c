package web

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"patchbay.example/internal/people"
	"patchbay.example/internal/service"
	"patchbay.example/internal/store"
)

// view is what the layout shows of a page, and the page's own data.
type view struct {
	Title string
	// Section is "people" or "connections", Tab the page of the section.
	Section, Tab string
	Theme        string // "light", "dark" or empty for the system's
	KeysOff      bool
	Path         string // where a form of the layout comes back to
	Version      string
	Zone         string
	Connections  int
	NeedYou      int
	// AsOf is when the directory of the HRIS was complete; zero without one.
	AsOf    time.Time
	HRIS    string
	Stale   bool
	Why     string // the HRIS is stale
	Syncing *progress
	// FindsPeople says that the search field of every page finds people.
	FindsPeople bool
	// Directory says that pages of the People view have something to show; Teams
	// and Findings are the numbers beside their names.
	Directory       bool
	Teams, Findings int
	Query           string
	SignedIn        bool
	// Said is what the page before did, in a sentence.
	Said string
	Data any
}

// page is what a handler gives to be shown.
type page struct {
	name, title  string
	section, tab string
	status       int // 0: 200
	query        string
	data         any
	snap         *people.Snapshot // of pages of the People view
}

// said are the sentences that a page may show of what was done before it, by
// their keyword in its address: nobody can have another one shown.
var said = map[string]string{
	"added":       "The connection was added. Its first run begins now.",
	"saved":       "The change is saved.",
	"sync":        "A run is planned for now.",
	"plan":        "A run is planned for now. It will be held for you, whatever it finds.",
	"paused":      "Paused. The directory stands, and no run begins until you resume it.",
	"resumed":     "Resumed.",
	"checked":     "Checked.",
	"removed":     "The connection was removed, with its people and runs.",
	"approved":    "Approved. What the run found is the directory now.",
	"discarded":   "Discarded. The directory stands as it was.",
	"activated":   "The People view is switched on.",
	"deactivated": "The People view is switched off. Nobody is shown any more.",
	"set":         "The change is saved, and in effect.",
	"hidden":      "The person is hidden, everywhere and from now on. The list below takes it back.",
	"trusted":     "From now on only this executable is run under the name.",
}

// show renders a page. Rendering is complete before anything is sent, so that a
// page is whole or an error.
func (s *Site) show(w http.ResponseWriter, r *http.Request, p page) error {
	v := view{
		Title: p.title, Section: p.section, Tab: p.tab, Theme: theme(r), KeysOff: keysOff(r),
		Path: r.URL.RequestURI(), Version: s.Version, Zone: s.zone(), Query: p.query,
		Said: said[r.URL.Query().Get("said")], Data: p.data, SignedIn: s.session(r) != "",
	}
	if v.SignedIn {
		s.frame(r.Context(), &v)
	}
	if p.snap != nil {
		v.Directory, v.Findings = true, p.snap.FindingsTotal()
		if units, err := p.snap.Units(people.UnitsQuery{Limit: 1}); err == nil {
			v.Teams = units.Total
		}
	}
	return s.write(w, p.name, p.status, v)
}

// write renders and sends.
func (s *Site) write(w http.ResponseWriter, name string, status int, v view) error {
	var b bytes.Buffer
	if err := s.pages[name].ExecuteTemplate(&b, "layout.html", v); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if status != 0 {
		w.WriteHeader(status)
	}
	_, _ = b.WriteTo(w)
	return nil
}

// frame fills in what the layout says of the installation. It can do without.
func (s *Site) frame(ctx context.Context, v *view) {
	connections, err := s.Operations.Connections(ctx)
	if err != nil {
		s.Log.WarnContext(ctx, "can't list connections for the frame of a page", slog.Any("error", err))
		return
	}
	v.Connections = len(connections)
	for _, c := range connections {
		if needsYou(c) {
			v.NeedYou++
		}
		if c.HRIS && c.LastSuccess != nil {
			v.HRIS, v.AsOf, v.Why, v.FindsPeople = c.Name, *c.LastSuccess, c.Why, s.Config.People != nil
			if p := progressOf(c.LastRun); p.Running {
				v.Syncing = &p
			}
			v.Stale = needsYou(c) || s.Now().Sub(v.AsOf) > 2*time.Duration(c.Interval)+time.Hour
		}
	}
}

// needsYou reports whether a connection waits for a person.
func needsYou(c service.Connection) bool {
	switch c.State {
	case store.StateSyncFailed, store.StateCredentialsExpired, store.StateHeldForReview:
		return true
	default:
		return false
	}
}

// back goes to another page of this site, which says what was done.
func back(w http.ResponseWriter, r *http.Request, path, keyword string) error {
	if keyword != "" {
		path += "?said=" + keyword
	}
	http.Redirect(w, r, path, http.StatusSeeOther)
	return nil
}

// at is the address of a connection's page, or of one below it.
func at(name string, below ...string) string {
	return "/connections/" + url.PathEscape(name) + strings.Join(below, "")
}

// cookieYear is how long a choice of theme or keys is remembered.
const cookieYear = 365 * 24 * 60 * 60

const (
	themeCookie = "patchbay_theme"
	keysCookie  = "patchbay_keys"
)

func theme(r *http.Request) string {
	if c, err := r.Cookie(themeCookie); err == nil && (c.Value == "light" || c.Value == "dark") {
		return c.Value
	}
	return ""
}

func keysOff(r *http.Request) bool {
	c, err := r.Cookie(keysCookie)
	return err == nil && c.Value == "off"
}

func (s *Site) setTheme(w http.ResponseWriter, r *http.Request) error {
	return s.choose(w, r, themeCookie, r.FormValue("theme"), "light", "dark", "system")
}

func (s *Site) setKeys(w http.ResponseWriter, r *http.Request) error {
	return s.choose(w, r, keysCookie, r.FormValue("keys"), "on", "off")
}

// choose remembers a choice in the browser, and goes back to where it was made.
func (s *Site) choose(w http.ResponseWriter, r *http.Request, cookie, value string, allowed ...string) error {
	if !slices.Contains(allowed, value) {
		return &refusal{status: http.StatusBadRequest, title: "There is no such choice", text: "Go back and choose again."}
	}
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // not Secure: plain HTTP on the loopback address
		Name: cookie, Value: value, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode, MaxAge: cookieYear,
	})
	http.Redirect(w, r, here(r.FormValue("back")), http.StatusSeeOther)
	return nil
}

// here is an address of this site: what leads elsewhere becomes its first page.
func here(path string) string {
	u, err := url.Parse(path)
	if err != nil || u.Host != "" || u.Scheme != "" || u.Opaque != "" || !strings.HasPrefix(u.Path, "/") || strings.HasPrefix(u.Path, "//") || strings.ContainsAny(path, "\\\r\n\t") {
		return "/connections"
	}
	return u.RequestURI()
}
