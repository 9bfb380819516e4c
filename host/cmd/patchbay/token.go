package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

const (
	// tokenFile holds the token of machines, such as Prometheus, in the data
	// folder. It outlasts the service, unlike the file that announces it; who
	// deletes it has another one made at the next start.
	tokenFile = "api-token"
	// leastToken is the shortest token that is taken for one: 128 bits in base 32.
	leastToken = 26
)

// machineToken is the token with which machines ask the service, made where
// there is none. Only the data folder's owner can read it.
func machineToken(data string) (string, error) {
	path := filepath.Join(data, tokenFile)
	text, err := os.ReadFile(path) //nolint:gosec // in the folder that the operator names
	if errors.Is(err, fs.ErrNotExist) {
		token := rand.Text()
		return token, os.WriteFile(path, []byte(token+"\n"), 0o600)
	}
	if err != nil {
		return "", err
	}
	token := strings.TrimSpace(string(text))
	if len(token) < leastToken || strings.ContainsAny(token, " \t\r\n") {
		return "", fmt.Errorf("%s holds no token; delete it to have one made", path)
	}
	return token, nil
}
