package main

import (
	"slices"

	"patchbay.example/plugin"
	"patchbay.example/plugin/scim/internal/scimapi"
)

// reasons declares every reason that this connector may give, with its class and
// with what an administrator does about it. A test makes each of them happen.
var reasons = slices.Concat(settingsReasons, networkReasons, answerReasons, tokenReasons, listingReasons)

// Where several fixes send people to. Each service calls its pages by names of its
// own; these are the common ones.
const (
	scimPage     = "the page of the service's administration that offers SCIM (often Settings › Security, Provisioning or API)"
	passesAlone  = "It usually passes by itself, and the connector tries again. If it stays, look at the service's status page."
	tellProvider = "Tell the service's provider, with the request id if the message has one."
)

func reason(name string, class plugin.Class, title, fix string) plugin.Reason {
	return plugin.Reason{Name: name, Class: class, Title: title, Fix: fix}
}

// settingsReasons are about what was entered, and are found before any request.
var settingsReasons = []plugin.Reason{
	// One of the SDK's own, with what helps here.
	reason(plugin.ReasonResourceUnknown, plugin.ConfigInvalid, "No such resource",
		"Ask for users; for groups and memberships, switch groups on in the configuration first."),
	reason(scimapi.ReasonAddressInvalid, plugin.ConfigInvalid, "Base URL not valid",
		"Copy the SCIM base URL from "+scimPage+", for example https://example.com/scim/v2."),
	reason(scimapi.ReasonAddressPlainHTTP, plugin.ConfigInvalid, "Address not encrypted",
		"Write https:// instead of http://. Plain http is for a service on this machine only."),
	reason(scimapi.ReasonAddressHasCredentials, plugin.ConfigInvalid, "Address with credentials",
		"Take user name and password out of the address: what stands before its @. Enter the token as bearer token, or use client credentials."),
	reason(scimapi.ReasonTokenMissing, plugin.ConfigInvalid, "Bearer token missing",
		"Create a token at "+scimPage+" and enter it as bearer token; or choose client_credentials as authentication."),
	reason(scimapi.ReasonTokenInvalid, plugin.ConfigInvalid, "Bearer token not valid",
		"Copy the token alone, in one line, from where the service showed it. If it is lost, create another one at "+scimPage+"."),
	reason(scimapi.ReasonClientIncomplete, plugin.ConfigInvalid, "Client credentials incomplete",
		"Enter token URL, client id and client secret; or choose bearer as authentication and enter a token."),
	reason(scimapi.ReasonTokenAddressInvalid, plugin.ConfigInvalid, "Token URL not valid",
		"Copy the URL of the OAuth 2.0 token endpoint from the page on which the client was registered."),
	reason(scimapi.ReasonAttributeInvalid, plugin.ConfigInvalid, "Attribute's name not valid",
		"Write names as RFC 7644 section 3.10 has them, for example photos, name.formatted or urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:costCenter, and 50 at most."),
}

// networkReasons are about the way to the service, and about others who answer in
// its place.
var networkReasons = []plugin.Reason{
	reason(scimapi.ReasonHostNotFound, plugin.ConfigInvalid, "No such host",
		"Check the spelling of the address. If it is right, check that this machine can look up that name."),
	reason(scimapi.ReasonNameServiceUnavailable, plugin.ServiceUnavailable, "Name service not answering",
		"Check this machine's DNS settings and its connection to the network."),
	reason(scimapi.ReasonConnectionFailed, plugin.ServiceUnavailable, "No connection",
		"Check host and port of the address. If they are right, ask your network team to allow outgoing HTTPS from this machine to it."),
	reason(scimapi.ReasonTimedOut, plugin.ServiceUnavailable, "No answer in time",
		"Check that this machine reaches the address, directly or through the proxy named by HTTPS_PROXY. A smaller page size helps a slow service."),
	reason(scimapi.ReasonCertificateRefused, plugin.ServiceUnavailable, "Certificate not trusted",
		"Check host and this machine's clock. If the certificate is of an authority of your own, or your network inspects TLS, give the root certificate in a file named by SSL_CERT_FILE."),
	reason(scimapi.ReasonTLSFailed, plugin.ConfigInvalid, "No TLS at this address",
		"Check host and port: what answers there speaks no HTTPS with TLS 1.2 or 1.3. A proxy in between does the same."),
	reason(scimapi.ReasonProxyFailed, plugin.ServiceUnavailable, "Proxy not usable",
		"Check the address in HTTPS_PROXY, with user name and password if it wants a sign-in (http://USER:PASSWORD@HOST:PORT), or add the service's host to NO_PROXY."),
}

