package plugintest

import (
	"fmt"
	"sync"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"patchbay.example/internal/wire"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// maxSeen bounds how many events of each kind are kept for the cases that look
// at all that was seen.
const maxSeen = 2000

// seen is what a connector said in all cases, for those that come last.
type seen struct {
	mu           sync.Mutex // guards all below while streams and calls run beside each other
	statuses     []saidStatus
	refusals     []*connectorv1.Refusal // in answers to Connect
	checks       []*connectorv1.Check   // in all answers to Connect
	waits        []saidWait
	quarantines  []*connectorv1.Quarantined
	restarts     []*connectorv1.Restarted
	unrepeated   []string // waits that were not repeated in time
	quarantinedN int      // also those that were not kept
}

// saidStatus is a status that a call was answered with.
type saidStatus struct {
	call   string
	status *status.Status
}

// saidWait is an announcement of a wait, with its time.
type saidWait struct {
	wait *connectorv1.Wait
	at   time.Time
}

func newSeen() *seen { return &seen{} }

func (s *seen) status(call string, st *status.Status) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.statuses) < maxSeen && st.Code() != codes.OK {
		s.statuses = append(s.statuses, saidStatus{call, st})
	}
}

func (s *seen) response(r *connectorv1.ConnectResponse) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.HasRefusal() && len(s.refusals) < maxSeen {
		s.refusals = append(s.refusals, r.GetRefusal())
	}
	if len(s.checks) < maxSeen {
		s.checks = append(s.checks, r.GetChecks()...)
	}
}

func (s *seen) wait(w *connectorv1.Wait) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.waits) < maxSeen {
		s.waits = append(s.waits, saidWait{w, time.Now()})
	}
}

func (s *seen) quarantined(q *connectorv1.Quarantined) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.quarantinedN++
	if len(s.quarantines) < maxSeen {
		s.quarantines = append(s.quarantines, q)
	}
}

// notRepeated notes a wait that lasted without being announced again.
func (s *seen) notRepeated(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.unrepeated) < maxSeen {
		s.unrepeated = append(s.unrepeated, what)
	}
}

func (s *seen) restarted(r *connectorv1.Restarted) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.restarts) < maxSeen {
		s.restarts = append(s.restarts, r)
	}
}

// classCodes is the code of each class, as the contract has it.
var classCodes = map[connectorv1.Class]codes.Code{
	connectorv1.Class_CLASS_CONFIG_INVALID:       codes.InvalidArgument,
	connectorv1.Class_CLASS_CREDENTIALS_REJECTED: codes.Unauthenticated,
	connectorv1.Class_CLASS_PERMISSION_MISSING:   codes.PermissionDenied,
	connectorv1.Class_CLASS_RATE_LIMITED:         codes.ResourceExhausted,
	connectorv1.Class_CLASS_SERVICE_UNAVAILABLE:  codes.Unavailable,
	connectorv1.Class_CLASS_SERVICE_MISBEHAVED:   codes.DataLoss,
	connectorv1.Class_CLASS_CURSOR_LOST:          codes.OutOfRange,
	connectorv1.Class_CLASS_CONNECTOR_FAULT:      codes.Internal,
}

// reasons are the declared ones by name.
type reasons map[string]*connectorv1.ReasonDescription

func reasonsOf(d *connectorv1.DescribeResponse) reasons {
	declared := reasons{}
	for _, reason := range d.GetReasons() {
		declared[reason.GetReason()] = reason
	}
	return declared
}

// statusProblem says what is wrong with a status that a call was answered with;
// empty for nothing.
func (r reasons) statusProblem(said saidStatus) string {
	if said.call == "Acknowledge" && said.status.Code() == codes.Unimplemented {
		return "" // a connector without the capability may leave it so
	}
	what := fmt.Sprintf("%s was answered with %s (%.100q)", said.call, said.status.Code(), said.status.Message())
	info := infoOf(said.status)
	if info == nil {
		return what + " without a google.rpc.ErrorInfo of the domain " + wire.ErrorDomain
	}
	class := connectorv1.Class(connectorv1.Class_value["CLASS_"+info.GetMetadata()["class"]])
	if class == connectorv1.Class_CLASS_UNSPECIFIED {
		return fmt.Sprintf("%s with the class %.40q in its metadata, which is none", what, info.GetMetadata()["class"])
	}
	code := said.status.Code()
	outOfOrder := code == codes.FailedPrecondition && class == connectorv1.Class_CLASS_CONNECTOR_FAULT
	if code != classCodes[class] && !outOfOrder {
		return fmt.Sprintf("%s and class %s, whose code is %s (a call out of order is FAILED_PRECONDITION, of class CONNECTOR_FAULT)", what, wire.ClassName(class), classCodes[class])
	}
	refusal := connectorv1.Refusal_builder{
		Class: class, Reason: info.GetReason(), Message: said.status.Message(), Fix: info.GetMetadata()["fix"],
	}.Build()
	if problem := r.refusalProblem(refusal); problem != "" {
		return what + ": " + problem
	}
	return ""
}

// infoOf is the contract's ErrorInfo of a status; nil for none.
func infoOf(s *status.Status) *errdetails.ErrorInfo {
	for _, detail := range s.Details() {
		if info, ok := detail.(*errdetails.ErrorInfo); ok && info.GetDomain() == wire.ErrorDomain {
			return info
		}
	}
	return nil
}

// refusalProblem says what is wrong with a refusal; empty for nothing.
func (r reasons) refusalProblem(refusal *connectorv1.Refusal) string {
	declared, ok := r[refusal.GetReason()]
	switch {
	case !ok:
		return fmt.Sprintf("the reason %.60q is not declared in Describe", refusal.GetReason())
	case refusal.GetClass() == connectorv1.Class_CLASS_UNSPECIFIED:
		return fmt.Sprintf("the refusal %s has no class", refusal.GetReason())
	case declared.GetClass() != refusal.GetClass():
		return fmt.Sprintf("the refusal %s has class %s, and Describe declares %s for it",
			refusal.GetReason(), wire.ClassName(refusal.GetClass()), wire.ClassName(declared.GetClass()))
	case refusal.GetMessage() == "":
		return fmt.Sprintf("the refusal %s has no message", refusal.GetReason())
	case refusal.GetFix() == "":
		return fmt.Sprintf("the refusal %s (%.100q) has no fix", refusal.GetReason(), refusal.GetMessage())
	}
	return ""
}

// explained says what is wrong with the reason of an event that refuses nothing.
func (r reasons) explained(what, reason, message string) string {
	switch {
	case r[reason] == nil:
		return fmt.Sprintf("%s has the reason %.60q, which is not declared in Describe", what, reason)
	case message == "":
		return fmt.Sprintf("%s with the reason %s has no message", what, reason)
	}
	return ""
}
