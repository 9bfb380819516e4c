// Ldap is the connector for LDAP directories: it reads people, and groups where
// that is wanted, from OpenLDAP, Active Directory and other servers of LDAP v3.
//
// It is a program that a Patchbay host starts. What an administrator sets up,
// and what each refusal means, is in docs/connectors/ldap.md.
package main

import "patchbay.example/plugin"

func main() { plugin.Serve(connector{}) }
