package oktatest

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	proxyPage  = "<html>\r\n<head><title>%d</title></head>\r\n<body>\r\n<center><h1>%d %s</h1></center>\r\n</body>\r\n</html>\r\n"
	portalPage = "<!DOCTYPE html><html><head><title>Guest network</title></head><body><form method=\"post\" action=\"/accept\"><p>Please accept the terms of use to continue.</p></form></body></html>"
)

// answer takes the endpoint's place, unless another fault has.
func (x *exchange) answer(give func()) {
	if x.plan.answer == nil {
		x.plan.answer = give
	}
}

// answerKinds are answers that anything between client and Okta may give.
func answerKinds() []faultKind {
	return []faultKind{
		numberKind("status", everywhere, "an HTTP status", 500, 400, 599, "answer with a status and the Okta error that belongs to it", func(x *exchange, status int) {
			x.answer(func() { x.refuse(errorOfStatus(status)) })
		}),
		textKind("error", everywhere, "an Okta error code such as E0000009", "E0000009", "answer with an Okta error and its status", checkErrorCode, func(x *exchange, code string) {
			x.answer(func() { x.refuse(apiError(code)) })
		}),
		numberKind("html", everywhere, "an HTTP status", 502, 200, 599, "answer with a proxy's error page", func(x *exchange, status int) {
			x.answer(func() { x.html(status, fmt.Sprintf(proxyPage, status, status, http.StatusText(status))) })
		}),
		plainKind("portal", everywhere, "answer 200 with the page of a captive portal", func(x *exchange) {
			x.answer(func() { x.html(http.StatusOK, portalPage) })
		}),
		numberKind("empty", everywhere, "an HTTP status", 503, 200, 599, "answer with a status and no body", func(x *exchange, status int) {
			x.answer(func() { x.empty(status) })
		}),
		textKind("redirect", everywhere, "an address", "", "answer 302 to another host; by default one that counts what arrives there", checkAddress, func(x *exchange, address string) {
			x.answer(func() {
				x.w.Header().Set("Location", x.elsewhereOr(address))
				x.empty(http.StatusFound)
			})
		}),
		durationKind("date-skew", everywhere, time.Minute, "shift the Date header", func(x *exchange, skew time.Duration) { x.plan.skew += skew }),
		durationKind("delay", everywhere, time.Second, "wait before the headers", func(x *exchange, d time.Duration) { x.plan.delay += d }),
		plainKind("hang-headers", everywhere, "never answer", func(x *exchange) { x.answer(x.hang) }),
		plainKind("reset", everywhere, "reset the connection before the headers", func(x *exchange) { x.answer(func() { x.cut(true) }) }),
		plainKind("close", everywhere, "close the connection before the headers", func(x *exchange) { x.answer(func() { x.cut(false) }) }),
	}
}

