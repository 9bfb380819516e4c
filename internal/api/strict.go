package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// ServeHTTP implements [http.Handler].
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Cache-Control", "no-store") // people's data stays in no cache
	header.Set("X-Content-Type-Options", "nosniff")
	if refuse, pattern := h.mux.Handler(r); pattern == "" {
		notRouted(refuse, r).write(w)
		return
	}
	if problem := checkQuery(r.URL.RawQuery); problem != nil {
		problem.write(w)
		return
	}
	if problem := h.readBody(w, r); problem != nil {
		problem.write(w)
		return
	}
	h.mux.ServeHTTP(w, r)
}

// notRouted is the problem of a path or method that is not there. refuse is
// what the mux would answer.
func notRouted(refuse http.Handler, r *http.Request) *Problem {
	answer := statusOnly{header: http.Header{}, status: http.StatusOK}
	refuse.ServeHTTP(&answer, r)
	if answer.status == http.StatusMethodNotAllowed {
		allowed := answer.header.Get("Allow")
		return &Problem{
			Status: answer.status, Reason: "METHOD_NOT_ALLOWED", Detail: "This path does not take that method.",
			Fix: "Use one of " + allowed + ".", allow: allowed,
		}
	}
	return &Problem{
		Status: http.StatusNotFound, Reason: "NO_SUCH_PATH", Detail: "There is nothing at this path.",
		Fix: "See " + Prefix + "/openapi.json for what there is.",
	}
}

// statusOnly takes an answer's status and header.
type statusOnly struct {
	header http.Header
	status int
}

func (s *statusOnly) Header() http.Header         { return s.header }
func (s *statusOnly) WriteHeader(status int)      { s.status = status }
func (s *statusOnly) Write(b []byte) (int, error) { return len(b), nil }

// checkQuery refuses a query that can be read in two ways.
func checkQuery(query string) *Problem {
	values, err := url.ParseQuery(query)
	if err != nil {
		return refusal(http.StatusUnprocessableEntity, FieldError{"query", "is not right: write names and values percent-encoded, with & between"})
	}
	var twice []FieldError
	for name, given := range values {
		if len(given) > 1 {
			twice = append(twice, FieldError{showable(name), "is given more than once"})
		}
	}
	if twice == nil {
		return nil
	}
	return refusal(http.StatusUnprocessableEntity, twice...)
}

// readBody takes the whole body, within its limits, before an operation begins:
// a deadline for reading that stood while the operation works would end it.
func (h *handler) readBody(w http.ResponseWriter, r *http.Request) *Problem {
	if r.Body == nil || r.Body == http.NoBody {
		return nil
	}
	control := http.NewResponseController(w)
	// A writer without deadlines is a test's, which reads from memory.
	_ = control.SetReadDeadline(time.Now().Add(h.bodyReadTimeout))
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBodyBytes))
	_ = control.SetReadDeadline(time.Time{})
	r.Body = io.NopCloser(bytes.NewReader(body))
	if err == nil {
		return nil
	}
	var tooLarge *http.MaxBytesError
	var network net.Error
	switch {
	case errors.As(err, &tooLarge):
		return &Problem{
			Status: http.StatusRequestEntityTooLarge, Reason: "BODY_TOO_LARGE", Detail: fmt.Sprintf("The body has more than %d bytes.", maxBodyBytes),
			Fix: "Shorten it: no sensible configuration is that large.",
		}
	case errors.As(err, &network) && network.Timeout():
		return &Problem{
			Status: http.StatusRequestTimeout, Reason: "BODY_TOO_SLOW", Detail: fmt.Sprintf("The body was not complete within %s.", h.bodyReadTimeout),
			Fix: "Send it again.",
		}
	default:
		return &Problem{Status: http.StatusBadRequest, Reason: "BODY_INCOMPLETE", Detail: "The body ended early.", Fix: "Send it again."}
	}
}

// bodyError is what is wrong with a body, in words that quote nothing of it.
type bodyError string

func (e bodyError) Error() string { return string(e) }

// unmarshal reads a body, which is one JSON value.
func unmarshal(data []byte, v any) error {
	err := json.Unmarshal(data, v)
	if err == nil {
		return nil
	}
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		line := 1 + bytes.Count(data[:min(int(syntax.Offset), len(data))], []byte("\n"))
		return bodyError(fmt.Sprintf("is not JSON: look at line %d (the line ends of a key are written \\n)", line))
	}
	if kind, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && kind.Field != "" {
		return bodyError(fmt.Sprintf("has a value of the wrong kind or size at %s", showable(kind.Field)))
	}
	return bodyError("has a value that can't be taken, such as a number or duration that is too large")
}

// marshal writes an answer. Whoever no longer listens is no error: huma would
// make a panic of it.
func marshal(w io.Writer, v any) error {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return err
	}
	_, _ = w.Write(text.Bytes())
	return nil
}

// knownNames are the members or parameters that an operation takes at a place.
func knownNames(op *huma.Operation, place string) []string {
	var names []string
	if op == nil {
		return nil
	}
	for _, p := range op.Parameters {
		if p.In == place {
			names = append(names, p.Name)
		}
	}
	slices.Sort(names)
	return names
}
