package oktaapi

// The reasons for which this connector refuses a connection, ends a listing, waits, or warns. They are the stable,
// machine-readable half of an [Error]; the table in package main of plugin/okta gives each a class, a title and a fix.
// Names are part of what users script against: never rename one, only add.

// The configured domain cannot be used. Found before any request.
const (
	// ReasonDomainMissing says that no domain was given.
	ReasonDomainMissing = "DOMAIN_MISSING"
	// ReasonDomainInvalid says that the domain is no host name.
	ReasonDomainInvalid = "DOMAIN_INVALID"
	// ReasonDomainNotASCII says that the domain holds a character that no host name on the wire has.
	ReasonDomainNotASCII = "DOMAIN_NOT_ASCII"
	// ReasonDomainHasCredentials says that the domain holds an “@”.
	ReasonDomainHasCredentials = "DOMAIN_HAS_CREDENTIALS"
	// ReasonDomainPlainHTTP says that the domain begins with http:// and is not on this machine.
	ReasonDomainPlainHTTP = "DOMAIN_PLAIN_HTTP"
	// ReasonDomainAdminConsole says that the domain is that of the admin console (…-admin.okta.com).
	ReasonDomainAdminConsole = "DOMAIN_ADMIN_CONSOLE"
	// ReasonDomainNotAnOrg says that the domain is a web site of Okta's own.
	ReasonDomainNotAnOrg = "DOMAIN_NOT_AN_ORG"
)

// The configured client id cannot be used. Found before any request.
const (
	// ReasonClientIDMissing says that no client id was given.
	ReasonClientIDMissing = "CLIENT_ID_MISSING"
	// ReasonClientIDInvalid says that the client id cannot be one.
	ReasonClientIDInvalid = "CLIENT_ID_INVALID"
)

// The configured private key cannot be used. Found before any request.
const (
	// ReasonKeyMissing says that no private key was given.
	ReasonKeyMissing = "KEY_MISSING"
	// ReasonKeyUnreadable says that the text is no key in any format known here.
	ReasonKeyUnreadable = "KEY_UNREADABLE"
	// ReasonKeyTruncated says that a PEM text has its first or its last line only.
	ReasonKeyTruncated = "KEY_TRUNCATED"
	// ReasonKeyPublic says that the key is the public half.
	ReasonKeyPublic = "KEY_PUBLIC"
	// ReasonKeyEncrypted says that the key is protected by a pass phrase.
	ReasonKeyEncrypted = "KEY_ENCRYPTED"
	// ReasonKeyTooShort says that an RSA key has fewer than 2048 bits.
	ReasonKeyTooShort = "KEY_TOO_SHORT"
	// ReasonKeyCurveUnsupported says that an elliptic curve is none of P-256, P-384 and P-521.
	ReasonKeyCurveUnsupported = "KEY_CURVE_UNSUPPORTED"
	// ReasonKeyEdDSA says that the key is an Ed25519, Ed448, X25519 or X448 key.
	ReasonKeyEdDSA = "KEY_EDDSA"
	// ReasonKeyTypeUnsupported says that the key is neither an RSA nor an EC key, for example a DSA key.
	ReasonKeyTypeUnsupported = "KEY_TYPE_UNSUPPORTED"
	// ReasonKeySymmetric says that the JWK is a shared secret (kty "oct").
	ReasonKeySymmetric = "KEY_SYMMETRIC"
	// ReasonKeyClientSecret says that the text looks like a client secret.
	ReasonKeyClientSecret = "KEY_CLIENT_SECRET"
	// ReasonKeyCertificate says that the text is a certificate.
	ReasonKeyCertificate = "KEY_CERTIFICATE"
	// ReasonKeyCertificateRequest says that the text is a certificate signing request.
	ReasonKeyCertificateRequest = "KEY_CERTIFICATE_REQUEST"
	// ReasonKeySSH says that the key is in OpenSSH's or PuTTY's own format.
	ReasonKeySSH = "KEY_SSH"
	// ReasonKeySetEmpty says that a JWK set holds no key.
	ReasonKeySetEmpty = "KEY_SET_EMPTY"
	// ReasonKeySetSeveral says that more than one private key was given.
	ReasonKeySetSeveral = "KEY_SET_SEVERAL"
	// ReasonKeyInconsistent says that the parts of the key do not belong together.
	ReasonKeyInconsistent = "KEY_INCONSISTENT"
	// ReasonKeyAlgorithmUnsupported says that the JWK's "alg" is not one that Okta takes for this kind of key.
	ReasonKeyAlgorithmUnsupported = "KEY_ALGORITHM_UNSUPPORTED"
	// ReasonKeyUse says that the JWK is meant for encryption (use "enc").
	ReasonKeyUse = "KEY_USE"
	// ReasonKeyIDContradiction says that the configured key id and the JWK's differ.
	ReasonKeyIDContradiction = "KEY_ID_CONTRADICTION"
	// ReasonKeyIDInvalid says that the configured key id cannot be one.
	ReasonKeyIDInvalid = "KEY_ID_INVALID"
)

