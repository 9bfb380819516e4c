package main

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"google.golang.org/protobuf/proto"
)

// logBreaks are about the log, and about secrets wherever they may show.
func logBreaks() []flaw {
	return []flaw{
		{
			Name: "log-flood", Case: "log-bounded", Saw: "logged",
			Does: "It logs a quarter of a MiB for each page.",
			event: onPages(func(o *outlet) {
				for i := range 1 << 8 {
					o.server.log.InfoContext(o.ctx, "page", slog.Int("line", i), slog.String("pad", strings.Repeat("x", 1<<10)))
				}
			}),
		},
		{
			Name: "log-line", Case: "log-bounded", Saw: "line",
			Does: "It logs a line of 1 MiB.",
			event: onPage(2, func(o *outlet, p *page) error {
				o.server.log.InfoContext(o.ctx, "page", slog.String("pad", strings.Repeat("x", 1<<20)))
				return o.pass(pageEvent(p))
			}),
		},
		{
			Name: "secret-in-log", Case: "secrets-kept", Saw: "token",
			Does: "It logs the token.",
			connect: onToken(func(s *server, token string, _ *response) {
				fmt.Fprintln(os.Stderr, "connected with", token)
			}),
		},
		{
			Name: "secret-in-json-log", Case: "secrets-kept", Saw: "token",
			Does: "It logs the token within JSON.",
			connect: onToken(func(s *server, token string, _ *response) {
				encoded, _ := json.Marshal(map[string]string{"token": token}) // strings can be encoded
				s.log.Info("connected", slog.String("with", string(encoded)))
			}),
		},
		{
			Name: "secret-in-base64", Case: "secrets-kept", Saw: "token",
			Does: "It logs the header that holds the token.",
			connect: onToken(func(s *server, token string, _ *response) {
				s.log.Info("connected", slog.String("authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte("user:"+token))))
			}),
		},
		{
			Name: "secret-in-url", Case: "secrets-kept", Saw: "token",
			Does: "It puts the token into the account's URL.",
			connect: onToken(func(_ *server, token string, answer *response) {
				answer.GetAccount().SetUrl("https://example.com/?token=" + url.QueryEscape(token))
			}),
		},
		{
			Name: "secret-in-part", Case: "secrets-kept", Saw: "token",
			Does: "It shows most of the token in a check.",
			connect: onToken(func(_ *server, token string, answer *response) {
				answer.GetChecks()[2].SetDetail("The service accepts " + token[:len(token)-8] + "…")
			}),
		},
		secretInCursor(),
		{
			Name: "secret-in-command", Case: "secrets-kept", Saw: "token",
			Does: "It starts a child with the token in its command line.",
			connect: onToken(func(s *server, token string, _ *response) {
				s.keep(accompanied(&exec.Cmd{Args: []string{accompany, token}}))
			}),
		},
		{
			Name: "secret-in-environment", Case: "secrets-kept", Saw: "environment",
			Does: "It starts a child with the token in its environment.",
			connect: onToken(func(s *server, token string, _ *response) {
				s.keep(accompanied(&exec.Cmd{Args: []string{accompany}, Env: append(os.Environ(), "TOKEN="+token)}))
			}),
		},
		{
			Name: "secret-in-file", Case: "secrets-kept", Saw: "the file token",
			Does: "It writes the token to a file, and forgets it there.",
			connect: onToken(func(_ *server, token string, _ *response) {
				if err := os.WriteFile(filepath.Join(os.TempDir(), "token"), []byte(token), 0o600); err != nil {
					panic(err)
				}
			}),
		},
		{
			Name: "secret-printed", Case: "secrets-kept", Saw: "prints",
			Does: "It prints the token.",
			connect: onToken(func(_ *server, token string, _ *response) {
				fmt.Println("connected with", token)
			}),
		},
	}
}

// accompanied starts a child that ends with this process. What is returned has to
// be kept.
func accompanied(child *exec.Cmd) any {
	reader, writer, err := os.Pipe()
	if err != nil {
		panic(err)
	}
	child.Stdin = reader
	startChild(child)
	return writer
}

// secretInCursor has the token in its cursors, in hexadecimal digits.
func secretInCursor() flaw {
	suffix := "." + hex.EncodeToString([]byte(rightToken))
	return withCursors(flaw{
		Name: "secret-in-cursor", Case: "secrets-kept", Saw: "hexadecimal",
		Does: "Its cursors hold the token.",
	}, func(cursor string) string { return cursor + suffix }, func(cursor string) string { return strings.TrimSuffix(cursor, suffix) })
}

// onPages does something before each page.
func onPages(do func(*outlet)) func(*outlet, *event) error {
	return func(o *outlet, e *event) error {
		if e.HasPage() {
			do(o)
		}
		return o.pass(e)
	}
}

// onToken does something with the token of a connection that was made.
func onToken(do func(s *server, token string, answer *response)) connectHook {
	return func(s *server, ctx context.Context, given *request) (*response, error) {
		answer, err := s.sound.Connect(ctx, given)
		if err == nil && !answer.HasRefusal() {
			answer = proto.CloneOf(answer)
			do(s, given.GetSecrets()["token"], answer)
		}
		return answer, err
	}
}