// refusalKinds are refusals by the management API and its rate limits.
func refusalKinds() []faultKind {
	return []faultKind{
		durationKind("429", everywhere, 2*time.Second, "answer 429 with rate limit headers whose reset lies so far ahead", func(x *exchange, d time.Duration) {
			x.answer(func() { x.refuseRate(d) })
		}),
		plainKind("429-concurrency", everywhere, "answer 429 with Limit 0 and Remaining 0", func(x *exchange) { x.answer(x.refuseConcurrency) }),
		plainKind("429-no-headers", everywhere, "answer 429 without rate limit headers", func(x *exchange) { x.answer(x.refuseTooMany) }),
		plainKind("429-odd-headers", everywhere, "answer 429 with rate limit headers that are no numbers", func(x *exchange) {
			x.answer(func() {
				x.rateHeaders(0, 0, time.Time{})
				x.w.Header().Set("X-Rate-Limit-Limit", "many")
				x.w.Header().Set("X-Rate-Limit-Reset", "soon")
				x.refuseTooMany()
			})
		}),
		durationKind("429-retry-after", everywhere, 2*time.Second, "answer 429 with Retry-After as well", func(x *exchange, d time.Duration) {
			x.answer(func() {
				x.w.Header().Set("Retry-After", strconv.Itoa(int(d/time.Second)))
				x.refuseRate(d)
			})
		}),
		plainKind("401-expired", atAPI, "answer 401 E0000011 and revoke the token", func(x *exchange) { x.answer(func() { x.revoke(RefuseWithBody) }) }),
		plainKind("401-invalid-token", atAPI, "answer 401 invalid_token without a body and revoke the token", func(x *exchange) {
			x.answer(func() { x.revoke(RefuseWithHeader) })
		}),
		plainKind("401-feature", atAPI, "answer 401 E0000015, which a new token does not help against", func(x *exchange) {
			x.answer(func() { x.refuse(apiError("E0000015")) })
		}),
		textKind("400-dpop", atAPI, "a claim of the proof: htu, ath, iat or jti", "htu", "answer 400 invalid_dpop_proof without a body", checkProofClaim, func(x *exchange, claim string) {
			x.answer(func() { x.refuseProof(http.StatusBadRequest, wrongClaim(claim)) })
		}),
		plainKind("401-dpop-nonce", atAPI, "answer 401 use_dpop_nonce with another nonce each time", func(x *exchange) {
			x.answer(func() {
				x.w.Header().Set("DPoP-Nonce", "nonce-"+x.requestID)
				x.refuseProof(http.StatusUnauthorized, &errDPoPNonce)
			})
		}),
		plainKind("scope-missing", atAPI, "answer 403 insufficient_scope without a body", func(x *exchange) {
			x.answer(func() { x.refuseScope(neededScope(x.endpoint)) })
		}),
		plainKind("role-missing", atAPI, "answer 403 E0000006", func(x *exchange) { x.answer(func() { x.refuse(apiError("E0000006")) }) }),
		plainKind("role-empty", atLists, "answer 200 [] with a self link only", func(x *exchange) {
			if x.listing != nil {
				x.answer(x.emptyList)
			}
		}),
		plainKind("group-deleted", atMembers, "delete the group whose members are asked for, then answer", func(x *exchange) {
			if g, found := x.t.findGroup(x.path[1]); found {
				x.t.DeleteGroup(g)
				x.answer(func() { x.refuse(notFound(x.path[1], "UserGroup")) })
			}
		}),
		plainKind("cursor-lost", atLists, "answer 400 E0000031, Invalid cursor.", func(x *exchange) {
			x.answer(func() { x.refuse(apiError("E0000031", "Invalid cursor.")) })
		}),
		plainKind("cursor-lost-search", atLists, "answer 400 E0000031, Invalid search query.", func(x *exchange) {
			x.answer(func() { x.refuse(apiError("E0000031", "Invalid search query.")) })
		}),
		plainKind("cursor-lost-paging", atLists, "answer 400 E0000029", func(x *exchange) {
			x.answer(func() { x.refuse(apiError("E0000029")) })
		}),
		textKind("scope-reduced", atToken, "scopes separated by commas", ScopeUsersRead, "issue a token for these of the requested scopes only", checkScopes, func(x *exchange, scopes string) {
			x.plan.grants = strings.Split(scopes, ",")
		}),
	}
}

// refuseRate answers 429 with a reset that lies d ahead.
func (x *exchange) refuseRate(d time.Duration) {
	reset := x.t.settings.Clock().Add(d).Truncate(time.Second)
	x.rateHeaders(x.t.limits.limit(x.endpoint), 0, reset)
	x.t.limits.hold(x.endpoint, reset)
	x.refuseTooMany()
}

// revoke refuses the request's token, now and for ever.
func (x *exchange) revoke(as Refusal401) {
	_, signed := credentialsOf(x.r)
	x.t.app.refuse(signed)
	x.refuseExpired(as)
}

func (x *exchange) elsewhereOr(address string) string {
	if address != "" {
		return address
	}
	return x.t.elsewhere + x.r.URL.RequestURI()
}

// errorOfStatus is the error that Okta sends with a status, or an internal one
// under that status.
func errorOfStatus(status int) oktaError {
	usual := map[int]string{400: "E0000001", 401: "E0000011", 403: "E0000006", 404: "E0000007", 405: "E0000022", 423: "E0000239", 429: "E0000047", 501: "E0000060", 503: "E0000010"}
	code, known := usual[status]
	if !known {
		code = "E0000009"
	}
	e := apiError(code)
	e.status = status
	return e
}

func checkErrorCode(code string) error {
	if _, known := oktaErrors[code]; !known {
		return fmt.Errorf("the tenant does not know %q", code)
	}
	return nil
}

func checkAddress(address string) error {
	parsed, err := url.Parse(address)
	if err == nil && (parsed.Scheme == "" || parsed.Host == "") {
		return fmt.Errorf("%q has no scheme or no host, as in https://other.example.com/path", address)
	}
	return err
}

func checkScopes(scopes string) error {
	for scope := range strings.SplitSeq(scopes, ",") {
		if !oktaScope.MatchString(scope) {
			return fmt.Errorf("%q is not a scope such as %s", scope, ScopeUsersRead)
		}
	}
	return nil
}

func checkProofClaim(claim string) error {
	if !slices.Contains([]string{"htu", "ath", "iat", "jti"}, claim) {
		return fmt.Errorf("%q is none of them", claim)
	}
	return nil
}
