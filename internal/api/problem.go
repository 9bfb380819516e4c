package api

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"strings"

	"patchbay.example/host"
	"patchbay.example/internal/connection"
	"patchbay.example/internal/people"
	"patchbay.example/internal/service"
	"patchbay.example/internal/store"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// Problem is an error as it is answered: problem details (RFC 9457) of the type
// about:blank, with members of our own.
type Problem struct {
	Title  string `json:"title" doc:"The status in words" example:"Not Found"`
	Status int    `json:"status" doc:"The HTTP status" example:"404"`
	Detail string `json:"detail" doc:"What happened, to what, for people"`
	Reason string `json:"reason" doc:"What happened, for code" example:"NOT_FOUND"`
	Fix    string `json:"fix,omitempty" doc:"What to do about it"`
	// Errors name the members or parameters at fault; their first is the
	// [*service.InputError] that it stands for.
	Errors []FieldError `json:"errors,omitempty" doc:"The members or parameters that can't be taken"`
	// Configuration stands for a [*connection.InvalidError].
	Configuration *ConfigurationError `json:"configuration,omitempty" doc:"What is wrong with a configuration"`
	// Connector stands for a [*host.RefusedError] or [*host.Fault].
	Connector *ConnectorError `json:"connector,omitempty" doc:"What a connector refused, or what is wrong with it"`
	// Suggestions stand for a [*people.UnknownError].
	Suggestions *Suggestions    `json:"suggestions,omitempty" doc:"What may have been meant by a person or unit that is not there"`
	Report      *service.Report `json:"report,omitempty" doc:"What a test found that failed"`

	allow string
}

// FieldError is a member of a body, or a parameter, that can't be taken.
type FieldError struct {
	Field   string `json:"field" doc:"The member or parameter" example:"interval"`
	Problem string `json:"problem" doc:"Completes the sentence that begins with it"`
}

// ConfigurationError is what is wrong with a configuration.
type ConfigurationError struct {
	Property string `json:"property,omitempty" doc:"The property at fault; absent where it is the whole"`
	Problem  string `json:"problem" doc:"Completes the sentence that begins with the property"`
}

// Suggestions are who or what may have been meant.
type Suggestions struct {
	What   string               `json:"what" enum:"person,unit" doc:"What was asked for"`
	Asked  string               `json:"asked" doc:"By which id or name"`
	People []people.Card        `json:"people,omitempty" doc:"People who may have been meant"`
	Units  []people.UnitSummary `json:"units,omitempty" doc:"Units that may have been meant"`
}

// ConnectorError is what a connector refused, or what is wrong with it.
type ConnectorError struct {
	Kind       string           `json:"kind" enum:"refusal,fault" doc:"Whether the connector said it, or was found at fault"`
	Call       string           `json:"call,omitempty" doc:"What was asked of the connector"`
	Class      string           `json:"class" doc:"Whose turn it is; UNSPECIFIED is this machine's" example:"CREDENTIALS_REJECTED"`
	Reason     string           `json:"reason" doc:"Why, for code" example:"CLIENT_UNKNOWN"`
	Message    string           `json:"message" doc:"Why, for people"`
	Fix        string           `json:"fix,omitempty" doc:"What to do about it"`
	RetryAfter service.Duration `json:"retry_after,omitempty" doc:"When trying again makes sense"`
}

// Kinds of a [ConnectorError].
const (
	kindRefusal = "refusal"
	kindFault   = "fault"
)

// Error is the detail.
func (p *Problem) Error() string { return p.Detail }

// GetStatus is the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is that of problem details.
func (p *Problem) ContentType(string) string { return problemType }

// write answers with the problem.
func (p *Problem) write(w http.ResponseWriter) {
	p.Title = http.StatusText(p.Status)
	if p.allow != "" {
		w.Header().Set("Allow", p.allow)
	}
	w.Header().Set("Content-Type", problemType)
	w.WriteHeader(p.Status)
	_ = marshal(w, p) // texts and numbers only; who no longer listens needs no answer
}

// Reasons of problems. reasonInternal is that of errors that nobody foresaw: our
// own machine's.
const (
	reasonInternal = "INTERNAL"
	reasonQuery    = "QUERY_INVALID"
	reasonUnknown  = "UNKNOWN"
	fixInternal    = "Look at the service's log, and at what patchbay doctor finds."
)

// A sentinel is an error that is recognised by what it is.
type sentinel struct {
	err         error
	status      int
	reason, fix string
}

