package plugin

import (
	"errors"
	"fmt"
	"time"
)

// ErrUnimplemented is returned by what a connector does not implement.
var ErrUnimplemented = errors.New("not implemented by this connector")

// Class sorts refusals by whose turn it is. A command's exit code, a
// connection's state and the decision to try again derive from it.
type Class int

// The classes. The list is closed: reasons are what a connector may invent.
const (
	// NoClass is for reasons that refuse nothing: they explain a wait, a
	// restart or a warning.
	NoClass Class = iota
	// ConfigInvalid: the configuration can't be right.
	ConfigInvalid
	// CredentialsRejected: the service does not accept who we say we are.
	CredentialsRejected
	// PermissionMissing: the service knows us and does not let us read this.
	PermissionMissing
	// RateLimited: the service asks for more patience than we may have.
	RateLimited
	// ServiceUnavailable: the service can't be reached or can't serve.
	ServiceUnavailable
	// ServiceMisbehaved: the service answered what can't be right.
	ServiceMisbehaved
	// CursorLost: the service lost our place too often.
	CursorLost
	// ConnectorFault: the connector itself is wrong.
	ConnectorFault
)

// Reason declares a reason that a connector may give.
type Reason struct {
	// Name is UPPER_SNAKE and stable, for example "DPOP_REQUIRED".
	Name string
	// Class is the class that it always has.
	Class Class
	// Title says in a few words what happened.
	Title string
	// Fix says in complete sentences what to do: who clicks what, where.
	Fix string
}

// Refusal is an error that tells a person what happened and what to do, and
// code whose turn it is. Where Class and Fix are zero, they are taken from the
// declared [Reason] of that name.
type Refusal struct {
	// Reason is the name of a declared reason.
	Reason string
	// Message says what happened, to what, in one or two sentences. It never
	// holds a secret.
	Message string
	// Class and Fix override the declared ones when set.
	Class Class
	Fix   string
	// RetryAfter is when trying again makes sense; zero when unknown.
	RetryAfter time.Duration
	// Metadata holds the service's own facts, such as a request id.
	Metadata map[string]string
	// Cause is the error beneath, for errors.Is and errors.As. It is not sent.
	Cause error
}

// Refuse makes a refusal for a declared reason.
func Refuse(reason, format string, args ...any) *Refusal {
	return &Refusal{Reason: reason, Message: fmt.Sprintf(format, args...)}
}

// Error is the message with its reason.
func (r *Refusal) Error() string { return r.Message + " (" + r.Reason + ")" }

// Unwrap returns the cause.
func (r *Refusal) Unwrap() error { return r.Cause }

// Reasons that the SDK itself gives; every connector has them.
const (
	// ReasonConfigInvalid: the configuration does not fit the schema.
	ReasonConfigInvalid = "CONFIG_INVALID"
	// ReasonResourceUnknown: no resource has that name.
	ReasonResourceUnknown = "RESOURCE_UNKNOWN"
	// ReasonCursorInvalid: the cursor is not one of this connector's, or is
	// another version's, domain's or resource's.
	ReasonCursorInvalid = "CURSOR_INVALID"
	// ReasonRecordUnreadable: a record could not be read and was quarantined.
	ReasonRecordUnreadable = "RECORD_UNREADABLE"
	// ReasonRecordTooLarge: a record exceeds the limit and was quarantined.
	ReasonRecordTooLarge = "RECORD_TOO_LARGE"
	// ReasonPageTooLarge: a page exceeds the limit of all parts together.
	ReasonPageTooLarge = "PAGE_TOO_LARGE"
	// ReasonWaitBudgetSpent: the next wait would exceed what the host allows.
	ReasonWaitBudgetSpent = "WAIT_BUDGET_SPENT"
	// ReasonPanicked: the connector's code panicked.
	ReasonPanicked = "CONNECTOR_PANICKED"
	// ReasonFailed: the connector returned an error that is not a refusal.
	ReasonFailed = "CONNECTOR_FAILED"
	// ReasonCallOrder: a call came before Connect, twice, or beside another.
	ReasonCallOrder = "CALL_OUT_OF_ORDER"
)

// BuiltinReasons are declared for every connector; one that declares the same
// name itself overrides title and fix.
func BuiltinReasons() []Reason {
	return []Reason{
		{ReasonConfigInvalid, ConfigInvalid, "Configuration not valid", "Correct the configuration as the message says."},
		{ReasonResourceUnknown, ConfigInvalid, "No such resource", "Ask for one of the resources that the connector lists."},
		{ReasonCursorInvalid, ConfigInvalid, "Cursor not valid", "Use a cursor that this connector gave for this connection and resource, or begin without one."},
		{ReasonRecordUnreadable, NoClass, "Record unreadable", "Look at the object at the service. It is left out until it can be read."},
		{ReasonRecordTooLarge, NoClass, "Record too large", "Look at the object at the service: a record of this size is hardly meant. It is left out until it is smaller."},
		{ReasonPageTooLarge, ConnectorFault, "Page too large", "Tell the connector's author: it should ask its service for fewer objects a page."},
		{ReasonWaitBudgetSpent, RateLimited, "Wait budget spent", "Run again later, or allow a longer wait."},
		{ReasonPanicked, ConnectorFault, "Connector panicked", "Tell the connector's author; its log holds the details."},
		{ReasonFailed, ConnectorFault, "Connector failed", "Tell the connector's author; its log holds the details."},
		{ReasonCallOrder, ConnectorFault, "Call out of order", "Tell the host's author: Connect comes once and first, and one Sync runs at a time."},
	}
}
