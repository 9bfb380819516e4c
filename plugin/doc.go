// Package plugin is what the author of a connector sees: implement
// [Connector], call [Serve] in main, and the result is a program that a
// Patchbay host can load.
//
//	func main() { plugin.Serve(connector{}) }
//
// A connector has three things to say.
//
// What it is: [Connector.Describe] returns a [Description] with the schema of
// its configuration, made by [SchemaOf] from a struct, and every [Reason] for
// which it may refuse something.
//
// Whether a connection works: [Connector.Connect] gets the configuration,
// proves by trying that it is usable, and returns a [Session] and a [Report]
// of named checks ([Checklist] keeps them in order and skips those that an
// earlier failure made pointless).
//
// What is there: [Session.ListResources] names the resources, and
// [Session.Sync] reads one of them and hands it to a [Stream] page by page.
// Each page carries a cursor: given back in a later call, the listing goes on
// after that page. The stream cuts pages into messages of bounded size, drops
// repeats within a page, quarantines records that are too large, counts, and
// blocks while the host is busy: until it has taken what was sent and, where it
// sets a window, until it has stored enough of that. A connector that reads
// ahead asks [Stream.Room] how far it may.
//
// What goes wrong is a [Refusal]: whose turn it is (the class), which of the
// declared reasons, and a sentence for a person. Anything else that a
// connector returns, and any panic, reaches the host as a fault of the
// connector.
//
// The package deals in Go types of its own; the messages on the wire are those
// of package connectorv1, which an author never needs.
package plugin
