// Package oktatest is a fake Okta tenant: as strict as Okta about who may ask
// what, as nasty as Okta on a bad day, and filled with a plausible company of
// any size. It serves real HTTP or HTTPS on a loopback address, so that a test
// of a connector runs through the same sockets as production.
//
//	tenant, err := oktatest.Start(oktatest.Settings{Users: 1000})
//	if err != nil { … }
//	defer tenant.Close()
//	connect(tenant.URL(), tenant.ClientID(), tenant.PrivateKeyPEM())
//
// # What it serves
//
//   - POST /oauth2/v1/token: client credentials with private_key_jwt, and DPoP
//   - GET /api/v1/users, with limit, after and three kinds of filter
//   - GET /api/v1/users/{id} and /api/v1/users/{id}/groups
//   - GET /api/v1/meta/types/user and /api/v1/meta/types/user/{id}
//   - GET /api/v1/groups (also with expand=stats, and with a filter by id),
//     /api/v1/groups/{id} and /api/v1/groups/{id}/users
//
// The plain list of users leaves out those with status DEPROVISIONED, as
// Okta's does; they come with filter=status eq "DEPROVISIONED".
//
// # How strict it is
//
// A client assertion is checked like Okta checks it: form, client, key id,
// algorithm, signature, audience, times, single use. Where the app requires DPoP
// each request needs a proof of its own, which is checked as RFC 9449 says:
// signature, method, address, time, single use, nonce, the token that it is for and
// the key that the token is bound to. Scopes must have been granted, the app must
// hold an admin role, cursors cannot be made up, and requests are counted against
// rate limits with Okta's headers. What Okta would
// tolerate but asks clients not to do is not refused: it is counted in
// [Stats.Violations]. Where Okta's behaviour is not documented the tenant takes
// the stricter reading.
//
// # Faults
//
// Each [Fault] names an endpoint, the requests or pages it strikes, and what
// happens to them: a refusal, a broken body, a lost cursor, a hung connection.
// [FaultKinds] lists them; [ParseFault] reads them from text such as
//
//	users:3:429                the third request for the list of users
//	users:page=7:reset-body    the first request for its page 7
//	token:1:invalid_dpop_proof the first request for a token
//
// # The company
//
// Users are computed from the seed and their index when they are asked for.
// Nobody is held, so that a million users need hardly more memory than a
// thousand. The same settings give the same users; [Tenant.User] says what a
// client must have received. All names are put together from word lists and all
// addresses end in example.com.
//
// Its records are clean: managerId is the manager's address. With
// [Settings.Untidy] some are as those of real orgs, each in one way: see
// [Blemish]; [Tenant.Truth] says what they mean.
//
// Facts about Okta come from its documentation: https://developer.okta.com/docs/api/
// (management API), .../docs/guides/implement-oauth-for-okta-serviceapp/ (tokens),
// .../docs/reference/error-codes/ and .../docs/reference/rate-limits/.
package oktatest
