// Package directory speaks LDAP with a server, over github.com/go-ldap/ldap: it
// connects with TLS verified, binds, reads the root DSE, and lists entries page by
// page (RFC 2696) with bounds for whatever a server may send.
//
// It knows nothing about people. Whatever goes wrong is an [Error] with one of the
// reasons of this package, whether the network, TLS, an LDAP result code or Active
// Directory's code within one is the cause.
package directory