// The address could not be reached, or somebody else answered there.
const (
	// ReasonHostNotFound says that the domain has no entry in the name service.
	ReasonHostNotFound = "HOST_NOT_FOUND"
	// ReasonNameServiceUnavailable says that the name service did not answer.
	ReasonNameServiceUnavailable = "NAME_SERVICE_UNAVAILABLE"
	// ReasonConnectionRefused says that nothing listens at the address.
	ReasonConnectionRefused = "CONNECTION_REFUSED"
	// ReasonHostUnreachable says that there is no route to the address.
	ReasonHostUnreachable = "HOST_UNREACHABLE"
	// ReasonConnectionReset says that the connection broke.
	ReasonConnectionReset = "CONNECTION_RESET"
	// ReasonTimedOut says that no answer, or not all of it, came in time.
	ReasonTimedOut = "TIMED_OUT"
	// ReasonTLSUnknownAuthority says that this machine does not know who signed the certificate.
	ReasonTLSUnknownAuthority = "TLS_UNKNOWN_AUTHORITY"
	// ReasonTLSNameMismatch says that the certificate is for another host name.
	ReasonTLSNameMismatch = "TLS_NAME_MISMATCH"
	// ReasonTLSCertificateExpired says that the certificate is not valid at this machine's time.
	ReasonTLSCertificateExpired = "TLS_CERTIFICATE_EXPIRED"
	// ReasonTLSNotSpoken says that the answer at an https address was not TLS.
	ReasonTLSNotSpoken = "TLS_NOT_SPOKEN"
	// ReasonTLSFailed says that the TLS handshake failed for another cause.
	ReasonTLSFailed = "TLS_FAILED"
	// ReasonProxyFailed says that the configured proxy could not be used.
	ReasonProxyFailed = "PROXY_FAILED"
	// ReasonProxyAuthenticationRequired says that the proxy wants a user name and a password (HTTP 407).
	ReasonProxyAuthenticationRequired = "PROXY_AUTHENTICATION_REQUIRED"
	// ReasonNetworkFailed says that the request failed on the network for a cause with no reason of its own.
	ReasonNetworkFailed = "NETWORK_FAILED"
	// ReasonCaptivePortal says that a web page came where Okta answers JSON.
	ReasonCaptivePortal = "CAPTIVE_PORTAL"
	// ReasonRedirected says that the answer was a redirect, which is never followed: the request carries credentials.
	ReasonRedirected = "REDIRECTED"
	// ReasonAddressWrong says that there is no Okta API at the address (HTTP 404 without one of Okta's codes).
	ReasonAddressWrong = "ADDRESS_WRONG"
)

