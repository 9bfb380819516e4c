// Package oktaapi talks HTTP to one Okta org: it turns what an admin pastes into credentials, gets access tokens,
// lists users, and says what Okta refused and why. It knows neither gRPC nor the connector built on it.
//
// A caller goes through three steps:
//
//	base, err := oktaapi.ParseDomain("Example.okta.com/")        // https://example.okta.com
//	key, err := oktaapi.ParsePrivateKey(pastedText, "")          // PEM or JWK, as Okta's console shows it
//	tokens := oktaapi.NewTokenSource(oktaapi.TokenSettings{Base: base, ClientID: id, Key: key, Scopes: scopes})
//	token, err := tokens.Token(ctx, nil)                         // then err = token.Authorize(request)
//
// # DPoP
//
// Each request for a token carries a proof of possession (RFC 9449) of a key pair that lives as long as the process. An
// app that demands DPoP gets tokens bound to that pair, and [Token.Authorize] then adds a proof for each request; any
// other gets Bearer tokens. The nonces that a server wants in proofs are learnt from its answers.
//
// # Errors
//
// What goes wrong between us and Okta is an [*Error]. Its Reason is one of the constants of this package and decides
// class, title and fix; its Detail is a sentence about this very case; Retry says what could help. [TokenError] and
// [APIError] read refusals of the token endpoint and of the Management API, [NetworkError] reads what happened when
// there was no answer at all. Okta's wording may change without notice: decisions rest on its codes first, and the
// description only tells rows of one code apart.
//
// # Secrets
//
// Private keys, client assertions and access tokens have types that print a placeholder with every verb of package
// fmt, in JSON and in package log/slog. They leave this package only in a request to the configured host.
package oktaapi
