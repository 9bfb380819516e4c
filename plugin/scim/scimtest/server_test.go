package scimtest_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"patchbay.example/plugin/scim/scimtest"
)

// get asks for a path below a base URL with a token.
func get(t *testing.T, address, token string) (int, map[string]any) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept", "application/scim+json")
	request.Header.Set("Authorization", "Bearer "+token)
	return answer(t, request)
}

func answer(t *testing.T, request *http.Request) (int, map[string]any) {
	t.Helper()
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	var object map[string]any
	if err := json.Unmarshal(body, &object); err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	return response.StatusCode, object
}

func TestTheLibraryServesTheCompany(t *testing.T) {
	t.Parallel()
	server, err := scimtest.Start(scimtest.Settings{
		Users: scimtest.People(12), Groups: []scimtest.Group{{ID: "g1", Name: "One", Members: []string{"u00001"}}}, PageLimit: 5,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	status, list := get(t, server.URL()+"/Users?startIndex=3&count=100", scimtest.Token)
	users, _ := list["Resources"].([]any)
	if status != http.StatusOK || list["totalResults"] != 12.0 || len(users) != 5 {
		t.Fatalf("%d, %v", status, list)
	}
	if user := fmt.Sprint(users[0]); !strings.Contains(user, "id:u00003") || !strings.Contains(user, "manager:map[$ref:../Users/u00001 value:u00001]") {
		t.Errorf("the third user is %s", user)
	}
	if status, list := get(t, server.URL()+"/Users?filter="+url.QueryEscape("active eq false"), scimtest.Token); status != http.StatusOK || list["totalResults"] != 1.0 {
		t.Errorf("inactive users: %d, %v", status, list)
	}
	if _, list := get(t, server.URL()+"/Groups?excludedAttributes=members", scimtest.Token); strings.Contains(fmt.Sprint(list), "members") {
		t.Errorf("groups without members: %v", list)
	}
	if status, _ := get(t, server.URL()+"/Users", "another"); status != http.StatusUnauthorized {
		t.Errorf("another token is answered with %d", status)
	}
}

func TestTokensAreGivenAndRevoked(t *testing.T) {
	t.Parallel()
	server, err := scimtest.Start(scimtest.Settings{Users: scimtest.People(1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	ask := func(secret string) (int, map[string]any) {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.TokenURL(), strings.NewReader("grant_type=client_credentials"))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		request.SetBasicAuth(scimtest.ClientID, url.QueryEscape(secret))
		return answer(t, request)
	}
	if status, refusal := ask("another"); status != http.StatusUnauthorized || refusal["error"] != "invalid_client" {
		t.Errorf("another secret: %d, %v", status, refusal)
	}
	status, given := ask(scimtest.ClientSecret)
	token, _ := given["access_token"].(string)
	if status != http.StatusOK || token == "" {
		t.Fatalf("%d, %v", status, given)
	}
	if status, _ := get(t, server.URL()+"/Users", token); status != http.StatusOK {
		t.Errorf("the token is answered with %d", status)
	}
	server.RevokeTokens()
	if status, _ := get(t, server.URL()+"/Users", token); status != http.StatusUnauthorized {
		t.Errorf("the revoked token is answered with %d", status)
	}
}

func TestTheStrictServerObjects(t *testing.T) {
	t.Parallel()
	server, err := scimtest.StartStrict(scimtest.StrictSettings{Users: scimtest.UserObjects(scimtest.People(7)), Cursors: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	_, first := get(t, server.URL()+"/Users?cursor=&count=3", scimtest.Token)
	next, _ := first["nextCursor"].(string)
	if next == "" || first["totalResults"] != 7.0 {
		t.Fatalf("the first page is %v", first)
	}
	if violations := server.Violations(); len(violations) > 0 {
		t.Errorf("it objects without cause: %v", violations)
	}
	get(t, server.URL()+"/Users?count=5&cursor="+next, scimtest.Token) // another query
	if violations := server.Violations(); len(violations) != 1 {
		t.Errorf("it objects %v, want once", violations)
	}
	server.ForgetCursors()
	if status, refusal := get(t, server.URL()+"/Users?count=3&cursor="+next, scimtest.Token); status != http.StatusBadRequest || refusal["scimType"] != "invalidCursor" {
		t.Errorf("a forgotten cursor: %d, %v", status, refusal)
	}
}