// The token endpoint refused. One row of the table of OAuth errors each, and one more for each OAuth error whose
// description is not known here.
const (
	// ReasonClientUnknown says that the org has no app with this client id.
	ReasonClientUnknown = "CLIENT_UNKNOWN"
	// ReasonClientCredentialsMissing says that Okta found no credentials in the request.
	ReasonClientCredentialsMissing = "CLIENT_CREDENTIALS_MISSING"
	// ReasonClientAuthenticationFailed is invalid_client without a cause that is known here.
	ReasonClientAuthenticationFailed = "CLIENT_AUTHENTICATION_FAILED"
	// ReasonClientAuthenticationMethod says that the app is set to a client secret.
	ReasonClientAuthenticationMethod = "CLIENT_AUTHENTICATION_METHOD"
	// ReasonClientNotServiceApp says that the app is not an API Services app.
	ReasonClientNotServiceApp = "CLIENT_NOT_SERVICE_APP"
	// ReasonAssertionIssuerRejected says that Okta did not take iss or sub for a client id.
	ReasonAssertionIssuerRejected = "ASSERTION_ISSUER_REJECTED"
	// ReasonAssertionAudienceRejected says that Okta knows itself by another address than the one configured.
	ReasonAssertionAudienceRejected = "ASSERTION_AUDIENCE_REJECTED"
	// ReasonAssertionExpiryMissing says that Okta found no exp claim.
	ReasonAssertionExpiryMissing = "ASSERTION_EXPIRY_MISSING"
	// ReasonClockSkew says that this machine's clock and Okta's differ by more than Okta takes.
	ReasonClockSkew = "CLOCK_SKEW"
	// ReasonAssertionReplayed says that Okta has seen the assertion before.
	ReasonAssertionReplayed = "ASSERTION_REPLAYED"
	// ReasonSignatureInvalid says that the private key does not fit the public key registered for the app.
	ReasonSignatureInvalid = "SIGNATURE_INVALID"
	// ReasonAssertionUnreadable says that Okta could not parse the assertion.
	ReasonAssertionUnreadable = "ASSERTION_UNREADABLE"
	// ReasonKeyIDUnknown says that the app has no public key with this key id.
	ReasonKeyIDUnknown = "KEY_ID_UNKNOWN"
	// ReasonAssertionAlgorithmRejected says that the signature algorithm does not fit the registered key.
	ReasonAssertionAlgorithmRejected = "ASSERTION_ALGORITHM_REJECTED"
	// ReasonClientKeysInvalid says that the app's registered keys are unusable.
	ReasonClientKeysInvalid = "CLIENT_KEYS_INVALID"
	// ReasonClientKeysMissing says that no public key is registered for the app.
	ReasonClientKeysMissing = "CLIENT_KEYS_MISSING"
	// ReasonClientKeyUse says that the registered key is not meant for signatures.
	ReasonClientKeyUse = "CLIENT_KEY_USE"
	// ReasonKeysURLUnreachable says that Okta could not fetch the app's keys from their URL.
	ReasonKeysURLUnreachable = "KEYS_URL_UNREACHABLE"
	// ReasonKeysURLNoKey says that the app's keys URL holds no fitting key.
	ReasonKeysURLNoKey = "KEYS_URL_NO_KEY"
	// ReasonKeysURLAmbiguous says that several keys at the app's keys URL fit.
	ReasonKeysURLAmbiguous = "KEYS_URL_AMBIGUOUS"
	// ReasonClientCredentialsRepeated says that Okta saw several client credentials in one request.
	ReasonClientCredentialsRepeated = "CLIENT_CREDENTIALS_REPEATED"
	// ReasonTokenRequestInvalid is invalid_request at the token endpoint.
	ReasonTokenRequestInvalid = "TOKEN_REQUEST_INVALID"
	// ReasonScopesNotRequested says that the request named no scope.
	ReasonScopesNotRequested = "SCOPES_NOT_REQUESTED"
	// ReasonScopeUnknown says that the request named a scope that this org does not have.
	ReasonScopeUnknown = "SCOPE_UNKNOWN"
	// ReasonScopeInvalid is invalid_scope for another cause, such as openid with client credentials.
	ReasonScopeInvalid = "SCOPE_INVALID"
	// ReasonConsentMissing says that none of the requested scopes is granted to the app.
	ReasonConsentMissing = "CONSENT_MISSING"
	// ReasonGrantTypeNotAllowed says that the app may not use client credentials.
	ReasonGrantTypeNotAllowed = "GRANT_TYPE_NOT_ALLOWED"
	// ReasonGrantTypeUnsupported says that the server does not know client credentials.
	ReasonGrantTypeUnsupported = "GRANT_TYPE_UNSUPPORTED"
	// ReasonDPoPRequired says that the app demands DPoP, and that the proof, which is always sent, did not reach Okta.
	ReasonDPoPRequired = "DPOP_REQUIRED"
	// ReasonDPoPNonceRequired says that Okta asked for a nonce in the DPoP proof, and named none or asked again and again.
	ReasonDPoPNonceRequired = "DPOP_NONCE_REQUIRED"
	// ReasonDPoPProofRefused says that Okta does not accept the DPoP proof that was sent.
	ReasonDPoPProofRefused = "DPOP_PROOF_REFUSED"
	// ReasonNetworkZoneBlocked says that this machine is outside the network zones that the app permits.
	ReasonNetworkZoneBlocked = "NETWORK_ZONE_BLOCKED"
	// ReasonAccessDenied is access_denied for another cause than a network zone.
	ReasonAccessDenied = "ACCESS_DENIED"
	// ReasonTokenTemporarilyUnavailable says that Okta's token endpoint is overloaded or under maintenance.
	ReasonTokenTemporarilyUnavailable = "TOKEN_TEMPORARILY_UNAVAILABLE"
	// ReasonTokenServerError says that Okta's token endpoint met an error of its own.
	ReasonTokenServerError = "TOKEN_SERVER_ERROR"
	// ReasonTokenRateLimited says that the org's limit of token requests is exhausted.
	ReasonTokenRateLimited = "TOKEN_RATE_LIMITED"
	// ReasonTokenRefused is an OAuth error that is not known here.
	ReasonTokenRefused = "TOKEN_REFUSED"
	// ReasonTokenResponseUnreadable says that a 200 of the token endpoint held no usable token.
	ReasonTokenResponseUnreadable = "TOKEN_RESPONSE_UNREADABLE"
)

