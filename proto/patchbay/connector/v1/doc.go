// Package connectorv1 is the contract between a Patchbay host and a connector:
// the generated Go of protobuf package patchbay.connector.v1.
//
// The comments in the .proto files are the reference, for authors in any
// language. What protobuf can't say is this.
//
// # Starting
//
// A host starts a connector as a subprocess with the handshake of
// hashicorp/go-plugin: the environment holds the cookie
// PATCHBAY_CONNECTOR=5f0f1c3e-patchbay-connector, the protocol versions that
// the host speaks (PLUGIN_PROTOCOL_VERSIONS, today "1") and, since mutual TLS
// is always on, the host's certificate (PLUGIN_CLIENT_CERT). The connector
// listens on a Unix socket in PLUGIN_UNIX_SOCKET_DIR (loopback TCP on Windows)
// and writes one line to standard output:
//
//	1|1|unix|/path/to/socket|grpc|base64-of-its-certificate
//
// Nothing may be written to standard output before it. Of the environment
// nothing else can be relied on, PATH least of all; no secret is ever in it.
// PATCHBAY_LOG_LEVEL is DEBUG, INFO, WARN or ERROR.
//
// # Living
//
// Standard error is the log: one JSON object a line with "time", "level",
// "msg" and attributes, as log/slog writes it; anything else is kept as text.
// Besides ConnectorService the connector serves go-plugin's own services
// (health, GRPCController, GRPCStdio). No message may exceed 4 MiB.
//
// # Ending
//
// The host holds the connector's standard input open and writes nothing to it.
// At its end of file the host is gone, however it died, and the connector
// exits. It also exits when GRPCController.Shutdown is called, and on SIGTERM.
// No clean-up at exit can be relied on.
package connectorv1
