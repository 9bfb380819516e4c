package oktaapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// Org is what an org tells anybody who asks.
type Org struct {
	// ID is the org's id (00o…), empty when the org did not say.
	ID string
	// Skew is the org's clock minus ours, to the second; SkewKnown is false
	// when the response had no date.
	Skew      time.Duration
	SkewKnown bool
}

// orgTimeout bounds the question for an org, which a person waits for.
const orgTimeout = 20 * time.Second

// ReadOrg asks who answers at base, without credentials: the org's public
// metadata (Okta Management API, GET /.well-known/okta-organization). Whatever
// names itself Okta will do; anybody else is an [*Error].
func ReadOrg(ctx context.Context, client *http.Client, base *url.URL, userAgent string, now func() time.Time) (Org, error) {
	ctx, cancel := context.WithTimeout(ctx, orgTimeout)
	defer cancel()
	target := base.JoinPath("/.well-known/okta-organization")
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, target.String(), nil)
	if err != nil {
		return Org{}, err
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("User-Agent", userAgent)
	sent := now()
	response, err := client.Do(request)
	if err != nil {
		return Org{}, NetworkError(err, base)
	}
	defer response.Body.Close()
	received := now()
	body, _ := io.ReadAll(io.LimitReader(response.Body, maxErrorBytes)) // what is cut short is not an org's answer
	var org Org
	if date, err := http.ParseTime(response.Header.Get("Date")); err == nil {
		// Date has whole seconds, cut off: half a second is the middle of what it can mean.
		org.Skew = date.Add(time.Second / 2).Sub(sent.Add(received.Sub(sent) / 2)).Round(time.Second)
		org.SkewKnown = true
	}
	var metadata struct{ ID string }
	if response.StatusCode == http.StatusOK && json.Unmarshal(body, &metadata) == nil {
		if org.ID = sanitiseID(metadata.ID); org.ID != "" {
			return org, nil
		}
	}
	refused := response.StatusCode >= http.StatusBadRequest && response.StatusCode < http.StatusInternalServerError
	if refused && requestIDOf(response) != "" && !isWebPage(response.Header, body) {
		return org, nil // Okta, and not willing to say more
	}
	return org, somebodyElse(response, body, base)
}

// somebodyElse says who answered instead of an org.
func somebodyElse(response *http.Response, body []byte, base *url.URL) error {
	if response.StatusCode == http.StatusOK {
		e := &Error{Reason: ReasonAddressWrong, HTTPStatus: response.StatusCode, Detail: fmt.Sprintf("what answers at %s is not Okta", base.Host)}
		if isWebPage(response.Header, body) {
			e.Reason, e.Detail = ReasonCaptivePortal, fmt.Sprintf("a web page came from %s where Okta answers JSON", base.Host)
		}
		return e
	}
	refusal := APIError(response, body)
	if errors.Is(refusal, &Error{Reason: ReasonPathNotFound}) {
		refusal.Reason = ReasonAddressWrong
	}
	return refusal
}
