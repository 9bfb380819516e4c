package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"patchbay.example/host"
	"patchbay.example/internal/connection"
	"patchbay.example/internal/people"
	"patchbay.example/internal/service"
	"patchbay.example/internal/store"
)

// refusal is an answer that is no page: why, and what to do.
type refusal struct {
	status           int
	title, text, fix string
}

// Error implements error.
func (e *refusal) Error() string { return e.title + ": " + e.text }

// errNoPage: the address leads nowhere.
var errNoPage = &refusal{
	status: http.StatusNotFound, title: "There is no such page",
	text: "The address may be mistyped, or what stood here was removed.",
}

// fail answers a request that could not be done.
func (s *Site) fail(w http.ResponseWriter, r *http.Request, err error) {
	if ok, failed := s.peopleFailed(w, r, err); ok {
		if failed == nil {
			return
		}
		err = failed
	}
	e := explained(err)
	if e.status >= http.StatusInternalServerError && r.Context().Err() == nil {
		s.Log.ErrorContext(r.Context(), "a page failed", slog.String("path", r.URL.Path), slog.Any("error", err))
	}
	s.refuseWith(w, r, e)
}

// explained turns an error into what is said of it, and with what status.
func explained(err error) refusal {
	var already *refusal
	var input *service.InputError
	var invalid *connection.InvalidError
	var tooLarge *http.MaxBytesError
	var query *people.QueryError
	switch {
	case errors.As(err, &already):
		return *already
	case errors.Is(err, store.ErrNotFound):
		return refusal{http.StatusNotFound, "That is not here", "There is no such connection, run or person, or not any more.", ""}
	case errors.Is(err, store.ErrRunning):
		return refusal{http.StatusConflict, "It is syncing already", "A run of this connection is under way.", "Watch it, or ask again when it has ended."}
	case errors.Is(err, service.ErrPaused):
		return refusal{http.StatusConflict, "The connection is paused", "A paused connection is not synced.", "Resume it first."}
	case errors.Is(err, store.ErrNotHeld):
		return refusal{http.StatusConflict, "The run is not held any more", "Somebody has decided already, or a newer run is complete. Nothing was changed now.", "Open the connection to see how it stands."}
	case errors.Is(err, store.ErrBaseMoved):
		return refusal{http.StatusConflict, "The directory has changed since this run", "Another run was promoted meanwhile, so that this plan compares with a directory that is gone. Nothing was changed now.", "Discard this run and sync again."}
	case errors.Is(err, store.ErrNameTaken):
		return refusal{http.StatusConflict, "The name is taken", "Another connection has it.", "Choose another one."}
	case errors.Is(err, store.ErrMoved):
		return refusal{http.StatusConflict, "Somebody else changed the settings", "They were changed after the page was shown that this came from. Nothing was changed now.", "Look at the settings as they stand, and change them again."}
	case errors.Is(err, store.ErrPeopleSettings):
		return refusal{http.StatusUnprocessableEntity, "That is too much", "The settings of the People view can't hold so much. Nothing was changed.", "Shorten the lists."}
	case errors.As(err, &query):
		return refusal{http.StatusBadRequest, "That can't be answered", query.Error() + ".", ""}
	case errors.As(err, &tooLarge):
		return refusal{http.StatusRequestEntityTooLarge, "That is too much", "A form may send 512 KiB.", "Check what was pasted."}
	case errors.As(err, &input):
		return refusal{http.StatusUnprocessableEntity, "That can't be taken", input.Error() + ".", ""}
	case errors.As(err, &invalid):
		return refusal{http.StatusUnprocessableEntity, "The configuration can't be right", invalid.Error() + ".", ""}
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return refusal{http.StatusServiceUnavailable, "This took too long", "It was given up.", "Try again; patchbay doctor and the log say more."}
	}
	if e, ok := host.Explain(err); ok {
		return refusal{http.StatusBadGateway, "The connector could not do it", e.Message, e.Fix}
	}
	return refusal{
		http.StatusInternalServerError, "This could not be done", "The service met something that it did not expect. What stood still stands.",
		"The log has the cause. Diagnosis checks the installation.",
	}
}

func (s *Site) refuse(w http.ResponseWriter, r *http.Request, status int, title, text string) {
	s.refuseWith(w, r, refusal{status: status, title: title, text: text})
}

func (s *Site) refuseWith(w http.ResponseWriter, r *http.Request, e refusal) {
	section := "connections"
	if r.URL.Path == "/people" || strings.HasPrefix(r.URL.Path, "/people/") {
		section = "people"
	}
	data := struct {
		Title, Text, Fix string
		People           bool
	}{e.title, e.text, e.fix, section == "people" && s.Config.People != nil}
	if err := s.show(w, r, page{name: "error", title: e.title, section: section, status: e.status, data: data}); err != nil {
		s.Log.ErrorContext(r.Context(), "the page of an error failed", slog.Any("error", err))
		http.Error(w, e.title+". "+e.text, e.status)
	}
}

// askIn says how to get in.
func (s *Site) askIn(w http.ResponseWriter, r *http.Request, why string) {
	data := struct{ Why, Origin string }{why, s.Origin}
	if err := s.show(w, r, page{name: "login", title: "Sign in", status: http.StatusUnauthorized, data: data}); err != nil {
		s.fail(w, r, err)
	}
}
