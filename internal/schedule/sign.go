package schedule

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"patchbay.example/internal/store"
)

// The headers of a notification, as Standard Webhooks names them
// (https://www.standardwebhooks.com). The id is the same in each attempt, so
// that a receiver can tell a repetition.
const (
	headerID        = "webhook-id"
	headerTimestamp = "webhook-timestamp"
	headerSignature = "webhook-signature"
)

// Sign is the value of webhook-signature: the HMAC-SHA256 of id, Unix time and
// body, joined by dots, under the shared secret. A receiver computes the same
// over the body as it came, compares in constant time, and refuses a time that
// is minutes away.
func Sign(secret []byte, id string, at time.Time, body []byte) string {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(id + "." + strconv.FormatInt(at.Unix(), 10) + "."))
	mac.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// messageID is a notification's id for receivers. Installations number theirs
// alike, so that the number alone would not do.
func messageID(n store.Notification) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{
		strconv.FormatInt(n.ID, 10), strconv.FormatInt(n.Created.UnixMilli(), 10), string(n.Body),
	}, "\n")))
	return "msg_" + hex.EncodeToString(sum[:12])
}
