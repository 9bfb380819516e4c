// Naive is what somebody would write in an hour: net/http, one page at a time,
// json.Decoder into a struct, nothing written. It is the yardstick of
// docs/performance.md and is not to be tuned.
//
//	naive CONFIG [-discard]
//
// With -discard, bodies are read and thrown away: what is left is the cost of
// having them.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

type config struct {
	Domain     string `json:"domain"`
	ClientID   string `json:"client_id"`
	PrivateKey string `json:"private_key"`
	KeyID      string `json:"key_id"`
}

type user struct {
	ID          string         `json:"id"`
	Status      string         `json:"status"`
	Created     *time.Time     `json:"created"`
	LastUpdated *time.Time     `json:"lastUpdated"`
	Profile     map[string]any `json:"profile"`
}

func main() {
	text, err := os.ReadFile(os.Args[1])
	check(err)
	var c config
	check(json.Unmarshal(text, &c))
	discard := len(os.Args) > 2 && os.Args[2] == "-discard"
	token := token(c)
	people := 0
	for next := c.Domain + "/api/v1/users?limit=200"; next != ""; {
		request, err := http.NewRequest(http.MethodGet, next, nil) //nolint:noctx // naive
		check(err)
		request.Header.Set("Authorization", "Bearer "+token)
		request.Header.Set("Accept", "application/json")
		request.Header.Set("User-Agent", "naive/1.0")
		response, err := http.DefaultClient.Do(request)
		check(err)
		if response.StatusCode != http.StatusOK {
			log.Fatal(response.Status)
		}
		if discard {
			_, err = io.Copy(io.Discard, response.Body)
			check(err)
		} else {
			var page []user
			check(json.NewDecoder(response.Body).Decode(&page))
			people += len(page)
		}
		check(response.Body.Close())
		next = ""
		for _, link := range response.Header.Values("Link") {
			if target, ok := strings.CutSuffix(link, `; rel="next"`); ok {
				next = strings.Trim(target, "<>")
			}
		}
	}
	fmt.Println(people)
}

func token(c config) string {
	key, err := jwt.ParseRSAPrivateKeyFromPEM([]byte(c.PrivateKey))
	check(err)
	audience := c.Domain + "/oauth2/v1/token"
	assertion := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
		"iss": c.ClientID, "sub": c.ClientID, "aud": audience, "exp": time.Now().Add(time.Minute).Unix(),
	})
	assertion.Header["kid"] = c.KeyID
	signed, err := assertion.SignedString(key)
	check(err)
	response, err := http.PostForm(audience, url.Values{ //nolint:noctx // naive
		"grant_type": {"client_credentials"}, "scope": {"okta.users.read"},
		"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}, "client_assertion": {signed},
	})
	check(err)
	defer response.Body.Close()
	var answer struct {
		AccessToken string `json:"access_token"`
	}
	check(json.NewDecoder(response.Body).Decode(&answer))
	return answer.AccessToken
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
