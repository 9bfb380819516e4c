package plugin

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"patchbay.example/internal/wire"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// server answers the contract's calls with a Connector: it keeps their order,
// fills in what was declared, and turns errors and panics into statuses.
type server struct {
	connectorv1.UnimplementedConnectorServiceServer
	connector    Connector
	description  Description
	declarations declarations
	log          *slog.Logger

	mu        sync.Mutex // guards everything below
	connected bool       // Connect was called
	session   Session    // nil until Connect succeeded
	syncing   *Stream    // nil while no Sync runs
}

// declarations are the declared reasons by name.
type declarations map[string]Reason

// NewServer returns the contract's service for a connector, without a process
// around it. [Serve] is what a connector's main calls; NewServer is for tests
// that speak the contract with a connector over a socket of their own. log
// takes panics and undeclared reasons.
func NewServer(connector Connector, log *slog.Logger) connectorv1.ConnectorServiceServer {
	return newServer(connector, log)
}

func newServer(connector Connector, log *slog.Logger) *server {
	s := &server{connector: connector, description: connector.Describe(), declarations: declarations{}, log: log}
	for _, reason := range BuiltinReasons() {
		s.declarations[reason.Name] = reason
	}
	for _, reason := range s.description.Reasons {
		s.declarations[reason.Name] = reason
	}
	return s
}

// Describe implements the contract.
func (s *server) Describe(context.Context, *connectorv1.DescribeRequest) (*connectorv1.DescribeResponse, error) {
	d := s.description
	reasons := make([]*connectorv1.ReasonDescription, 0, len(s.declarations))
	for _, reason := range d.Reasons {
		reasons = append(reasons, toReason(reason))
	}
	for _, reason := range BuiltinReasons() {
		own := func(r Reason) bool { return r.Name == reason.Name }
		if !slices.ContainsFunc(d.Reasons, own) {
			reasons = append(reasons, toReason(reason))
		}
	}
	return connectorv1.DescribeResponse_builder{
		Name: d.Name, Title: d.Title, Version: d.Version, Summary: d.Summary,
		ConfigSchemaJson: d.Config.JSON(), Reasons: reasons,
		Capabilities: []string{connectorv1.CapabilityAcknowledge},
	}.Build(), nil
}

// Connect implements the contract.
func (s *server) Connect(ctx context.Context, request *connectorv1.ConnectRequest) (_ *connectorv1.ConnectResponse, err error) {
	defer s.recovered(&err)
	s.mu.Lock()
	again := s.connected
	s.connected = true
	s.mu.Unlock()
	if again {
		return nil, s.outOfOrder("Connect was called a second time; one process serves one connection.")
	}
	configuration := newConfiguration(given{json: request.GetConfigJson(), secrets: request.GetSecrets(), resume: request.GetResumeCursors()})
	session, report, err := s.connector.Connect(ctx, configuration)
	if refusal, ok := errors.AsType[*Refusal](err); ok && ctx.Err() == nil {
		report.Refusal, err = refusal, nil
	}
	if err != nil {
		return nil, s.statusOf(ctx, err)
	}
	if report.Refusal == nil && session == nil {
		return nil, s.statusOf(ctx, errors.New("neither a session nor a refusal"))
	}
	if report.Refusal == nil {
		s.mu.Lock()
		s.session = session
		s.mu.Unlock()
	}
	return s.connectResponse(report), nil
}

func (s *server) connectResponse(report Report) *connectorv1.ConnectResponse {
	response := connectorv1.ConnectResponse_builder{GrantedScopes: report.GrantedScopes}.Build()
	if report.Account != (Account{}) {
		response.SetAccount(connectorv1.Account_builder{Id: report.Account.ID, Name: report.Account.Name, Url: report.Account.URL}.Build())
	}
	checks := make([]*connectorv1.Check, len(report.Checks))
	for i, check := range report.Checks {
		checks[i] = s.declarations.toCheck(check)
	}
	response.SetChecks(checks)
	if report.Refusal != nil {
		s.noteUndeclared(report.Refusal)
		response.SetRefusal(s.declarations.toRefusal(report.Refusal))
	}
	return response
}

// ListResources implements the contract.
func (s *server) ListResources(ctx context.Context, _ *connectorv1.ListResourcesRequest) (_ *connectorv1.ListResourcesResponse, err error) {
	defer s.recovered(&err)
	session, err := s.usable()
	if err != nil {
		return nil, err
	}
	resources, err := session.ListResources(ctx)
	if err != nil {
		return nil, s.statusOf(ctx, err)
	}
	messages := make([]*connectorv1.Resource, len(resources))
	for i, resource := range resources {
		messages[i] = toResource(resource)
	}
	return connectorv1.ListResourcesResponse_builder{Resources: messages}.Build(), nil
}

