package scimapi

// Reasons are the stable, machine-readable half of an [Error]; the table in
// package main of plugin/scim gives each a class, a title and a fix. Names are
// part of what users script against: never rename one, only add.

// The configuration cannot be used. Found before any request.
const (
	// ReasonAddressInvalid says that the base URL is no URL of a SCIM service.
	ReasonAddressInvalid = "ADDRESS_INVALID"
	// ReasonAddressPlainHTTP says that an address is not encrypted.
	ReasonAddressPlainHTTP = "ADDRESS_PLAIN_HTTP"
	// ReasonAddressHasCredentials says that an address holds a user name or a password.
	ReasonAddressHasCredentials = "ADDRESS_HAS_CREDENTIALS"
	// ReasonTokenMissing says that no bearer token was given.
	ReasonTokenMissing = "TOKEN_MISSING"
	// ReasonTokenInvalid says that the text can't be a bearer token.
	ReasonTokenInvalid = "TOKEN_INVALID"
	// ReasonClientIncomplete says that a part of the client credentials is missing.
	ReasonClientIncomplete = "CLIENT_INCOMPLETE"
	// ReasonTokenAddressInvalid says that the token URL is none.
	ReasonTokenAddressInvalid = "TOKEN_ADDRESS_INVALID"
	// ReasonAttributeInvalid says that a name among the excluded attributes is none.
	ReasonAttributeInvalid = "ATTRIBUTE_INVALID"
)

// The address could not be reached.
const (
	// ReasonHostNotFound says that the name service knows no such host.
	ReasonHostNotFound = "HOST_NOT_FOUND"
	// ReasonNameServiceUnavailable says that the name service did not answer.
	ReasonNameServiceUnavailable = "NAME_SERVICE_UNAVAILABLE"
	// ReasonConnectionFailed says that there was no connection, or that it broke.
	ReasonConnectionFailed = "CONNECTION_FAILED"
	// ReasonTimedOut says that no answer, or not all of it, came in time.
	ReasonTimedOut = "TIMED_OUT"
	// ReasonCertificateRefused says that the certificate can't be trusted.
	ReasonCertificateRefused = "CERTIFICATE_REFUSED"
	// ReasonTLSFailed says that no TLS connection came about.
	ReasonTLSFailed = "TLS_FAILED"
	// ReasonProxyFailed says that the proxy of the environment could not be used.
	ReasonProxyFailed = "PROXY_FAILED"
)

// The service answered, and not with what was asked for.
const (
	// ReasonNotSCIM says that something else than a SCIM service answered, such
	// as a web page.
	ReasonNotSCIM = "NOT_SCIM"
	// ReasonAddressWrong says that there is nothing at the address (404).
	ReasonAddressWrong = "ADDRESS_WRONG"
	// ReasonRedirected says that the answer is a redirect, which is never followed.
	ReasonRedirected = "REDIRECTED"
	// ReasonTokenRejected says that the service refuses the token (401).
	ReasonTokenRejected = "TOKEN_REJECTED"
	// ReasonAccessDenied says that the token may not read this (403).
	ReasonAccessDenied = "ACCESS_DENIED"
	// ReasonRateLimited says that the service wants fewer requests (429).
	ReasonRateLimited = "RATE_LIMITED"
	// ReasonServiceUnavailable says that the service can't serve at the moment (5xx).
	ReasonServiceUnavailable = "SERVICE_UNAVAILABLE"
	// ReasonFilterRefused says that the service does not take the filter.
	ReasonFilterRefused = "FILTER_REFUSED"
	// ReasonTooMany says that the service won't list as much as that.
	ReasonTooMany = "TOO_MANY_RESULTS"
	// ReasonRequestRefused says that the service refuses the request for another cause.
	ReasonRequestRefused = "REQUEST_REFUSED"
	// ReasonAnswerUnreadable says that an answer is not JSON, or not whole.
	ReasonAnswerUnreadable = "ANSWER_UNREADABLE"
	// ReasonAnswerNotList says that an answer is JSON and no list of resources.
	ReasonAnswerNotList = "ANSWER_NOT_A_LIST"
	// ReasonAnswerTooLarge says that an answer exceeds the limit of a page.
	ReasonAnswerTooLarge = "ANSWER_TOO_LARGE"
)

// The token endpoint refused.
const (
	// ReasonClientRejected says that the client credentials are not accepted.
	ReasonClientRejected = "CLIENT_REJECTED"
	// ReasonScopeRefused says that the scope is not granted to the client.
	ReasonScopeRefused = "SCOPE_REFUSED"
	// ReasonTokenRequestRefused says that the token endpoint refuses for another cause.
	ReasonTokenRequestRefused = "TOKEN_REQUEST_REFUSED"
	// ReasonTokenAddressWrong says that what answers at the token URL is no token endpoint.
	ReasonTokenAddressWrong = "TOKEN_ADDRESS_WRONG"
)

// Listings.
const (
	// ReasonPlaceLost says that the service lost our place in a list, or that
	// the list changed under us; it explains a restart.
	ReasonPlaceLost = "PLACE_LOST"
	// ReasonPlaceLostTooOften says that this happened more often than a listing
	// may begin again.
	ReasonPlaceLostTooOften = "PLACE_LOST_TOO_OFTEN"
	// ReasonListingStuck says that a page brought nobody new and was not the last.
	ReasonListingStuck = "LISTING_STUCK"
	// ReasonListingIncomplete says that the list ended before its own total.
	ReasonListingIncomplete = "LISTING_INCOMPLETE"
	// ReasonCursorTooLong says that a cursor of the service is longer than can be kept.
	ReasonCursorTooLong = "SERVICE_CURSOR_TOO_LONG"
	// ReasonNobodySeen says that the list of users is empty.
	ReasonNobodySeen = "NOBODY_SEEN"
	// ReasonFilterMatchesNobody says that the list of users is empty with the filter.
	ReasonFilterMatchesNobody = "FILTER_MATCHES_NOBODY"
)

// Warnings of Connect.
const (
	// ReasonConfigurationMissing says that the service does not describe itself.
	ReasonConfigurationMissing = "SERVICE_CONFIGURATION_MISSING"
	// ReasonSchemasMissing says that the service does not name its resource types.
	ReasonSchemasMissing = "RESOURCE_TYPES_MISSING"
	// ReasonGroupsUnavailable says that groups can't be listed.
	ReasonGroupsUnavailable = "GROUPS_UNAVAILABLE"
)
