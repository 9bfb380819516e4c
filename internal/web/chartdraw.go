package web

import (
	"errors"
	"net/http"
	"slices"
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
	chart, err := snap.Chart(people.ChartQuery{Person: q.Get("at")})
	if err != nil {
		return err
	}
	if chart.Root == nil {
		return &people.UnknownError{What: "person"}
	}
	of := chart.Line[len(chart.Line)-1]
	root, err := subtree(snap, of, levels)
	var large *draw.TooLargeError
	if errors.As(err, &large) {
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
		s.Log.WarnContext(r.Context(), "a drawing was not sent in full", "error", err)
	}
	return nil
}

// subtree is what is drawn below somebody. Without a number of levels it ends
// with the last level that fits; with one, what does not fit is a
// [*draw.TooLargeError].
func subtree(snap *people.Snapshot, of people.Card, levels int) (*draw.Node, error) {
	root := drawn(of)
	count := 1
	level := []drawnPerson{{root, of}}
	for depth := 1; len(level) > 0; depth++ {
		below := 0
		for _, p := range level {
			below += p.Direct
		}
		fits := count+below <= draw.MaxNodes
		if !fits && (levels > 0 && depth <= levels || depth == 1) {
			return nil, &draw.TooLargeError{Levels: depth - 1}
		}
		if !fits || levels > 0 && depth > levels {
			for _, p := range level {
				p.More = p.Direct
			}
			return root, nil
		}
		var next []drawnPerson
		for _, p := range level {
			children, err := snap.Children(p.ID)
			if err != nil {
				return nil, err
			}
			p.Node.Children = make([]*draw.Node, 0, len(children))
			for _, c := range children {
				node := drawn(c)
				p.Node.Children = append(p.Node.Children, node)
				next = append(next, drawnPerson{node, c})
			}
		}
		count += len(next)
		level = slices.DeleteFunc(next, func(p drawnPerson) bool { return p.Total == 0 })
	}
	return root, nil
}

// drawnPerson is a person and its box.
type drawnPerson struct {
	*draw.Node
	people.Card
}

func drawn(c people.Card) *draw.Node {
	n := &draw.Node{Name: title(c), Title: c.Title, Initials: c.Initials, Tone: c.Tone}
	if c.Total > 0 {
		n.Sum = thousands(c.Total) + " in all"
	}
	return n
}
