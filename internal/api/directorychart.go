package api

import (
	"errors"
	"net/http"

	"patchbay.example/internal/people"
	"patchbay.example/internal/people/draw"
)

const svgType = "image/svg+xml"

type drawingInput struct {
	ID     string `query:"id" maxLength:"1024" doc:"Who is at the top; the root with the most people unless given"`
	Levels int    `query:"levels" minimum:"0" maximum:"100" doc:"How many levels below; as many as fit unless given"`
}

// drawing answers with a part of the org chart as a picture.
func drawing(s *people.Snapshot, in *drawingInput, w http.ResponseWriter) error {
	top, root, err := s.Drawing(in.ID, in.Levels)
	if large, ok := errors.AsType[*draw.TooLargeError](err); ok {
		return &people.QueryError{Parameter: "levels", Problem: "is too many: " + large.Error()}
	}
	if err != nil {
		return err
	}
	header := w.Header()
	header.Set("Content-Type", svgType)
	header.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'") // opened as a page it loads nothing
	header.Set("Content-Disposition", `attachment; filename="org-chart.svg"`)
	// Who no longer listens needs no answer.
	_ = draw.SVG(w, root, draw.Options{Title: "Org chart of " + top.Name, Desc: "As of " + s.Complete().Format("2 January 2006 15:04 MST") + "."})
	return nil
}
