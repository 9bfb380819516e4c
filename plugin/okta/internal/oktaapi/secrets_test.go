package oktaapi

import (
	"bytes"
	"crypto/ecdsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"unicode"
	"unicode/utf8"
)

// printEachWay prints values in the ways in which they could reach a log, an error or a debugger's screen.
func printEachWay(out *bytes.Buffer, values ...any) {
	logger := slog.New(slog.NewJSONHandler(out, nil))
	text := slog.New(slog.NewTextHandler(out, nil))
	for _, value := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			fmt.Fprintf(out, verb+"\n", value)
			fmt.Fprintf(out, verb+"\n", []any{value})
			fmt.Fprintf(out, verb+"\n", struct{ hidden any }{value})
		}
		logger.Info("value", slog.Any("value", value))
		text.Info("value", slog.Any("value", value))
		encoded, _ := json.Marshal(value) // an error prints nothing
		out.Write(encoded)
		if err, ok := value.(error); ok {
			fmt.Fprintf(out, "%v %+v\n", errors.Unwrap(err), errors.Unwrap(err))
		}
	}
}

// base64Of is the private number of an EC key as a JWK holds it.
func base64Of(key *PrivateKey) string {
	number, err := key.signer.(*ecdsa.PrivateKey).Bytes()
	if err != nil {
		panic(err)
	}
	return base64.RawURLEncoding.EncodeToString(number)
}

// Nothing that prints or logs may hold a key, an assertion or a token, even when the service sends them back.
func TestSecretsStayInside(t *testing.T) {
	const accessToken = "CANARY-token-1" // too short to be taken for a credential by its looks
	var assertions []string
	reply := atomic.Value{}
	reply.Store("refuse")
	var logged bytes.Buffer
	source := sourceAt(t, func(w http.ResponseWriter, r *http.Request) {
		assertion := r.PostFormValue("client_assertion")
		assertions = append(assertions, assertion)
		w.Header().Set("X-Okta-Request-Id", assertion)
		switch reply.Load() {
		case "token":
			_, _ = io.WriteString(w, `{"token_type":"Bearer","access_token":"`+accessToken+`"}`)
		case "html":
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, "<html>"+assertion)
		default:
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = io.WriteString(w, `{"error":"temporarily_unavailable","error_description":"you sent `+assertion+` and `+strings.ReplaceAll(assertion, ".", " ")+`"}`)
		}
	}, slog.New(slog.NewJSONHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug})))
	var printed bytes.Buffer
	var w waits
	for _, mode := range []string{"refuse", "html", "token"} {
		reply.Store(mode)
		token, err := source.Token(t.Context(), w.wait)
		printEachWay(&printed, err, token, source, source.settings, source.settings.Key)
	}
	resp := response(401, "WWW-Authenticate", `Bearer error="invalid_token", error_description="`+accessToken+` has expired", scope="`+accessToken+`"`)
	resp.Header.Set("X-Okta-Request-Id", accessToken)
	resp.Request = must(http.NewRequestWithContext(t.Context(), http.MethodGet, "https://example.okta.com", nil))
	if err := mustToken(t, source).Authorize(resp.Request); err != nil {
		t.Fatal(err)
	}
	printEachWay(&printed, APIError(resp, []byte(`{"errorCode":"E0000011","errorSummary":"Bearer `+accessToken+`"}`)), APIError(resp, nil),
		APIError(resp, []byte(`{"errorCode":"`+accessToken+`"}`)))
	resp.Header.Set("WWW-Authenticate", `Bearer error="insufficient_scope", scope="`+accessToken+`"`)
	printEachWay(&printed, APIError(resp, nil),
		TokenError(response(400), []byte(`{"error":"`+accessToken+`","error_description":"it was `+accessToken+`"}`), "x."+accessToken))

	text := printed.String() + logged.String()
	if !strings.Contains(text, "invalid_token") || !strings.Contains(text, "temporarily_unavailable") || !strings.Contains(logged.String(), "access token given") {
		t.Fatalf("the test prints too little: %s", text)
	}
	secrets := []string{accessToken, base64Of(source.settings.Key)}
	for _, assertion := range assertions {
		secrets = append(secrets, strings.Split(assertion, ".")...)
	}
	for _, secret := range secrets {
		if strings.Contains(text, secret) {
			t.Errorf("a secret is shown: %.12s…", secret)
		}
	}
}

