package api

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"

	"patchbay.example/internal/service"
	"patchbay.example/internal/spelling"
)

// reasonInput is the reason of requests that can't be taken as they are.
const reasonInput = "INPUT_INVALID"

// refusal is the problem of a request with such members or parameters.
func refusal(status int, fields ...FieldError) *Problem {
	slices.SortFunc(fields, func(a, b FieldError) int {
		return cmp.Or(cmp.Compare(a.Field, b.Field), cmp.Compare(a.Problem, b.Problem))
	})
	sentences := make([]string, 0, len(fields))
	for _, f := range fields {
		sentences = append(sentences, (&service.InputError{Field: f.Field, Problem: f.Problem}).Error())
	}
	return &Problem{
		Title: http.StatusText(status), Status: status, Reason: reasonInput, Detail: strings.Join(sentences, "; "),
		Fix: "Correct the request; " + Prefix + "/openapi.json describes it.", Errors: fields,
	}
}

// maxShown bounds how many faults of one request are told: whoever has more has
// sent something else than they think.
const maxShown = 16

// invalidRequest turns what huma found in a request into a problem. It takes
// over where it stands and what is wrong, and never the value.
func invalidRequest(ctx huma.Context, status int, text string, errs []error) huma.StatusError {
	if unknown := unknownType(errs); status == http.StatusUnsupportedMediaType || unknown {
		return &Problem{
			Title: http.StatusText(http.StatusUnsupportedMediaType), Status: http.StatusUnsupportedMediaType, Reason: "NOT_JSON",
			Detail: "The body is said to be something else than JSON.", Fix: "Send JSON, with Content-Type: " + jsonType + ".",
		}
	}
	if status >= http.StatusInternalServerError {
		return &Problem{Title: http.StatusText(status), Status: status, Reason: reasonInternal, Detail: text, Fix: fixInternal}
	}
	var op *huma.Operation
	var members []string
	if ctx != nil {
		op = ctx.Operation()
		members = bodyMembers(op)
	}
	var fields []FieldError
	for _, err := range errs {
		if len(fields) == maxShown {
			break
		}
		fields = append(fields, fieldError(op, members, err))
	}
	if fields == nil {
		fields = []FieldError{{"body", "is missing"}} // the only thing that huma says without a place
	}
	if isQuery(op) {
		status = http.StatusBadRequest
	}
	return refusal(status, fields...)
}

// isQuery reports whether an operation asks the directory: what is wrong with its
// parameters is a bad request, whoever finds it, this package or people.
func isQuery(op *huma.Operation) bool {
	return op != nil && op.Method == http.MethodGet && strings.HasPrefix(op.Path, Prefix+"/directory/")
}

func unknownType(errs []error) bool {
	return slices.ContainsFunc(errs, func(err error) bool {
		detail, ok := errors.AsType[*huma.ErrorDetail](err)
		return ok && strings.HasPrefix(detail.Message, huma.ErrUnknownContentType.Error())
	})
}

// fieldError is one fault, of a member or parameter as its sender knows it.
func fieldError(op *huma.Operation, members []string, err error) FieldError {
	detail, ok := errors.AsType[*huma.ErrorDetail](err)
	if !ok {
		return FieldError{"body", "can't be read"}
	}
	place, name, _ := strings.Cut(detail.Location, ".")
	if required, ok := strings.CutPrefix(detail.Message, "expected required property "); ok {
		property, _, _ := strings.Cut(required, " ")
		return FieldError{strings.TrimPrefix(name+"."+property, "."), "is missing"}
	}
	name = cmp.Or(name, place)
	shown := showable(name)
	switch {
	case detail.Message == validation.MsgUnexpectedProperty:
		return FieldError{shown, "is not known" + suggestion(name, members)}
	case detail.Message == "unknown query parameter":
		return FieldError{shown, "is not known" + suggestion(name, knownNames(op, "query"))}
	case strings.HasPrefix(detail.Message, "required "):
		return FieldError{shown, "is missing"}
	case strings.HasPrefix(detail.Message, "expected "), strings.HasPrefix(detail.Message, "invalid "):
		return FieldError{shown, "is not right: " + detail.Message}
	default:
		return FieldError{shown, detail.Message} // of unmarshal
	}
}

// maxNameBytes bounds a name that is repeated: the longest of ours has 16.
const maxNameBytes = 64

// showable is a name as an answer repeats it: what is none may be a secret in
// the wrong place.
func showable(name string) string {
	odd := func(r rune) bool {
		return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-[]", r)
	}
	if name == "" || len(name) > maxNameBytes || strings.ContainsFunc(name, odd) {
		return "a name that is not repeated here"
	}
	return name
}

// suggestion ends a sentence about a name that is not known: with the one that
// was probably meant, or all there are.
func suggestion(name string, known []string) string {
	if len(known) == 0 {
		return "; there are none here"
	}
	if nearest, ok := spelling.Nearest(name, known); ok {
		return fmt.Sprintf("; did you mean %s?", nearest)
	}
	return "; there are " + strings.Join(known, ", ")
}
