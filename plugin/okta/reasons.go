package main

import (
	"slices"

	"patchbay.example/plugin"
	"patchbay.example/plugin/okta/internal/oktaapi"
)

// reasons declares every reason that this connector may give, with its class and with what an admin does about it. A
// test keeps it complete. Console pages and boxes have the names that Okta's guide uses:
// https://developer.okta.com/docs/guides/implement-oauth-for-okta-serviceapp/main/.
var reasons = slices.Concat(settingsReasons, networkReasons, tokenReasons, apiReasons, listingReasons)

// Pages of Okta's console that several fixes send people to.
const (
	appPage      = "Okta Admin Console › Applications › Applications › your API Services app"
	keysPage     = appPage + " › General › Client Credentials › Edit"
	scopesPage   = appPage + " › Okta API Scopes"
	rolesPage    = appPage + " › Admin roles"
	ratePage     = "Okta Admin Console › Reports › Rate Limits"
	appRatePage  = appPage + " › Application rate limits"
	logPage      = "Okta Admin Console › Reports › System Log"
	statusPage   = "https://status.okta.com"
	newKey       = keysPage + ": under Public keys choose Add key, then Generate new key, copy the private key, and Save. Paste that private key here."
	untickDPoP   = appPage + " › General › General Settings › Edit: untick “Require Demonstrating Proof of Possession (DPoP) header in token requests”, Save."
	tellUs       = "This is a fault of the connector and not of your settings. Report it with the request id and the connector's version."
	tellOkta     = "Try again later. If it stays, give the request id to Okta's support."
	grantRole    = rolesPage + " › Edit assignments: choose the role Read-only Administrator, Save changes. Only a super administrator can do this."
	passesAlone  = "It usually passes by itself, and the connector tries again. If it stays, look at " + statusPage + "."
	useAnotherID = "Copy the client id from " + appPage + " › General › Client Credentials, and take care that domain and app belong to the same org."
)

func reason(name string, class plugin.Class, title, fix string) plugin.Reason {
	return plugin.Reason{Name: name, Class: class, Title: title, Fix: fix}
}

