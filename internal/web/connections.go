package web

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"patchbay.example/internal/service"
	"patchbay.example/internal/store"
)

const (
	// stripSlots are the bars of a run strip: seven days of the default interval.
	stripSlots = 28
	stripSpan  = 7 * 24 * time.Hour
	// maxStripRuns bounds the runs that are read for a strip. A connection with a
	// shorter interval shows a part of its seven days.
	maxStripRuns = 100
	// maxStrips bounds the strips of a page: each is a query.
	maxStrips = 100
)

// connectionRow is a row of the list.
type connectionRow struct {
	service.Connection
	Strip    strip
	Progress progress
	// Action leads to what the state asks for.
	Action, ActionPath string
}

// strip is what became of the runs of the last seven days.
type strip struct {
	Bars []bar
	Text string // the same as a sentence
}

// bar is a slot of a strip, in units of the drawing.
type bar struct {
	X, Y, Height int
	Class        string
}

func (s *Site) connectionsPage(w http.ResponseWriter, r *http.Request) error {
	connections, err := s.Operations.Connections(r.Context())
	if err != nil {
		return err
	}
	var data struct {
		NeedYou, InOrder []connectionRow
		People           int64
	}
	for i, c := range connections {
		row := connectionRow{Connection: c, Progress: progressOf(c.LastRun)}
		row.Action, row.ActionPath = actionOf(c)
		if i < maxStrips {
			row.Strip = s.stripOf(r.Context(), c.Name)
		}
		data.People += c.People
		if needsYou(c) {
			data.NeedYou = append(data.NeedYou, row)
		} else {
			data.InOrder = append(data.InOrder, row)
		}
	}
	return s.show(w, r, page{name: "connections", title: "Connections", section: "connections", tab: "connections", data: data})
}

// actionOf is what a connection's state asks for, and where it is done. A path
// that is empty means the connection's page.
func actionOf(c service.Connection) (label, path string) {
	switch c.State {
	case store.StateHeldForReview:
		if c.LastRun != nil {
			return "Review plan", fmt.Sprintf("/runs/%d", c.LastRun.ID)
		}
		return "Review plan", at(c.Name)
	case store.StateCredentialsExpired:
		return "Replace key", at(c.Name, "/edit")
	case store.StateSyncFailed:
		return "See why", at(c.Name)
	case store.StateSyncing:
		return "Watch", at(c.Name)
	default:
		return "", at(c.Name)
	}
}

// stripOf draws the last seven days of a connection.
func (s *Site) stripOf(ctx context.Context, name string) strip {
	runs, err := s.Operations.Runs(ctx, name, 0, maxStripRuns)
	if err != nil {
		return strip{}
	}
	return drawStrip(runs, s.Now())
}

// drawStrip has a bar for each six hours: the worst that happened in them.
func drawStrip(runs []service.Run, now time.Time) strip {
	begin := now.Add(-stripSpan)
	var classes [stripSlots]string
	var good, all int
	for _, r := range runs {
		slot := int(r.Started.Sub(begin) * stripSlots / stripSpan)
		if r.Started.Before(begin) || slot < 0 {
			continue
		}
		slot = min(slot, stripSlots-1)
		all++
		if r.Status == store.RunPromoted {
			good++
		}
		if class := barOf(r); rank[class] > rank[classes[slot]] {
			classes[slot] = class
		}
	}
	drawn := strip{Text: fmt.Sprintf("%d of %d runs succeeded in the last 7 days", good, all)}
	for i, class := range classes {
		b := bar{X: 6 * i, Y: 2, Height: 18, Class: class}
		if class == "" {
			b.Y, b.Height, b.Class = 16, 4, "f-idle"
		}
		drawn.Bars = append(drawn.Bars, b)
	}
	return drawn
}

// rank orders what can happen in a slot.
var rank = map[string]int{"": 0, "f-idle": 1, "f-ok": 2, "f-accent": 3, "f-held": 4, "f-warn": 5, "f-bad": 6}

func barOf(r service.Run) string {
	switch {
	case r.Status == store.RunPromoted:
		return "f-ok"
	case r.Status == store.RunRunning:
		return "f-accent"
	case r.Status == store.RunHeld || r.Status == store.RunDiscarded || r.Status == store.RunSuperseded:
		return "f-held"
	case r.Class == store.ClassCredentialsRejected:
		return "f-warn"
	default:
		return "f-bad"
	}
}
