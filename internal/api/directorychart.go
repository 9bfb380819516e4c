package api

import (
	"errors"
	"fmt"
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
	chart, err := s.Chart(people.ChartQuery{Person: in.ID})
	if err != nil {
		return err
	}
	if chart.Root == nil {
		return &people.UnknownError{What: "person", Asked: in.ID}
	}
	top := chart.Line[len(chart.Line)-1]
	root, err := drawn(s, top, in.Levels)
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

// drawn is the tree below somebody, level by level: so many levels, or, with 0,
// as many as a drawing holds. [*draw.TooLargeError].
func drawn(s *people.Snapshot, top people.Card, levels int) (*draw.Node, error) {
	root := node(top)
	count, level := 1, []*draw.Node{root}
	ids := map[*draw.Node]people.Card{root: top}
	for depth := 1; len(level) > 0; depth++ {
		below := 0
		for _, n := range level {
			below += ids[n].Direct
		}
		if count += below; count > draw.MaxNodes && (depth == 1 || depth <= levels) {
			return nil, &draw.TooLargeError{Levels: depth - 1}
		}
		var next []*draw.Node
		for _, n := range level {
			if count > draw.MaxNodes || levels > 0 && depth > levels {
				n.More = ids[n].Direct
				continue
			}
			children, err := s.Children(ids[n].ID)
			if err != nil {
				return nil, err
			}
			for _, c := range children {
				child := node(c)
				ids[child] = c
				n.Children, next = append(n.Children, child), append(next, child)
			}
		}
		level = next
	}
	return root, nil
}

func node(c people.Card) *draw.Node {
	n := &draw.Node{Name: c.Name, Title: c.Title, Initials: c.Initials, Tone: c.Tone}
	if c.Total > 0 {
		n.Sum = fmt.Sprintf("%d in all", c.Total)
	}
	return n
}
