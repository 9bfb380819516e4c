// Package scimtest serves SCIM 2.0 on loopback for tests.
//
// [Start] serves a company through a public SCIM server library, so that a client
// is held against somebody else's reading of RFC 7643 and RFC 7644:
//
//	server, err := scimtest.Start(scimtest.Settings{Users: []scimtest.Person{
//		{ID: "u1", UserName: "first@example.com", Active: true},
//		{ID: "u2", UserName: "second@example.com", Active: true, ManagerID: "u1"},
//	}})
//
// [StartStrict] serves given objects through a small server of this package's own,
// which pages by cursor (RFC 9865), has the faults that real services have, and
// notes what a client does that it should not.
//
// Both want a bearer token, and give tokens for client credentials. All data is
// the caller's; nothing is kept on disk.
package scimtest
