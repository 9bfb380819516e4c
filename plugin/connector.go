package plugin

import (
	"context"
	"time"
)

// Connector is what an author implements. One process holds one Connector and
// serves one connection: Describe is called any number of times, Connect once.
type Connector interface {
	// Describe says what the connector is. It needs no configuration, touches
	// no network and returns the same each time.
	Describe() Description

	// Connect proves that a connection works. [Configuration.Decode] checks the
	// configuration against the schema.
	//
	// A connection that can't be used is not an error: it is a Report with a
	// Refusal, and the Session is then ignored and may be nil. An error means
	// that the question could not be answered; a [Refusal] as error is treated
	// like one in the Report.
	//
	// ctx ends with the call. The Session lives on until the process ends.
	Connect(ctx context.Context, configuration Configuration) (Session, Report, error)
}

// Session is a connection that works. Its methods may be called concurrently,
// but at most one Sync runs at a time.
//
// Embed [UnimplementedSession] in every implementation: methods added to the
// interface later then have an answer.
type Session interface {
	// ListResources says what can be read. It is called for every Sync as well,
	// which is refused for a resource that is not among them; it should ask the
	// service as seldom as it can.
	ListResources(ctx context.Context) ([]Resource, error)

	// Sync reads one resource and hands it to the stream, from the beginning
	// or after the page whose cursor is given. Returning nil says that
	// everything was sent; the host is told how much.
	//
	// ctx is cancelled when the host wants no more: pass it to every request
	// and every wait. An error that wraps ctx's is an orderly end.
	Sync(ctx context.Context, request SyncRequest, stream *Stream) error

	mustEmbedUnimplementedSession()
}

// UnimplementedSession answers every method of [Session] with a fault.
type UnimplementedSession struct{}

var _ Session = UnimplementedSession{}

// ListResources returns [ErrUnimplemented].
func (UnimplementedSession) ListResources(context.Context) ([]Resource, error) {
	return nil, ErrUnimplemented
}

// Sync returns [ErrUnimplemented].
func (UnimplementedSession) Sync(context.Context, SyncRequest, *Stream) error {
	return ErrUnimplemented
}

func (UnimplementedSession) mustEmbedUnimplementedSession() {}

// Description is a connector's visiting card.
type Description struct {
	// Name is short and stays the same for ever: lower case letters, digits
	// and dashes, beginning with a letter.
	Name string
	// Title is the name for people.
	Title string
	// Version is the connector's own. A run is resumed only by the version
	// that began it.
	Version string
	// Summary says in a sentence or two what is read and from where.
	Summary string
	// Config is the schema of the configuration, from [SchemaOf].
	Config ConfigSchema
	// Reasons are all reasons that the connector may give. Those of the SDK
	// itself ([BuiltinReasons]) are added by Serve.
	Reasons []Reason
}

// Report is the answer to Connect.
type Report struct {
	// Account is what was reached; zero when nothing was.
	Account Account
	// GrantedScopes are the scopes that the service granted, in its own words.
	GrantedScopes []string
	// Checks are what was tried, in order.
	Checks []Check
	// Refusal says why the connection can't be used; nil when it can.
	Refusal *Refusal
}

// Account is the customer's place at the service.
type Account struct {
	ID   string // the service's id, or the domain where there is none
	Name string // for people
	URL  string // to look at in a browser; may be empty
}

// Resource is one kind of thing that can be read.
type Resource struct {
	// Name is stable and lower case, for example "users".
	Name string
	// Title is the name for people.
	Title string
	// Kind tells which typed view the records carry.
	Kind ResourceKind
	// KeyField is the path of the key in the source object.
	KeyField string
	// Schema is a JSON Schema of the source object; it describes and does not
	// forbid.
	Schema []byte
	// SuggestedInterval is how often a full read is sensible; zero for no
	// opinion.
	SuggestedInterval time.Duration
	// RequiredScopes are those without which it can't be read, and
	// MissingScopes those of them that were not granted.
	RequiredScopes, MissingScopes []string
}

// ResourceKind tells which typed view a resource's records carry.
type ResourceKind int

// The kinds of resource. The zero value is none of them.
const (
	KindUsers  ResourceKind = iota + 1 // [Record.User]
	KindGroups                         // [Record.Group]
	KindOther                          // the source object only
)

// SyncRequest asks for one resource.
type SyncRequest struct {
	// Resource is a name that ListResources gave.
	Resource string
	// Cursor is one that an earlier stream gave, or empty for the beginning.
	Cursor string
}
