package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"patchbay.example/internal/wire"
)

func TestTheProgramDescribesItself(t *testing.T) {
	t.Parallel()
	program := filepath.Join(t.TempDir(), "ldap.exe") // which Windows needs and others allow
	if output, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	command := exec.CommandContext(t.Context(), program, "--describe")
	command.Env = append(os.Environ(), wire.Handshake.MagicCookieKey+"=")
	output, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	var description struct{ Name, Version string }
	if err := json.Unmarshal(output, &description); err != nil || description.Name != "ldap" || description.Version != version {
		t.Errorf("the program says %s: %v", output, err)
	}
}
