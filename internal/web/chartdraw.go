package web

import (
	"errors"
	"log/slog"
	"net/http"
	"strconv"

	"patchbay.example/internal/people"
	"patchbay.example/internal/people/draw"
)

// drawingPolicy is for the drawing opened as a page: nothing is loaded or run.
const drawingPolicy = "default-src 'none'; frame-ancestors 'none'"

// maxDrawnLevels bounds the parameter; no drawing is deeper.
const maxDrawnLevels = draw.MaxNodes

// chartSVG draws everybody below somebody: as many levels as asked for, or as
// many as there is room for.
func (s *Site) chartSVG(w http.ResponseWriter, r *http.Request) error {
	snap, err := s.snapshot(r)
	if err != nil {
		return err
	}
	q, levels := r.URL.Query(), 0
	if text := q.Get("levels"); text != "" {
		if levels, err = strconv.Atoi(text); err != nil || levels < 1 || levels > maxDrawnLevels {
			return &people.QueryError{Parameter: "levels", Problem: "must be a number from 1 to " + thousands(maxDrawnLevels)}
		}
	}
	of, root, err := snap.Drawing(q.Get("at"), levels)
	if large, ok := errors.AsType[*draw.TooLargeError](err); ok {
		return &refusal{status: http.StatusUnprocessableEntity, title: "That is too much for one drawing", text: large.Error(), fix: "Add levels= to the address, or choose somebody further down."}
	}
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "image/svg+xml")
	h.Set("Content-Security-Policy", drawingPolicy)
	h.Set("Content-Disposition", `attachment; filename="org-chart.svg"`)
	name := title(of)
	err = draw.SVG(w, root, draw.Options{Title: "Org chart of " + name, Desc: name + ", with " + span(of) + ". As of " + snap.Complete().Format("2 January 2006 15:04 MST") + "."})
	if err != nil && r.Context().Err() == nil {
		s.Log.WarnContext(r.Context(), "a drawing was not sent in full", slog.Any("error", err))
	}
	return nil
}
