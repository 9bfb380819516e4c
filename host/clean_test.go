//go:build unix

package host

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// What a connector answers is shown in terminals and on pages.
func TestNoAnswerHoldsWhatATerminalObeys(t *testing.T) {
	c, err := Launch(t.Context(), Settings{Path: connectorNamed(t, "coloured")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	described, err := c.Describe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	response, err := c.Connect(t.Context(), script{}.configuration(nil))
	if err != nil {
		t.Fatal(err)
	}
	resources, err := c.ListResources(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	said := fmt.Sprint(described.GetTitle(), response.GetAccount().GetId(), response.GetGrantedScopes(), response.GetChecks()[0].GetName(), resources[0].GetTitle())
	if strings.Contains(said, "\x1b") || strings.Count(said, "[31m") != 5 {
		t.Errorf("the answers are %q", said)
	}
}

func TestAConnectorWhoseNameIsNoneIsRefused(t *testing.T) {
	_, err := Launch(t.Context(), Settings{Path: connectorNamed(t, "misnamed")})
	if fault, ok := errors.AsType[*Fault](err); !ok || fault.Reason != ContractBroken || strings.Contains(err.Error(), "\x1b") {
		t.Errorf("launched with %q", err)
	}
}
