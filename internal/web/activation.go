package web

import (
	"net/http"

	"patchbay.example/internal/people"
	"patchbay.example/internal/service"
)

// previewData is what the People view shows before it is switched on.
type previewData struct {
	people.Preview
	// Names are the connections, of which Connection is chosen; none: there is
	// none yet.
	Names []string
	Found *service.Connection
}

// notActivated shows what the People view would show of a connection.
func (s *Site) notActivated(w http.ResponseWriter, r *http.Request, status int) error {
	connections, err := s.Operations.Connections(r.Context())
	if err != nil {
		return err
	}
	var data previewData
	asked := r.URL.Query().Get("connection")
	for i, c := range connections {
		data.Names = append(data.Names, c.Name)
		if c.Name == asked {
			data.Found = &connections[i]
		}
	}
	if data.Found == nil {
		data.Found = usual(connections)
	}
	if data.Found != nil {
		if data.Preview, err = s.Operations.PreviewPeople(r.Context(), data.Found.Name); err != nil {
			return err
		}
	}
	return s.show(w, r, page{name: "people", status: status, title: "People", section: "people", data: data})
}

// notSynced says how far the HRIS is.
func (s *Site) notSynced(w http.ResponseWriter, r *http.Request, status int) error {
	connections, err := s.Operations.Connections(r.Context())
	if err != nil {
		return err
	}
	var data struct {
		HRIS *service.Connection
		progress
		Awaited bool
	}
	for i, c := range connections {
		if c.HRIS {
			data.HRIS, data.progress, data.Awaited = &connections[i], progressOf(c.LastRun), s.awaited(c)
		}
	}
	return s.show(w, r, page{name: "notsynced", status: status, title: "People", section: "people", data: data})
}

// activate marks a connection as the HRIS.
func (s *Site) activate(w http.ResponseWriter, r *http.Request) error {
	return s.mark(w, r, true, "/people", "activated")
}

// deactivate takes the mark, and with it everybody out of the People view.
func (s *Site) deactivate(w http.ResponseWriter, r *http.Request) error {
	to := "/people"
	if r.FormValue("back") == "connection" {
		to = at(r.FormValue("connection"))
	}
	return s.mark(w, r, false, to, "deactivated")
}

func (s *Site) mark(w http.ResponseWriter, r *http.Request, on bool, to, keyword string) error {
	if s.Config.People == nil {
		return errNoPeople
	}
	if _, _, err := s.Operations.Change(r.Context(), r.FormValue("connection"), service.Change{HRIS: &on}); err != nil {
		return err
	}
	return back(w, r, to, keyword)
}