// The Management API refused. One row of the table of its errors each.
const (
	// ReasonRequestInvalid is E0000001, a failed validation.
	ReasonRequestInvalid = "REQUEST_INVALID"
	// ReasonRequestMalformed is E0000003, a malformed body.
	ReasonRequestMalformed = "REQUEST_MALFORMED"
	// ReasonAuthenticationFailed is E0000004.
	ReasonAuthenticationFailed = "AUTHENTICATION_FAILED"
	// ReasonTokenKindNotAllowed is E0000005: the endpoint is not open to OAuth tokens of service apps.
	ReasonTokenKindNotAllowed = "TOKEN_KIND_NOT_ALLOWED"
	// ReasonRoleMissing is E0000006: the app has no admin role, or too weak a one.
	ReasonRoleMissing = "ROLE_MISSING"
	// ReasonRoleSeesNobody says that a complete listing held nobody, the other form in which a missing role shows.
	ReasonRoleSeesNobody = "ROLE_SEES_NOBODY"
	// ReasonRecordGone is E0000007: the record was deleted between two requests.
	ReasonRecordGone = "RECORD_GONE"
	// ReasonPathNotFound is E0000008: Okta answers, but has nothing at this path.
	ReasonPathNotFound = "PATH_NOT_FOUND"
	// ReasonServiceError is E0000009 or another HTTP 500.
	ReasonServiceError = "SERVICE_ERROR"
	// ReasonReadOnlyMode is E0000010: the org is read-only for maintenance.
	ReasonReadOnlyMode = "READ_ONLY_MODE"
	// ReasonAccessTokenRejected is E0000011 or OAuth's invalid_token: an expired or revoked access token.
	ReasonAccessTokenRejected = "ACCESS_TOKEN_REJECTED"
	// ReasonMediaTypeRejected is E0000012 or E0000018 to E0000021: odd Accept or Content-Type.
	ReasonMediaTypeRejected = "MEDIA_TYPE_REJECTED"
	// ReasonClientAppInvalid is E0000013: Okta does not take the app's id, for example because it is deactivated.
	ReasonClientAppInvalid = "CLIENT_APP_INVALID"
	// ReasonFeatureUnavailable is E0000015: the org's edition lacks the feature.
	ReasonFeatureUnavailable = "FEATURE_UNAVAILABLE"
	// ReasonMethodNotSupported is E0000022.
	ReasonMethodNotSupported = "METHOD_NOT_SUPPORTED"
	// ReasonEndpointDeprecated is E0000026.
	ReasonEndpointDeprecated = "ENDPOINT_DEPRECATED"
	// ReasonParameterInvalid is E0000028 or E0000030: a missing parameter or a bad date.
	ReasonParameterInvalid = "PARAMETER_INVALID"
	// ReasonCursorLost is E0000029, or E0000031 because of the cursor: the listing begins again at its first page.
	ReasonCursorLost = "CURSOR_LOST"
	// ReasonSearchCriteriaInvalid is E0000031 for another cause than the cursor.
	ReasonSearchCriteriaInvalid = "SEARCH_CRITERIA_INVALID"
	// ReasonUserStatusForbids is E0000038.
	ReasonUserStatusForbids = "USER_STATUS_FORBIDS"
	// ReasonRateLimited is HTTP 429: the requests of this minute are used up.
	ReasonRateLimited = "RATE_LIMITED"
	// ReasonConcurrencyLimited is HTTP 429 with a limit of 0: too many requests at the same time.
	ReasonConcurrencyLimited = "CONCURRENCY_LIMITED"
	// ReasonOperationUnsupported is E0000060.
	ReasonOperationUnsupported = "OPERATION_UNSUPPORTED"
	// ReasonParametersConflict is E0000063.
	ReasonParametersConflict = "PARAMETERS_CONFLICT"
	// ReasonSearchUnavailable is E0000100.
	ReasonSearchUnavailable = "SEARCH_UNAVAILABLE"
	// ReasonRecordReconciling is E0000239.
	ReasonRecordReconciling = "RECORD_RECONCILING"
	// ReasonOrgDeactivated is E0000260.
	ReasonOrgDeactivated = "ORG_DEACTIVATED"
	// ReasonScopeMissing says that the access token lacks the scope that the request needs.
	ReasonScopeMissing = "SCOPE_MISSING"
	// ReasonForbidden is HTTP 403 without a cause that is known here.
	ReasonForbidden = "FORBIDDEN"
	// ReasonRequestRefused is another HTTP 4xx without a cause that is known here.
	ReasonRequestRefused = "REQUEST_REFUSED"
	// ReasonServiceUnavailable is HTTP 502, 503 or 504 without one of Okta's codes.
	ReasonServiceUnavailable = "SERVICE_UNAVAILABLE"
	// ReasonResponseUnexpected is an HTTP status that has no place in an API.
	ReasonResponseUnexpected = "RESPONSE_UNEXPECTED"
)

