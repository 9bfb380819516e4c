package wire

import (
	"maps"
	"strings"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// ErrorDomain is the domain of each ErrorInfo that carries a refusal.
const ErrorDomain = "patchbay.connector.v1"

// Keys of ErrorInfo's metadata that are the contract's own; all others are the
// service's facts.
const (
	metadataClass = "class"
	metadataFix   = "fix"
)

// StatusOf puts a refusal on a gRPC status: code after its class, ErrorInfo
// with reason, class and fix, RetryInfo where a delay is known.
func StatusOf(r *connectorv1.Refusal) *status.Status {
	metadata := maps.Clone(r.GetMetadata())
	if metadata == nil {
		metadata = map[string]string{}
	}
	metadata[metadataClass] = ClassName(r.GetClass())
	if r.GetFix() != "" {
		metadata[metadataFix] = r.GetFix()
	}
	bare := status.New(codeOf(r.GetClass()), r.GetMessage())
	info := &errdetails.ErrorInfo{Reason: r.GetReason(), Domain: ErrorDomain, Metadata: metadata}
	with, err := bare.WithDetails(info)
	if err != nil { // only for codes.OK, which codeOf never gives
		return bare
	}
	if r.HasRetryAfter() {
		if retry, err := with.WithDetails(&errdetails.RetryInfo{RetryDelay: r.GetRetryAfter()}); err == nil {
			return retry
		}
	}
	return with
}

// RefusalOf reads the refusal that a status carries. It reports false for a
// status that carries none: one that gRPC made itself, or another domain's.
func RefusalOf(s *status.Status) (*connectorv1.Refusal, bool) {
	var refusal *connectorv1.Refusal
	var retry *durationpb.Duration
	for _, detail := range s.Details() {
		switch d := detail.(type) {
		case *errdetails.ErrorInfo:
			if d.GetDomain() == ErrorDomain {
				refusal = refusalFromInfo(s.Message(), d)
			}
		case *errdetails.RetryInfo:
			retry = d.GetRetryDelay()
		}
	}
	if refusal == nil {
		return nil, false
	}
	if retry != nil {
		refusal.SetRetryAfter(retry)
	}
	return refusal, true
}

func refusalFromInfo(message string, info *errdetails.ErrorInfo) *connectorv1.Refusal {
	metadata := maps.Clone(info.GetMetadata())
	class, fix := ClassNamed(metadata[metadataClass]), metadata[metadataFix]
	delete(metadata, metadataClass)
	delete(metadata, metadataFix)
	return connectorv1.Refusal_builder{
		Class: class, Reason: info.GetReason(), Message: message, Fix: fix, Metadata: metadata,
	}.Build()
}

// ClassName is a class as the contract writes it in ErrorInfo: "RATE_LIMITED".
func ClassName(c connectorv1.Class) string {
	return strings.TrimPrefix(c.String(), "CLASS_")
}

// ClassNamed is the inverse of [ClassName]. A name that this tree does not
// know is CLASS_CONNECTOR_FAULT, as the contract asks.
func ClassNamed(name string) connectorv1.Class {
	if v, ok := connectorv1.Class_value["CLASS_"+name]; ok && v != 0 {
		return connectorv1.Class(v)
	}
	return connectorv1.Class_CLASS_CONNECTOR_FAULT
}

func codeOf(c connectorv1.Class) codes.Code {
	switch c {
	case connectorv1.Class_CLASS_CONFIG_INVALID:
		return codes.InvalidArgument
	case connectorv1.Class_CLASS_CREDENTIALS_REJECTED:
		return codes.Unauthenticated
	case connectorv1.Class_CLASS_PERMISSION_MISSING:
		return codes.PermissionDenied
	case connectorv1.Class_CLASS_RATE_LIMITED:
		return codes.ResourceExhausted
	case connectorv1.Class_CLASS_SERVICE_UNAVAILABLE:
		return codes.Unavailable
	case connectorv1.Class_CLASS_SERVICE_MISBEHAVED:
		return codes.DataLoss
	case connectorv1.Class_CLASS_CURSOR_LOST:
		return codes.OutOfRange
	default:
		return codes.Internal
	}
}
