package web

import (
	"net/http"

	"patchbay.example/internal/service"
)

func (s *Site) connectorsPage(w http.ResponseWriter, r *http.Request) error {
	connectors, err := s.Operations.Connectors(r.Context())
	if err != nil {
		return err
	}
	return s.show(w, r, page{name: "connectors", title: "Connectors", section: "connections", tab: "connectors", data: connectors})
}

func (s *Site) trust(w http.ResponseWriter, r *http.Request) error {
	if _, err := s.Operations.TrustConnector(r.Context(), r.PathValue("connector")); err != nil {
		return err
	}
	return back(w, r, "/connectors", "trusted")
}

func (s *Site) doctorPage(w http.ResponseWriter, r *http.Request) error {
	checks, err := s.Operations.Diagnose(r.Context())
	if err != nil {
		return err
	}
	data := struct {
		Checks  []service.Check
		Origin  string
		Version string
	}{checks, s.Origin, s.Version}
	return s.show(w, r, page{name: "doctor", title: "Diagnosis", section: "connections", tab: "doctor", data: data})
}
