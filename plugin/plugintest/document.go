package plugintest

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"patchbay.example/host"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// update is the flag of every connector's tests that writes pages instead of
// comparing them. A test package that imports this one has no flag of that name
// of its own. Where no tests run, as in the harness, there is no flag.
var update = func() *bool {
	if !testing.Testing() {
		return new(bool)
	}
	return flag.Bool("update", false, "write the pages that tests make, instead of comparing them")
}()

// introductionFile is what an author writes of the connector, beside its test.
const introductionFile = "connector.md"

// Document checks that a page of documentation is what the connector says of
// itself: its configuration, its resources and every refusal with its fix. page
// is the path of the Markdown file. With the test flag -update it is written.
//
// What a reader needs to know beyond that comes first, from a file beside the
// test: connector.md, if there is one. It may begin with a heading of its own;
// its links are relative to the page.
//
// Of the account that the target connects to, and of its secrets, nothing is
// written: a page that would hold one of them fails the test.
func Document(t *testing.T, target Target, page string) {
	t.Helper()
	introduction, err := os.ReadFile(introductionFile)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	said := ask(t, target)
	want := documentPage(string(introduction), said.description, said.resources)
	for _, private := range said.private {
		if before, _, holds := strings.Cut(want, private); holds {
			t.Fatalf("line %d of the page would hold a secret, or the id or the address of the account, which are not the connector's to tell: it is not shown here", 1+strings.Count(before, "\n"))
		}
	}
	if *update {
		writePage(t, page, want)
		return
	}
	got, err := os.ReadFile(page)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	if difference := firstDifference(string(got), want); difference != "" {
		t.Errorf("%s is not what the connector says of itself. To write it: go test -run '^%s$' -update\nThe first difference: %s", page, t.Name(), difference)
	}
}

func writePage(t *testing.T, page, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(page), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(page, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// statement is what a connector says of itself, and what of it belongs to the
// account.
type statement struct {
	description *connectorv1.DescribeResponse
	resources   []*connectorv1.Resource
	private     []string
}

// minPrivateBytes is the shortest text that is looked for on a page: a shorter one
// stands in other words.
const minPrivateBytes = 6

// ask starts the connector, connects it and lists its resources.
func ask(t *testing.T, target Target) statement {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), host.DefaultConnectTimeout)
	defer cancel()
	connector, err := host.Launch(ctx, host.Settings{Path: target.Path})
	if err != nil {
		t.Fatalf("start the connector: %v", err)
	}
	defer func() { _ = connector.Close() }()
	description, err := connector.Describe(ctx)
	if err != nil {
		t.Fatalf("ask the connector what it is: %v", err)
	}
	answer, err := connector.Connect(ctx, host.Configuration{JSON: target.Config, Secrets: target.Secrets})
	if err != nil {
		t.Fatalf("connect: %v", err)
	}
	resources, err := connector.ListResources(ctx)
	if err != nil {
		t.Fatalf("list the resources: %v", err)
	}
	said := statement{description: description, resources: resources}
	for _, secret := range target.Secrets {
		if len(secret) >= minPrivateBytes {
			said.private = append(said.private, secret)
		}
	}
	for _, text := range []string{answer.GetAccount().GetId(), answer.GetAccount().GetUrl()} {
		// One without a digit, such as "example", stands in other sentences, too.
		if len(text) >= minPrivateBytes && strings.ContainsAny(text, "0123456789") {
			said.private = append(said.private, text)
		}
	}
	return said
}

// firstDifference says where two texts differ first; nothing where they don't.
func firstDifference(got, want string) string {
	if got == want {
		return ""
	}
	gotLines, wantLines := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range max(len(gotLines), len(wantLines)) {
		if g, w := lineAt(gotLines, i), lineAt(wantLines, i); g != w {
			return fmt.Sprintf("line %d is %q and should be %q.", i+1, g, w)
		}
	}
	return "none that is seen."
}

func lineAt(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return "(nothing)"
}
