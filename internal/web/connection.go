package web

import (
	"net/http"
	"slices"
	"time"

	"patchbay.example/internal/service"
	"patchbay.example/internal/store"
)

// maxRecentRuns is how many runs a connection's page lists.
const maxRecentRuns = 8

// connectionData is what a connection's page shows.
type connectionData struct {
	service.Connection
	Runs []service.Run
	Live liveData
	// Secret says of each secret where it is, by name.
	Secret []secretPlace
}

// secretPlace says where a secret is.
type secretPlace struct{ Name, Place string }

func (s *Site) connectionPage(w http.ResponseWriter, r *http.Request) error {
	c, err := s.Operations.Connection(r.Context(), r.PathValue("name"))
	if err != nil {
		return err
	}
	data := connectionData{Connection: c, Live: s.liveOf(r, c)}
	if data.Runs, err = s.Operations.Runs(r.Context(), c.Name, 0, maxRecentRuns); err != nil {
		return err
	}
	for name, place := range c.Secrets {
		data.Secret = append(data.Secret, secretPlace{name, place})
	}
	slices.SortFunc(data.Secret, func(a, b secretPlace) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
	return s.show(w, r, page{name: "connection", title: c.Name, section: "connections", tab: "connections", data: data})
}

func (s *Site) syncNow(w http.ResponseWriter, r *http.Request) error {
	plan, keyword := r.FormValue("plan") != "", "sync"
	if plan {
		keyword = "plan"
	}
	c, err := s.Operations.SyncNow(r.Context(), r.PathValue("name"), plan)
	if err != nil {
		return err
	}
	return back(w, r, at(c.Name), keyword)
}

func (s *Site) pause(w http.ResponseWriter, r *http.Request) error {
	c, err := s.Operations.Pause(r.Context(), r.PathValue("name"))
	if err != nil {
		return err
	}
	return back(w, r, at(c.Name), "paused")
}

func (s *Site) resume(w http.ResponseWriter, r *http.Request) error {
	c, err := s.Operations.Resume(r.Context(), r.PathValue("name"))
	if err != nil {
		return err
	}
	return back(w, r, at(c.Name), "resumed")
}

// checkAgain tries a connection as it is; what is found is kept with it.
func (s *Site) checkAgain(w http.ResponseWriter, r *http.Request) error {
	name := r.PathValue("name")
	if _, err := s.Operations.TestChange(r.Context(), name, service.Change{}); err != nil {
		return err
	}
	return back(w, r, at(name), "checked")
}

// removal is what the page that asks before a removal shows.
type removal struct {
	service.Connection
	Typed, Error string
}

func (s *Site) removePage(w http.ResponseWriter, r *http.Request) error {
	c, err := s.Operations.Connection(r.Context(), r.PathValue("name"))
	if err != nil {
		return err
	}
	return s.show(w, r, page{name: "remove", title: "Remove " + c.Name, section: "connections", tab: "connections", data: removal{Connection: c}})
}

func (s *Site) remove(w http.ResponseWriter, r *http.Request) error {
	c, err := s.Operations.Connection(r.Context(), r.PathValue("name"))
	if err != nil {
		return err
	}
	if typed := r.FormValue("typed"); typed != c.Name {
		data := removal{Connection: c, Typed: typed, Error: "That is not its name. Nothing was removed."}
		return s.show(w, r, page{name: "remove", title: "Remove " + c.Name, section: "connections", tab: "connections", status: http.StatusUnprocessableEntity, data: data})
	}
	if err := s.Operations.Remove(r.Context(), c.Name); err != nil {
		return err
	}
	return back(w, r, "/connections", "removed")
}

// progress is how far a run is.
type progress struct {
	Running bool
	// Percent is 0 to 99 while staging, of about how many people are expected;
	// Known says whether that many are known.
	Percent int
	Known   bool
}

func progressOf(run *service.Run) progress {
	if run == nil || run.Status != store.RunRunning {
		return progress{}
	}
	p := progress{Running: true, Known: run.Expected > 0}
	switch {
	case run.Step != "stage":
		p.Percent = 99
	case p.Known:
		p.Percent = int(min(99, max(0, run.Records*100/run.Expected)))
	}
	return p
}

// awaited reports whether a run is due and has not begun.
func (s *Site) awaited(c service.Connection) bool {
	return c.State != store.StateSyncing && c.State != store.StatePaused && c.NextRun != nil && !c.NextRun.After(s.Now().Add(awaitedSlack))
}

// awaitedSlack is how soon a run must be due for a page to wait for it.
const awaitedSlack = 2 * time.Second