// sentinels are in the order in which they are looked for.
var sentinels = []sentinel{
	{service.ErrTestFailed, http.StatusUnprocessableEntity, "TEST_FAILED", "Look at the report: each check that failed says what to do."},
	{service.ErrPaused, http.StatusConflict, "CONNECTION_PAUSED", "Resume the connection first."},
	{store.ErrNotFound, http.StatusNotFound, "NOT_FOUND", "Check the name or id; the lists say what there is."},
	{store.ErrNameTaken, http.StatusConflict, "NAME_TAKEN", "Choose another name, or change the connection that has it."},
	{store.ErrRunning, http.StatusConflict, "SYNC_IN_PROGRESS", "Wait until the run has ended, then ask again."},
	{store.ErrNotHeld, http.StatusConflict, "RUN_NOT_HELD", "Look at the connection's newest run: it has taken this one's place, or somebody has decided already."},
	{store.ErrMoved, http.StatusConflict, "SETTINGS_MOVED", "Read the settings again, and change those."},
	{store.ErrPeopleSettings, http.StatusUnprocessableEntity, "SETTINGS_INVALID", "Shorten the lists."},
	{people.ErrNotActivated, http.StatusConflict, "HRIS_NOT_ACTIVATED", "Mark the connection that lists the company's people as the HRIS: patchbay connections set NAME --hris."},
	{people.ErrNotSynced, http.StatusConflict, "HRIS_NOT_SYNCED", "Wait for the first complete run of the connection that is marked as the HRIS, or start one."},
	{store.ErrBaseMoved, http.StatusConflict, "BASE_MOVED", "Let the connection sync again: the next run is compared with the directory as it is now."},
	{context.DeadlineExceeded, http.StatusGatewayTimeout, "TIMED_OUT", "Try again; if it stays so, look at the service's log."},
	{context.Canceled, http.StatusServiceUnavailable, "INTERRUPTED", "The service is about to end; ask again when it runs."},
}

// problemOf is an operation's error as it is answered; the zero report is none.
func problemOf(err error, report service.Report) *Problem {
	p := &Problem{Status: http.StatusInternalServerError, Reason: reasonInternal, Detail: err.Error()}
	if !reflect.DeepEqual(report, service.Report{}) {
		p.Report = &report
	}
	p.addConnector(err)
	if invalid, ok := errors.AsType[*connection.InvalidError](err); ok {
		p.Status, p.Reason = http.StatusUnprocessableEntity, "CONFIG_INVALID"
		p.Configuration = &ConfigurationError{invalid.Property, invalid.Problem}
	}
	if input, ok := errors.AsType[*service.InputError](err); ok {
		p.Status, p.Reason = http.StatusUnprocessableEntity, reasonInput
		p.Errors = []FieldError{{input.Field, input.Problem}}
	}
	p.addQuery(err)
	for _, s := range sentinels {
		if errors.Is(err, s.err) {
			p.Status, p.Reason, p.Fix = s.status, s.reason, cmp.Or(p.Fix, s.fix)
			break
		}
	}
	if p.Fix == "" {
		p.Fix = fixInternal
		if p.Status < http.StatusInternalServerError {
			p.Fix = "Correct it, and ask again."
		}
	}
	p.Title = http.StatusText(p.Status)
	return p
}

// addQuery says what is wrong with a query of the directory.
func (p *Problem) addQuery(err error) {
	if query, ok := errors.AsType[*people.QueryError](err); ok {
		p.Status, p.Reason = http.StatusBadRequest, reasonQuery
		p.Errors = []FieldError{{query.Parameter, query.Problem}}
	}
	if unknown, ok := errors.AsType[*people.UnknownError](err); ok {
		p.Status, p.Reason = http.StatusNotFound, reasonUnknown
		p.Suggestions = &Suggestions{unknown.What, unknown.Asked, unknown.People, unknown.Units}
		p.Fix = "Take the id of one of the suggestions, or search: " + Prefix + "/directory/people?q=…"
		if unknown.What == "unit" {
			p.Fix = "Take one of the suggestions; " + Prefix + "/directory/units lists all units."
		}
	}
}

// addConnector says what a connector refused, or what is wrong with it.
func (p *Problem) addConnector(err error) {
	explained, ok := host.Explain(err)
	if !ok {
		return
	}
	p.Connector = &ConnectorError{
		Kind: kindFault, Class: classText(explained.Class), Reason: explained.Reason, Message: explained.Message, Fix: explained.Fix,
	}
	if _, ok := errors.AsType[*host.Fault](err); !ok {
		refused, _ := errors.AsType[*host.RefusedError](err)
		p.Connector.Kind, p.Connector.Call, p.Connector.RetryAfter = kindRefusal, refused.Call, service.Duration(refused.RetryAfter)
	}
	p.Status, p.Reason, p.Fix = statusOf(explained.Class), explained.Reason, explained.Fix
}

// statusOf is the HTTP status for a class: whether the request, this machine or
// what is behind it has to change.
func statusOf(class connectorv1.Class) int {
	switch class {
	case connectorv1.Class_CLASS_CONFIG_INVALID:
		return http.StatusUnprocessableEntity
	case connectorv1.Class_CLASS_UNSPECIFIED:
		return http.StatusInternalServerError
	default:
		return http.StatusBadGateway
	}
}

const classPrefix = "CLASS_"

func classText(class connectorv1.Class) string {
	return strings.TrimPrefix(class.String(), classPrefix)
}

// classNamed is the inverse of classText; a class of a later version is taken
// for a fault, as the contract asks.
func classNamed(text string) connectorv1.Class {
	if class, ok := connectorv1.Class_value[classPrefix+text]; ok {
		return connectorv1.Class(class)
	}
	return connectorv1.Class_CLASS_CONNECTOR_FAULT
}

// decodeProblem reads an answer that is an error. It reports false for one that
// is not of this API.
func decodeProblem(body []byte) (*Problem, bool) {
	p := &Problem{}
	if err := json.Unmarshal(body, p); err != nil || p.Reason == "" {
		return nil, false
	}
	return p, true
}
