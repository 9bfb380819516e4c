package oktatest_test

import (
	"fmt"

	"patchbay.example/plugin/okta/oktatest"
)

// A tenant of a thousand people that loses the client's place on page 3, once,
// and lets nobody in who asks for more than its scopes.
func ExampleStart() {
	fault, err := oktatest.ParseFault("users:page=3:cursor-lost")
	if err != nil {
		fmt.Println(err)
		return
	}
	tenant, err := oktatest.Start(oktatest.Settings{
		Users:  1000,
		Grants: []string{oktatest.ScopeUsersRead},
		Faults: []oktatest.Fault{fault},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer tenant.Close()
	// Here a client connects to tenant.URL() as tenant.ClientID() with
	// tenant.PrivateKeyPEM(), and lists the users.
	fmt.Println(tenant.Listed(), "listed,", tenant.Deprovisioned(), "deprovisioned")
	fmt.Println(tenant.Stats().Requests[oktatest.EndpointUsers], "requests for pages so far")
	// Output:
	// 1000 listed, 50 deprovisioned
	// 0 requests for pages so far
}

// A fault that cannot be read says what would be right.
func ExampleParseFault() {
	_, err := oktatest.ParseFault("users:page=7:explode-quietly")
	fmt.Println(err != nil)
	fault, err := oktatest.ParseFault("users:page=7x3:429=5s")
	fmt.Println(fault, err)
	// Output:
	// true
	// users:page=7x3:429=5s <nil>
}