// answerReasons are about what came instead of what was asked for.
var answerReasons = []plugin.Reason{
	reason(scimapi.ReasonNotSCIM, plugin.ConfigInvalid, "Web page instead of SCIM",
		"Enter the address of the SCIM API and not that of the web site; it often ends in /scim/v2. If it is right, open it in a browser on this machine: a sign-in page of the network in between does the same."),
	reason(scimapi.ReasonAddressWrong, plugin.ConfigInvalid, "No SCIM at this address",
		"Copy the SCIM base URL from "+scimPage+". Users stand at that URL with /Users behind it; many services want /scim/v2 or /v2 before that."),
	reason(scimapi.ReasonRedirected, plugin.ConfigInvalid, "Redirect instead of an answer",
		"Enter the address that the redirect leads to, if it is the service's own: redirects are not followed, because they would carry your credentials elsewhere."),
	reason(scimapi.ReasonTokenRejected, plugin.CredentialsRejected, "Token rejected",
		"Create another token at "+scimPage+" and enter it: this one is not the service's, has expired or was revoked. Check too that base URL and token belong to the same account."),
	reason(scimapi.ReasonAccessDenied, plugin.PermissionMissing, "Access denied",
		"Let the token, or the administrator who created it, read users and, if they are asked for, groups, at "+scimPage+". Some services offer SCIM in certain plans only, or from listed addresses only."),
	reason(scimapi.ReasonRateLimited, plugin.RateLimited, "Too many requests",
		"Run again later. If it stays, look at what else uses this token, and enter a larger page size: that takes fewer requests."),
	reason(scimapi.ReasonServiceUnavailable, plugin.ServiceUnavailable, "Service not available", passesAlone),
	reason(scimapi.ReasonFilterRefused, plugin.ConfigInvalid, "Filter refused",
		"Correct the filter (RFC 7644 section 3.4.2.2), for example active eq true, or leave it empty: a service supports as much of the language as it likes."),
	reason(scimapi.ReasonTooMany, plugin.ConfigInvalid, "More than the service lists",
		"Enter a smaller page size, choose cursor as paging if the service has it, or enter a filter that leaves fewer users."),
	reason(scimapi.ReasonRequestRefused, plugin.ServiceMisbehaved, "Request refused",
		"Read the service's own words in the message. A service that does not know a parameter may accept another paging, no filter or no attributes to leave out. Else: "+tellProvider),
	reason(scimapi.ReasonAnswerUnreadable, plugin.ServiceMisbehaved, "Answer not readable",
		"It may pass by itself. If it stays, check that no proxy changes answers, and that the address is that of the SCIM API. Else: "+tellProvider),
	reason(scimapi.ReasonAnswerNotList, plugin.ServiceMisbehaved, "Answer is no list",
		"Check that the base URL is that of a SCIM 2.0 API: another API of the same service answers in other forms. Else: "+tellProvider),
	reason(scimapi.ReasonAnswerTooLarge, plugin.ServiceMisbehaved, "Answer too large",
		"Enter a smaller page size, and leave out attributes that are large, such as photos. Memberships of a group whose members alone take more than that can't be read: switch groups off."),
}

// tokenReasons are about the OAuth token endpoint.
var tokenReasons = []plugin.Reason{
	reason(scimapi.ReasonClientRejected, plugin.CredentialsRejected, "Client rejected",
		"Copy client id and secret again from the page on which the client was registered, and check that the client may use the client credentials grant. Some token endpoints want client_secret_post as client authentication."),
	reason(scimapi.ReasonScopeRefused, plugin.PermissionMissing, "Scope refused",
		"Correct the scope, or let an administrator of the identity provider grant it to the client."),
	reason(scimapi.ReasonTokenRequestRefused, plugin.CredentialsRejected, "Token refused",
		"Read the token endpoint's own words in the message. The client must be allowed the client credentials grant."),
	reason(scimapi.ReasonTokenAddressWrong, plugin.ConfigInvalid, "No token endpoint at this address",
		"Copy the token URL from the identity provider; its metadata at /.well-known/openid-configuration calls it token_endpoint."),
}

// listingReasons are about lists.
var listingReasons = []plugin.Reason{
	reason(scimapi.ReasonPlaceLost, plugin.NoClass, "Place in the list lost",
		"Nothing: the listing begins again by itself."),
	reason(scimapi.ReasonPlaceLostTooOften, plugin.CursorLost, "Place in the list lost too often",
		"Run again when fewer people are added and removed, or enter a larger page size, so that a listing takes less time. If it stays, choose cursor as paging, or ask the provider for a stable order of lists."),
	reason(scimapi.ReasonListingStuck, plugin.ServiceMisbehaved, "List does not go on",
		"Choose another paging (index or cursor), or enter the page size that the service prescribes. Else: "+tellProvider),
	reason(scimapi.ReasonListingIncomplete, plugin.ServiceMisbehaved, "List ends too early",
		"Choose index as paging, or run again. If it stays: "+tellProvider),
	reason(scimapi.ReasonCursorTooLong, plugin.ServiceMisbehaved, "The service's cursor is too long",
		"Choose index as paging. Else: "+tellProvider),
	reason(scimapi.ReasonNobodySeen, plugin.PermissionMissing, "Nobody to be seen",
		"Let the token see users: at "+scimPage+" give its role the right to read all of them. A service that shows only users whom it was given by SCIM itself has none to show before that."),
	reason(scimapi.ReasonFilterMatchesNobody, plugin.ConfigInvalid, "Filter matches nobody",
		"Correct the filter, or leave it empty. If users should match, let the token see them."),
	reason(scimapi.ReasonConfigurationMissing, plugin.NoClass, "Service does not describe itself",
		"Nothing, if users can be listed. If they can't, check the base URL; if pages are refused, choose paging and page size by hand."),
	reason(scimapi.ReasonSchemasMissing, plugin.NoClass, "Resource types not named",
		"Nothing, if users can be listed."),
	reason(scimapi.ReasonGroupsUnavailable, plugin.NoClass, "Groups can't be listed",
		"Let the token read groups at "+scimPage+", or switch groups off."),
}
