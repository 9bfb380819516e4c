// Okta is the connector for Okta: it reads the people of an org through an API
// Services app.
//
// It is a program that a Patchbay host starts. What an administrator sets up,
// and what each refusal means, is in docs/okta-setup.md.
package main

import "patchbay.example/plugin"

func main() { plugin.Serve(connector{}) }
