// Package scimapi speaks with a SCIM 2.0 service provider: it knows addresses,
// credentials, failures and answers, and nothing of what a listing is.
//
// [ParseBase] reads the address that an administrator pastes. A [Client] sends
// GET requests below it, with a token from [Tokens], repeats those that fail in
// passing, and returns bodies of bounded size. [ReadList] takes a list response
// (RFC 7644 section 3.4.2) apart and leaves its resources byte for byte.
//
// Whatever goes wrong is an [*Error]: one of the reasons of this package and a
// sentence. Texts of the service are in it only after sanitise: bounded, on one
// line, without secrets.
package scimapi