// A proof works once and for a minute; a server that repeats it is not repeated.
func TestProofsStayInside(t *testing.T) {
	var proofs []string
	repeat := func(w http.ResponseWriter, r *http.Request) {
		proof := r.Header.Get("DPoP")
		proofs = append(proofs, proof)
		w.Header().Set("X-Okta-Request-Id", proof[:20])
		w.Header().Set("WWW-Authenticate", `DPoP error="invalid_dpop_proof", error_description="it was `+strings.ReplaceAll(proof, ".", " ")+`"`)
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"error":"invalid_dpop_proof","error_description":"it was `+strings.ReplaceAll(proof, ".", " ")+` or `+proof+`"}`)
	}
	var printed bytes.Buffer
	_, err := sourceAt(t, repeat, slog.New(slog.NewJSONHandler(&printed, &slog.HandlerOptions{Level: slog.LevelDebug}))).Token(t.Context(), nil)
	if ReasonOf(err) != ReasonDPoPProofRefused {
		t.Fatalf("%v, want %s", err, ReasonDPoPProofRefused)
	}
	const shortProof = "CANARY-proof-1" // too short to be taken for a credential by its looks
	atAPI := response(http.StatusBadRequest, "WWW-Authenticate", `DPoP error="invalid_dpop_proof", error_description="it was `+shortProof+`", scope="`+shortProof+`"`)
	atAPI.Header.Set("X-Okta-Request-Id", shortProof)
	atAPI.Request = must(http.NewRequestWithContext(t.Context(), http.MethodGet, "https://example.okta.com", nil))
	atAPI.Request.Header.Set("DPoP", shortProof)
	printEachWay(&printed, err, APIError(atAPI, nil), APIError(atAPI, []byte(`{"errorCode":"`+shortProof+`"}`)), TokenError(atAPI, []byte(`{"error":"invalid_dpop_proof","error_description":"`+shortProof+`"}`), ""))
	if !strings.Contains(printed.String(), "invalid_dpop_proof") {
		t.Fatalf("the test prints too little: %s", printed.String())
	}
	secrets := []string{shortProof}
	for _, proof := range proofs {
		secrets = append(secrets, strings.Split(proof, ".")...)
	}
	for _, secret := range secrets {
		if strings.Contains(printed.String(), secret) {
			t.Errorf("a proof is shown: %.12s…", secret)
		}
	}
}

func TestKeysPrintNoKeyMaterial(t *testing.T) {
	for _, name := range []string{"rsa2048", "p256"} {
		key := must(ParsePrivateKey(pkcs8(name), "kid-1"))
		var printed bytes.Buffer
		printEachWay(&printed, key, TokenSettings{Key: key}, &TokenSettings{Key: key}, map[string]any{"key": key})
		text := printed.String()
		if !strings.Contains(text, "kid-1") || !strings.Contains(text, key.Algorithm()) {
			t.Errorf("a key must be recognisable in a log: %s", text)
		}
		for member, value := range jwkMembers(name) {
			if number, ok := value.(string); ok && len(number) > 20 && strings.Contains(text, number) {
				t.Errorf("%s: the member %s is shown", name, member)
			}
		}
		for line := range strings.Lines(pkcs8(name)) {
			if !strings.HasPrefix(line, "-----") && strings.Contains(text, strings.TrimSpace(line)) {
				t.Errorf("%s: a line of the PEM text is shown", name)
			}
		}
	}
	if got := fmt.Sprint((*PrivateKey)(nil), (*Token)(nil), &Token{}, &PrivateKey{}); strings.Contains(got, "PANIC") {
		t.Errorf("empty values print %s", got)
	}
}

func TestSanitiseKeepsWordsAndDropsCredentials(t *testing.T) {
	long := strings.Repeat("word ", 200)
	for in, want := range map[string]string{
		"The client_assertion signature is invalid.":                 "The client_assertion signature is invalid.",
		"use private_key_jwt as token_endpoint_auth_method":          "use private_key_jwt as token_endpoint_auth_method",
		"see https://example.okta.com/oauth2/v1/token for help":      "see https://example.okta.com/oauth2/v1/token for help",
		"Not found: Resource not found: 00uabcdefghijklmnopq (User)": "Not found: Resource not found: 00uabcdefghijklmnopq (User)",
		"one\r\ntwo\tthree\u2028four":                                "one two three four",
		"\x1b[31mred\x1b[0m \u202eevil":                              "[31mred[0m evil",
		"got eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2ln":              "got [redacted]",
		"Bearer abcdefghijklmnop was bad":                            "[redacted] was bad",
		"key MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7":   "key [redacted]",
		"with secret-value-1 inside":                                 "with [redacted] inside",
		"bad \xff bytes":                                             "bad \ufffd bytes",
		"":                                                           "",
	} {
		if got := sanitise(in, []string{"secret-value-1", "", "in"}); got != want {
			t.Errorf("sanitise(%q) = %q, want %q", in, got, want)
		}
	}
	if got := sanitise(long, nil); utf8.RuneCountInString(got) != maxDescription || !strings.HasSuffix(got, "…") {
		t.Errorf("a long text is cut to %d runes: %q", utf8.RuneCountInString(got), got)
	}
}

func FuzzErrors(f *testing.F) {
	for _, row := range tokenRows[:8] {
		f.Add(row.status, fmt.Appendf(nil, `{"error":%q,"error_description":%q}`, row.code, row.description), "", "150", "1795608041", "")
	}
	f.Add(403, []byte{}, `Bearer error="insufficient_scope", scope="okta.users.read"`, "", "", "req1")
	f.Add(429, []byte(`{"errorCode":"E0000047"}`), "", "0", "soon", "req1")
	f.Add(400, []byte(`{"errorCode":"E0000031","errorCauses":{"errorSummary":"Invalid cursor."}}`), `DPoP algs="a`, "0", "", "")
	f.Add(302, []byte(`<html>`), "", "", "99999999999999999999", "a\nb")
	f.Add(200, []byte(`[1,{"error":null}]`), "error=\\\"", "", "-1", "\x00")
	f.Fuzz(func(t *testing.T, status int, body []byte, challenge, limit, resetAt, requestID string) {
		resp := response(status, "WWW-Authenticate", challenge, "X-Rate-Limit-Limit", limit, "X-Rate-Limit-Remaining", "0",
			"X-Rate-Limit-Reset", resetAt, "Date", "Wed, 25 Nov 2026 12:00:00 GMT", "X-Okta-Request-Id", requestID, "Location", challenge, "Retry-After", limit)
		for _, e := range []*Error{TokenError(resp, body), APIError(resp, body)} {
			if e.Reason == "" || e.Detail == "" {
				t.Fatalf("no reason or no detail: %#v", e)
			}
			if utf8.RuneCountInString(e.Description) > maxDescription || len(e.Code) > maxCodeLength || len(e.Scope) > maxDescription {
				t.Fatalf("unbounded: %q", e)
			}
			if e.RetryAfter < 0 || e.RetryAfter > maxServiceWait || e.RetryAfter > 0 && e.Retry != RetryAfterDelay {
				t.Fatalf("waits %s (retry %d)", e.RetryAfter, e.Retry)
			}
			if text := e.Error() + e.Scope; !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) || strings.Contains(text, "eyJ") {
				t.Fatalf("not fit for a log: %q", text)
			}
		}
	})
}