// Sync implements the contract.
func (s *server) Sync(request *connectorv1.SyncRequest, call grpc.ServerStreamingServer[connectorv1.SyncResponse]) (err error) {
	defer s.recovered(&err)
	ctx := call.Context()
	stream := &Stream{
		ctx: ctx, resource: request.GetResource(), send: call.Send, budget: budgetOf(request), window: newWindow(request.GetWindow()), log: s.log,
	}
	session, err := s.beginSync(stream)
	if err != nil {
		return err
	}
	defer s.endSync()
	if err := checkCursor(request.GetCursor()); err != nil {
		return s.statusOf(ctx, &Refusal{Reason: ReasonCursorInvalid, Message: "This is not a cursor of this connector: " + err.Error() + "."})
	}
	if err := s.known(ctx, session, request.GetResource()); err != nil {
		return s.statusOf(ctx, err)
	}
	if err := session.Sync(ctx, SyncRequest{Resource: request.GetResource(), Cursor: request.GetCursor()}, stream); err != nil {
		return s.statusOf(ctx, err)
	}
	if err := stream.complete(); err != nil {
		return s.statusOf(ctx, err)
	}
	return nil
}

// Acknowledge implements the contract.
func (s *server) Acknowledge(ctx context.Context, request *connectorv1.AcknowledgeRequest) (_ *connectorv1.AcknowledgeResponse, err error) {
	defer s.recovered(&err)
	s.mu.Lock()
	stream := s.syncing
	s.mu.Unlock()
	// A host gives up the calls for one stream before it begins the next. To look
	// in this order keeps one that was given up from being counted for the next.
	if ctx.Err() != nil {
		return nil, status.FromContextError(ctx.Err()).Err()
	}
	if stream == nil {
		return nil, s.outOfOrder("No Sync is running whose pages could be acknowledged.")
	}
	if err := stream.window.acknowledge(request.GetPages()); err != nil {
		return nil, s.outOfOrder("Acknowledged in advance: " + err.Error() + ".")
	}
	return &connectorv1.AcknowledgeResponse{}, nil
}

// known returns a refusal for a resource that the session does not list.
func (s *server) known(ctx context.Context, session Session, name string) error {
	resources, err := session.ListResources(ctx)
	if err != nil {
		return err
	}
	names := make([]string, len(resources))
	for i, resource := range resources {
		if names[i] = resource.Name; names[i] == name {
			return nil
		}
	}
	return Refuse(ReasonResourceUnknown, "There is no resource %.40q; there is %s.", name, strings.Join(names, ", "))
}

// budgetOf is the wait budget of a request; negative for none.
func budgetOf(request *connectorv1.SyncRequest) time.Duration {
	if !request.GetLimits().HasWaitBudget() {
		return -1
	}
	return max(0, request.GetLimits().GetWaitBudget().AsDuration())
}

// usable returns the session, or a status that says why there is none.
func (s *server) usable() (Session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.session == nil {
		return nil, s.outOfOrder("There is no connection: Connect comes first, and has to succeed.")
	}
	return s.session, nil
}

func (s *server) beginSync(stream *Stream) (Session, error) {
	session, err := s.usable()
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.syncing != nil {
		return nil, s.outOfOrder("Another Sync is running; one runs at a time.")
	}
	s.syncing = stream
	return session, nil
}

func (s *server) endSync() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.syncing = nil
}

// outOfOrder is the status of a call that came at the wrong time. The contract
// gives it a code of its own, beside the reason.
func (s *server) outOfOrder(message string) error {
	p := wire.StatusOf(s.declarations.toRefusal(Refuse(ReasonCallOrder, "%s", message))).Proto()
	p.Code = int32(codes.FailedPrecondition)
	return status.ErrorProto(p)
}

// statusOf turns a connector's error into a status.
func (s *server) statusOf(ctx context.Context, err error) error {
	if ctx.Err() != nil { // the host wants no more; what broke in consequence is of no interest
		return status.FromContextError(ctx.Err()).Err()
	}
	refusal := asRefusal(err)
	s.noteUndeclared(refusal)
	return wire.StatusOf(s.declarations.toRefusal(refusal)).Err()
}

func (s *server) noteUndeclared(r *Refusal) {
	if _, ok := s.declarations[r.Reason]; !ok {
		s.log.Error("a reason was given that Describe does not declare", slog.String("reason", r.Reason))
	}
}

// recovered turns a panic into a status. The stack goes to the log, with the
// panic's type and not its value, which may hold anything.
func (s *server) recovered(err *error) {
	if p := recover(); p != nil {
		s.log.Error("the connector panicked", slog.String("type", fmt.Sprintf("%T", p)), slog.String("stack", string(debug.Stack())))
		refusal := Refuse(ReasonPanicked, "The connector panicked (%T). Its log holds the stack.", p)
		*err = wire.StatusOf(s.declarations.toRefusal(refusal)).Err()
	}
}