// settingsReasons are about what was pasted, and are found before any request.
var settingsReasons = []plugin.Reason{
	reason(oktaapi.ReasonDomainMissing, plugin.ConfigInvalid, "Domain missing",
		"Enter the address of your Okta org, for example example.okta.com. It is shown in the Okta Admin Console in the menu under your name."),
	reason(oktaapi.ReasonDomainInvalid, plugin.ConfigInvalid, "Domain not valid",
		"Enter the host name of your Okta org alone, for example example.okta.com. It is shown in the Okta Admin Console in the menu under your name."),
	reason(oktaapi.ReasonDomainNotASCII, plugin.ConfigInvalid, "Domain holds an unusual character",
		"Type the domain by hand instead of pasting it. For an internationalised domain enter its xn-- form."),
	reason(oktaapi.ReasonDomainHasCredentials, plugin.ConfigInvalid, "Domain holds an @",
		"Enter the host name of your Okta org alone, for example example.okta.com: no e-mail address, no user name and no password."),
	reason(oktaapi.ReasonDomainPlainHTTP, plugin.ConfigInvalid, "Domain not encrypted",
		"Write https:// instead of http://, or leave it out."),
	reason(oktaapi.ReasonDomainAdminConsole, plugin.ConfigInvalid, "Domain of the admin console",
		"Take “-admin” out of the domain: example.okta.com instead of example-admin.okta.com."),
	reason(oktaapi.ReasonDomainNotAnOrg, plugin.ConfigInvalid, "Domain of Okta's own site",
		"Enter the address of your own org, for example example.okta.com. It is shown in the Okta Admin Console in the menu under your name."),
	reason(oktaapi.ReasonClientIDMissing, plugin.ConfigInvalid, "Client id missing",
		"Copy the client id from "+appPage+" › General › Client Credentials."),
	reason(oktaapi.ReasonClientIDInvalid, plugin.ConfigInvalid, "Client id not valid",
		"Copy the client id alone from "+appPage+" › General › Client Credentials. It begins with 0oa."),
	reason(oktaapi.ReasonKeyMissing, plugin.ConfigInvalid, "Private key missing",
		"Paste the private key, or give env:NAME or file:PATH. Without one: "+newKey),
	reason(oktaapi.ReasonKeyUnreadable, plugin.ConfigInvalid, "Private key not readable",
		"Paste the private key whole, either as PEM, from -----BEGIN PRIVATE KEY----- to -----END PRIVATE KEY-----, or as JWK, from the first brace to the last. If it is lost: "+newKey),
	reason(oktaapi.ReasonKeyTruncated, plugin.ConfigInvalid, "Private key cut off",
		"Copy the private key again, from its BEGIN line to its END line. A field that keeps only one line needs \\n in place of the line ends, or file:PATH."),
	reason(oktaapi.ReasonKeyPublic, plugin.ConfigInvalid, "Public key instead of the private key",
		"Paste the private key of the pair. Okta's console shows it once; if it is lost: "+newKey),
	reason(oktaapi.ReasonKeyEncrypted, plugin.ConfigInvalid, "Private key encrypted",
		"Remove the pass phrase with “openssl pkey -in key.pem -out plain.pem” and give file:plain.pem, readable by nobody but you."),
	reason(oktaapi.ReasonKeyTooShort, plugin.ConfigInvalid, "Private key too short",
		"Okta takes RSA keys of 2048 bits and more. "+newKey),
	reason(oktaapi.ReasonKeyCurveUnsupported, plugin.ConfigInvalid, "Elliptic curve not supported",
		"Okta takes EC keys on P-256, P-384 and P-521. Make a key on one of these, or an RSA key: "+newKey),
	reason(oktaapi.ReasonKeyEdDSA, plugin.ConfigInvalid, "Key type not supported by Okta",
		"Okta takes no Ed25519, Ed448, X25519 or X448 keys. Use an RSA key: "+newKey),
	reason(oktaapi.ReasonKeyTypeUnsupported, plugin.ConfigInvalid, "Neither an RSA nor an EC key",
		"Okta takes RSA and EC keys. "+newKey),
	reason(oktaapi.ReasonKeySymmetric, plugin.ConfigInvalid, "Shared secret instead of a private key",
		"A JWK with kty “oct” cannot be used. Use an RSA key: "+newKey),
	reason(oktaapi.ReasonKeyClientSecret, plugin.ConfigInvalid, "Client secret instead of a private key",
		keysPage+": choose Public key / Private key as client authentication, Add key, Generate new key, copy the private key, and Save. Paste that private key here."),
	reason(oktaapi.ReasonKeyCertificate, plugin.ConfigInvalid, "Certificate instead of a private key",
		"Paste the private key that belongs to the certificate, and register its public half at "+keysPage+"."),
	reason(oktaapi.ReasonKeyCertificateRequest, plugin.ConfigInvalid, "Certificate request instead of a private key",
		"Paste the private key that was made together with the request, and register its public half at "+keysPage+"."),
	reason(oktaapi.ReasonKeySSH, plugin.ConfigInvalid, "Key in SSH format",
		"Convert a copy of the private key with “ssh-keygen -p -m PKCS8 -f COPY” and paste the copy, or better make a key for this app alone: "+newKey),
	reason(oktaapi.ReasonKeySetEmpty, plugin.ConfigInvalid, "Key set without a key",
		"Paste the private key itself, as PEM or as a single JWK. If there is none: "+newKey),
	reason(oktaapi.ReasonKeySetSeveral, plugin.ConfigInvalid, "Several private keys",
		"Paste the one private key whose key id is listed as active at "+appPage+" › General › Public keys, and no other."),
	reason(oktaapi.ReasonKeyInconsistent, plugin.ConfigInvalid, "Private key damaged",
		"Copy the private key again from where it is kept. If it stays damaged: "+newKey),
	reason(oktaapi.ReasonKeyAlgorithmUnsupported, plugin.ConfigInvalid, "Algorithm of the key not supported",
		"Set “alg” in the JWK to RS256, RS384 or RS512 for an RSA key, to ES256, ES384 or ES512 by curve for an EC key, or take it out."),
	reason(oktaapi.ReasonKeyUse, plugin.ConfigInvalid, "Key not meant for signatures",
		"Use a key whose “use” is “sig”. "+newKey),
	reason(oktaapi.ReasonKeyIDContradiction, plugin.ConfigInvalid, "Two different key ids",
		"Leave the key id empty, or paste the private key that belongs to it. The ids in use are listed at "+appPage+" › General › Public keys."),
	reason(oktaapi.ReasonKeyIDInvalid, plugin.ConfigInvalid, "Key id not valid",
		"Copy the KID from "+appPage+" › General › Public keys, or leave the key id empty if the app has one key only."),
}
