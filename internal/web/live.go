package web

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"patchbay.example/internal/service"
	"patchbay.example/internal/store"
)

const (
	// livePoll is how often a stream looks at the run: twice a second is as often
	// as numbers can be read.
	livePoll = 500 * time.Millisecond
	// maxStreams bounds the streams at a time: each asks the store twice a second.
	// A page that gets none has its Refresh link.
	maxStreams = 32
	// maxStream ends a stream whose page was forgotten in a tab. The browser asks
	// again where it is still open.
	maxStream = 30 * time.Minute
	// streamWrite is how long a reader may take to read a message.
	streamWrite = 10 * time.Second
	// liveLog is how many lines of the log are shown.
	liveLog = 4
)

// liveData is the run that is under way, as it is shown live.
type liveData struct {
	// Run is nil where none is running: then one is due, if Awaited.
	Run      *service.Run
	Awaited  bool
	Progress progress
	Name     string
	// Rate is in people a second, Elapsed since the run began.
	Rate    int64
	Elapsed time.Duration
	Log     []service.LogLine
}

// On reports whether there is anything to watch.
func (d liveData) On() bool { return d.Run != nil || d.Awaited }

// Shows is the id of the run, 0 while it is awaited.
func (d liveData) Shows() int64 {
	if d.Run == nil {
		return 0
	}
	return d.Run.ID
}

// Guarding and Promoting say where a run stands that has listed everybody.
func (d liveData) Guarding() bool { return d.Run != nil && d.Run.Step != "stage" }

func (s *Site) liveOf(r *http.Request, c service.Connection) liveData {
	d := liveData{Name: c.Name, Awaited: s.awaited(c)}
	if c.LastRun == nil || c.LastRun.Status != store.RunRunning {
		return d
	}
	run, err := s.Operations.Run(r.Context(), c.LastRun.ID)
	if err != nil || run.Status != store.RunRunning {
		run = *c.LastRun
	}
	d.Run, d.Awaited, d.Progress = &run, false, progressOf(&run)
	d.Elapsed = max(0, s.Now().Sub(run.Started))
	d.Rate = int64(float64(run.Records) / max(1, d.Elapsed.Seconds())) // of the first second, what came in it
	d.Log = run.Log[max(0, len(run.Log)-liveLog):]
	return d
}

// live streams the progress of a connection's run, as the element that shows
// it: a message whenever something changed, at most twice a second, and an
// event "done" when nothing runs and nothing is due, or when a page that shows
// the run of the query's run, 0 for one that is due, is to be asked for again,
// for another is under way.
func (s *Site) live(w http.ResponseWriter, r *http.Request) error {
	name := r.PathValue("name")
	if _, err := s.Operations.Connection(r.Context(), name); err != nil {
		return err
	}
	select {
	case s.streams <- struct{}{}:
		defer func() { <-s.streams }()
	default:
		w.Header().Set("Retry-After", "30")
		return &refusal{status: http.StatusServiceUnavailable, title: "Too many pages watch", text: fmt.Sprintf("%d pages are watching runs already.", maxStreams), fix: "Close some, or reload this one to see how far the run is."}
	}
	w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	out := &stream{w: w, control: http.NewResponseController(w)}
	ticker := time.NewTicker(livePoll)
	defer ticker.Stop()
	end := time.NewTimer(maxStream)
	defer end.Stop()
	shown, err := strconv.ParseInt(r.URL.Query().Get("run"), 10, 64)
	if err != nil || shown < 0 {
		shown = anyRun
	}
	var last string
	for {
		text, over := s.liveText(r, name, shown)
		switch {
		case over:
			out.send("done", "")
			return nil
		case text != last:
			out.send("progress", text)
			last = text
		}
		if out.err != nil {
			return nil // the reader is gone
		}
		select {
		case <-ticker.C:
		case <-end.C:
			return nil
		case <-s.closed:
			return nil
		case <-r.Context().Done():
			return nil
		}
	}
}

// anyRun is for a stream that goes on from run to run.
const anyRun = -1

// liveText renders the element; over where there is nothing to show any more on
// a page that shows a run.
func (s *Site) liveText(r *http.Request, name string, shown int64) (text string, over bool) {
	c, err := s.Operations.Connection(r.Context(), name)
	if err != nil {
		return "", true
	}
	d := s.liveOf(r, c)
	if !d.On() || shown != anyRun && shown != d.Shows() {
		return "", true
	}
	var b bytes.Buffer
	if err := s.pages["connection"].ExecuteTemplate(&b, "progress", d); err != nil {
		return "", true
	}
	return b.String(), false
}

// stream writes server-sent events, as of the HTML standard.
type stream struct {
	w       http.ResponseWriter
	control *http.ResponseController
	err     error
}

func (s *stream) send(event, data string) {
	if s.err != nil {
		return
	}
	_ = s.control.SetWriteDeadline(time.Now().Add(streamWrite)) // not every writer has one
	var message bytes.Buffer
	message.WriteString("event: " + event + "\n")
	for line := range strings.Lines(strings.ReplaceAll(data, "\r", "") + "\n") {
		message.WriteString("data: " + strings.TrimRight(line, "\n") + "\n")
	}
	message.WriteByte('\n')
	if _, s.err = s.w.Write(message.Bytes()); s.err == nil {
		s.err = s.control.Flush()
	}
}
