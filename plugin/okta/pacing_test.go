package main

import (
	"testing"

	"patchbay.example/plugin/okta/internal/oktaapi"
	"patchbay.example/plugin/okta/oktatest"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// The limit is too small for a second attempt within the same minute, and
// Connect does not wait that long.
func TestALimitTooSmallForConnectIsNoFaultOfTheConnector(t *testing.T) {
	t.Parallel()
	r := newRig(t, oktatest.Settings{Users: 5, UsersPerMinute: 2}, "users:1:truncate-length")
	r.config["rate_limit_share"] = 50
	response := r.tryConnect()
	wantFailure(t, response, "users", oktaapi.ReasonWaitBudgetSpent, connectorv1.Class_CLASS_RATE_LIMITED)
	if !response.GetRefusal().HasRetryAfter() {
		t.Error("the refusal does not say when trying again makes sense")
	}
}
