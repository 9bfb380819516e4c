// Package wire is what both ends of the process boundary agree on, written
// once: the go-plugin handshake and protocol version, the size limits of the
// contract, and how a refusal becomes a gRPC status and an exit code.
//
// Package plugin (the connector's end) and package host (the other end) import
// it; nobody else needs to.
package wire
