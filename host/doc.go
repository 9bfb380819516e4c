// Package host runs connectors: it starts a connector's executable as a
// process of its own, speaks the contract (package connectorv1) with it, and
// hands what it reads to a consumer, page by page.
//
//	connector, err := host.Launch(ctx, host.Settings{Path: "bin/okta"})
//	defer connector.Close()
//	answer, err := connector.Connect(ctx, host.Configuration{JSON: config, Secrets: secrets})
//	resources, err := connector.ListResources(ctx)
//	summary, err := connector.Sync(ctx, host.SyncRequest{Resource: "users"}, consumer)
//
// # What the host promises
//
// A connector is foreign code. Whatever it does, the host goes on: every call
// has a deadline or an idle limit, every message, page, log line and wait a
// bound, and every rule of the contract is checked here before a consumer sees
// a page.
//
// A process that dies or hangs in a stream is an ordinary event. The host
// starts it again, connects with the same configuration, and goes on after the
// last page that the consumer accepted, at most [DefaultMaxRestarts] times
// without a page accepted in between.
//
// No process is left behind: not by Close, not by a host that is killed. And no
// host is held up: a process that does not stop when asked is killed with all
// it started.
//
// # Errors
//
// What the connector refused is a [*RefusedError]; what the host found wrong
// with the connector is a [*Fault]. Both have a class, a reason, a message and
// a fix; [Explain] reads them from any error. What the consumer returned comes
// back wrapped, and so do the context's errors.
//
// # Secrets
//
// Secrets are held by the [Connector], for restarts, and sent in Connect. They
// are in no argument, environment, file, log or error; where the connector's
// own log or error text repeats one, it is replaced.
package host
