// Package api is an installation over HTTP: a JSON API under /api/v1, and the
// client that speaks to it.
//
// [New] makes a handler of any [service.Operations]; [NewClient] makes
// [service.Operations] of the handler's address. What goes through both comes
// out as it went in, errors included: errors.Is and errors.As find in an error
// of the client what they would find in the operation's own, and its text is
// the same. So a command need not know whether it works on a store or asks a
// running service.
//
// The handler is described by the OpenAPI 3.1 document that it serves at
// /api/v1/openapi.json, of which openapi.json in this folder is a copy. Errors
// are problem details (RFC 9457), see [Problem]. Bodies are strict: a member
// that is not known is refused, and the one that was probably meant is named. No
// answer quotes a value that was sent, for it may be a secret in the wrong place.
//
// The handler authenticates nobody: whoever serves it stands a guard before it.
package api
