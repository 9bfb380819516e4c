// Scim is the connector for SCIM 2.0 (RFC 7643, RFC 7644, RFC 9865): it reads
// users, and groups with their members where asked to, from any service provider
// that speaks it.
//
// It is a program that a Patchbay host starts. What an administrator sets up, and
// what each refusal means, is in docs/connectors/scim.md.
//
// A listing is a [listing] of pages. How a page is asked for, and how the end is
// known, differs by the kind of paging: [listing.byIndex] takes each page so that
// it overlaps the one before by one resource, and so notices when the list has
// changed under it; [listing.byCursor] follows the service's own cursors. Both
// hand what is new to [listing.emit], which makes records of it.
package main

import "patchbay.example/plugin"

func main() { plugin.Serve(connector{}) }
