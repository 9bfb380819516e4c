package schedule

import (
	"encoding/base64"
	"testing"
	"time"
)

// The example of the specification,
// https://github.com/standard-webhooks/standard-webhooks.
func TestSignaturesAreThoseOfStandardWebhooks(t *testing.T) {
	secret, err := base64.StdEncoding.DecodeString("plJ3nmyCDGBKInavdOK15jsl")
	if err != nil {
		t.Fatal(err)
	}
	got := Sign(secret, "msg_loFOjxBNrRLzqYUf", time.Unix(1731705121, 0), []byte(`{"event_type":"ping","data":{"success":true}}`))
	if want := "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0="; got != want {
		t.Errorf("Sign = %s, want %s", got, want)
	}
}