// A listing cannot go on, or goes on with a remark.
const (
	// ReasonCursorInvalid says that the given cursor is not one of this connector's or of this version.
	ReasonCursorInvalid = "CURSOR_INVALID"
	// ReasonCursorForeign says that the given cursor belongs to another domain, resource or configuration.
	ReasonCursorForeign = "CURSOR_FOREIGN"
	// ReasonCursorLostTooOften says that the listing lost its place more often than a run allows.
	ReasonCursorLostTooOften = "CURSOR_LOST_TOO_OFTEN"
	// ReasonNextLinkForeign says that the link to the next page leads to another host.
	ReasonNextLinkForeign = "NEXT_LINK_FOREIGN"
	// ReasonNextLinkInvalid says that the link to the next page cannot be read or leads to another resource.
	ReasonNextLinkInvalid = "NEXT_LINK_INVALID"
	// ReasonListingLoop says that the link to the next page leads back to a page already read.
	ReasonListingLoop = "LISTING_LOOP"
	// ReasonPageNotArray says that a page was JSON but not an array.
	ReasonPageNotArray = "PAGE_NOT_ARRAY"
	// ReasonPageUnreadable says that a page stayed truncated or broken after all retries.
	ReasonPageUnreadable = "PAGE_UNREADABLE"
	// ReasonPageTooLarge says that a page is above the size limit.
	ReasonPageTooLarge = "PAGE_TOO_LARGE"
	// ReasonRecordUnreadable says that a member of a page is not an object with an id; it is set aside.
	ReasonRecordUnreadable = "RECORD_UNREADABLE"
	// ReasonRecordTooLarge says that a record is above the size limit; it is set aside.
	ReasonRecordTooLarge = "RECORD_TOO_LARGE"
	// ReasonRecordsUnreadable says that too many records were set aside to trust the listing.
	ReasonRecordsUnreadable = "RECORDS_UNREADABLE"
	// ReasonPacing says that requests are slowed down to leave the org's other apps their share; nothing is wrong.
	ReasonPacing = "PACING"
	// ReasonWaitBudgetSpent says that a wait would exceed what the run may wait in all.
	ReasonWaitBudgetSpent = "WAIT_BUDGET_SPENT"
	// ReasonResourceUnknown says that the connector has no such resource.
	ReasonResourceUnknown = "RESOURCE_UNKNOWN"
	// ReasonUserTypesNotGranted says that user types are left out because their scope is not granted.
	ReasonUserTypesNotGranted = "USER_TYPES_NOT_GRANTED"
	// ReasonUserTypesUnavailable says that user types are left out because they could not be read.
	ReasonUserTypesUnavailable = "USER_TYPES_UNAVAILABLE"
	// ReasonRoleSeesNoUserTypes says that a complete list of user types held none.
	ReasonRoleSeesNoUserTypes = "ROLE_SEES_NO_USER_TYPES"
	// ReasonGroupsUnavailable says that groups are configured and could not be read when the connection was made.
	ReasonGroupsUnavailable = "GROUPS_UNAVAILABLE"
	// ReasonRoleSeesNoGroups says that a complete list of groups held none: the app's admin role does not see them.
	ReasonRoleSeesNoGroups = "ROLE_SEES_NO_GROUPS"
	// ReasonGroupsNotFound says that the org has none of the groups that the configuration names.
	ReasonGroupsNotFound = "GROUPS_NOT_FOUND"
	// ReasonMembersNotShown says that Okta counts members of a group, or of the org, and shows none of them.
	ReasonMembersNotShown = "MEMBERS_NOT_SHOWN"
	// ReasonCallBudgetSpent says that a run over memberships would take more requests than the configuration allows.
	ReasonCallBudgetSpent = "CALL_BUDGET_SPENT"
	// ReasonClockDiffers says that this machine's clock is off, and the connection works all the same.
	ReasonClockDiffers = "CLOCK_DIFFERS"
)
