package oktaapi

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"patchbay.example/plugin/okta/oktatest"
)

// TestAListOverHTTPS reads the strict tenant as Okta is read: over TLS, with
// both versions of HTTP, and with connections that break.
func TestAListOverHTTPS(t *testing.T) {
	t.Parallel()
	for name, http2 := range map[string]bool{"HTTP/1.1": false, "HTTP/2": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			faults := []oktatest.Fault{
				{Endpoint: oktatest.EndpointUsers, ByPage: true, First: 2, Kind: "reset-body"},
				{Endpoint: oktatest.EndpointUsers, ByPage: true, First: 3, Kind: "truncate-gzip"},
				{Endpoint: oktatest.EndpointUsers, ByPage: true, First: 4, Kind: "401-expired"},
				{Endpoint: oktatest.EndpointUsers, ByPage: true, First: 5, Kind: "reset"},
			}
			tenant, err := oktatest.Start(oktatest.Settings{Users: 300, PageLimit: 50, TLS: true, HTTP2: http2, Faults: faults})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(tenant.Close)
			client := clientOf(t, tenant)
			var ids []string
			err = client.List(t.Context(), bubblePath, "limit=200", atOnce, nil, func(page Page) error {
				for _, element := range page.Elements {
					var user struct{ ID string }
					if err := json.Unmarshal(element, &user); err != nil {
						return err
					}
					ids = append(ids, user.ID)
				}
				return nil
			})
			if want := slices.Collect(tenant.IDs()); err != nil || !slices.Equal(ids, want) {
				t.Errorf("%d people, %v; want each of %d once, in order", len(ids), err, len(want))
			}
			if s := tenant.Stats(); s.Struck != len(faults) || s.PeakUsers > 2 {
				t.Errorf("%d faults struck, and up to %d pages were asked for at once; want %d, and two at most", s.Struck, s.PeakUsers, len(faults))
			}
		})
	}
}

// atOnce is a Waiter that does not wait: the tenant's faults are over at once.
func atOnce(ctx context.Context, _ time.Duration, _, _ string) error { return ctx.Err() }

// clientOf is a client of a tenant, whose certificate it trusts.
func clientOf(t *testing.T, tenant *oktatest.Tenant) *Client {
	t.Helper()
	base, err := url.Parse(tenant.URL())
	if err != nil {
		t.Fatal(err)
	}
	key, err := ParsePrivateKey(string(tenant.PrivateKeyJWK()), "")
	if err != nil {
		t.Fatal(err)
	}
	httpClient := NewHTTPClient()
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(tenant.CertPEM())
	httpClient.Transport.(*gunzip).next.(*http.Transport).TLSClientConfig.RootCAs = pool
	t.Cleanup(httpClient.CloseIdleConnections)
	return NewClient(ClientSettings{Base: base, HTTP: httpClient, UserAgent: "test/1", Tokens: NewTokenSource(TokenSettings{
		Base: base, ClientID: tenant.ClientID(), Key: key, Scopes: []string{"okta.users.read"}, HTTP: httpClient, UserAgent: "test/1",
	})})
}
