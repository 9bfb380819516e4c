package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"patchbay.example/internal/service"
)

// addChoice lets a connector be chosen, where there are several.
func (s *Site) addChoice(w http.ResponseWriter, r *http.Request) error {
	connectors, err := s.Operations.Connectors(r.Context())
	if err != nil {
		return err
	}
	if len(connectors) == 1 && connectors[0].Problem == "" {
		http.Redirect(w, r, "/add/"+url.PathEscape(connectors[0].Name), http.StatusSeeOther)
		return nil
	}
	return s.show(w, r, page{name: "add", title: "Add a connection", section: "connections", tab: "connections", data: connectors})
}

func (s *Site) addForm(w http.ResponseWriter, r *http.Request) error {
	form, err := s.Operations.Form(r.Context(), r.PathValue("connector"))
	if err != nil {
		return err
	}
	e := blank(form, nil)
	e.own["name"] = s.freeName(r.Context(), form.Connector)
	return s.showForm(w, r, e.view(r.URL.Path, ""), http.StatusOK)
}

// freeName suggests a name: the connector's, while nobody has it.
func (s *Site) freeName(ctx context.Context, name string) string {
	if _, err := s.Operations.Connection(ctx, name); err == nil {
		return ""
	}
	return name
}

func (s *Site) addPost(w http.ResponseWriter, r *http.Request) error {
	form, err := s.Operations.Form(r.Context(), r.PathValue("connector"))
	if err != nil {
		return err
	}
	e, kept, err := s.read(r, form, nil)
	if err != nil {
		return err
	}
	draft := e.draft()
	return s.post(w, r, posted{
		view: e.view(r.URL.Path, kept), draft: kept, keyword: "added",
		test: func(ctx context.Context) (service.Report, error) { return s.Operations.Test(ctx, draft) },
		save: func(ctx context.Context) (service.Connection, service.Report, error) {
			return s.Operations.Add(ctx, draft)
		},
	})
}

func (s *Site) editForm(w http.ResponseWriter, r *http.Request) error {
	c, form, err := s.stored(r)
	if err != nil {
		return err
	}
	e := blank(form, &c)
	return s.showForm(w, r, e.view(r.URL.Path, ""), http.StatusOK)
}

func (s *Site) editPost(w http.ResponseWriter, r *http.Request) error {
	c, form, err := s.stored(r)
	if err != nil {
		return err
	}
	e, kept, err := s.read(r, form, &c)
	if err != nil {
		return err
	}
	change := e.change()
	return s.post(w, r, posted{
		view: e.view(r.URL.Path, kept), draft: kept, keyword: "saved",
		test: func(ctx context.Context) (service.Report, error) {
			return s.Operations.TestChange(ctx, c.Name, change)
		},
		save: func(ctx context.Context) (service.Connection, service.Report, error) {
			return s.Operations.Change(ctx, c.Name, change)
		},
	})
}

// stored is the connection that the address names, and its connector's form.
func (s *Site) stored(r *http.Request) (service.Connection, service.Form, error) {
	c, err := s.Operations.Connection(r.Context(), r.PathValue("name"))
	if err != nil {
		return service.Connection{}, service.Form{}, err
	}
	form, err := s.Operations.Form(r.Context(), c.Connector)
	return c, form, err
}

// posted is a form that was sent, with what its two buttons do.
type posted struct {
	view    formView
	draft   string
	keyword string
	test    func(context.Context) (service.Report, error)
	save    func(context.Context) (service.Connection, service.Report, error)
}

// post tests or saves. A form with something wrong comes back as it was typed,
// but for the secrets, which are kept here.
func (s *Site) post(w http.ResponseWriter, r *http.Request, p posted) error {
	save := r.PostForm.Get("do") == "save"
	if len(p.view.Errors) > 0 {
		p.view.CanSave = save
		return s.showForm(w, r, p.view, http.StatusUnprocessableEntity)
	}
	var report service.Report
	var c service.Connection
	var err error
	if save {
		if c, report, err = p.save(r.Context()); err == nil {
			s.drafts.drop(p.draft, s.session(r))
			return back(w, r, at(c.Name), p.keyword)
		}
	} else {
		report, err = p.test(r.Context())
	}
	if err != nil && !p.view.blame(err) {
		return err
	}
	if report.Checks != nil {
		p.view.Report = &report
	}
	p.view.CanSave = err == nil && report.OK || save && !errors.Is(err, service.ErrTestFailed)
	status := http.StatusOK
	if err != nil {
		status = http.StatusUnprocessableEntity
	}
	return s.showForm(w, r, p.view, status)
}

func (s *Site) showForm(w http.ResponseWriter, r *http.Request, v formView, status int) error {
	title := "Connect " + v.Title
	if v.Stored != nil {
		title = "Edit " + v.Stored.Name
	}
	return s.show(w, r, page{name: "form", title: title, section: "connections", tab: "connections", status: status, data: v})
}
