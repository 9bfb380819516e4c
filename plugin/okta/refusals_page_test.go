package main

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"patchbay.example/plugin"
)

var updatePage = flag.Bool("update", false, "write docs/okta-refusals.md instead of comparing it")

// The page for admins says what the connector says: each reason that it declares, with the same fix.
func TestRefusalsPageIsCurrent(t *testing.T) {
	path := filepath.Join("..", "..", "docs", "okta-refusals.md")
	want := refusalsPage(t)
	if *updatePage {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("%s is not what the declared reasons say; from the tree's root: go test ./plugin/okta -run RefusalsPage -update\nfirst difference: %s", path, firstDifference(string(got), want))
	}
}

// A row holds one line in four cells, whatever a reason's text holds.
func TestRefusalsPageHasOneRowForEachReason(t *testing.T) {
	rows := map[string]int{}
	row := regexp.MustCompile(`^\| <a id="[a-z0-9_]+"></a>` + "`([A-Z0-9_]+)`" + ` \| [^|]+ \| [^|]+ \| [^|]+ \|$`)
	for line := range strings.Lines(refusalsPage(t)) {
		if match := row.FindStringSubmatch(strings.TrimSuffix(line, "\n")); match != nil {
			rows[match[1]]++
		}
	}
	for _, r := range slices.Concat(reasons, sdkReasons()) {
		if rows[r.Name] != 1 {
			t.Errorf("%s has %d rows on the page, want one", r.Name, rows[r.Name])
		}
		delete(rows, r.Name)
	}
	for name := range rows {
		t.Errorf("%s has a row on the page, and nobody declares it", name)
	}
}

const refusalsIntroduction = `# What each refusal means, and what to click

When something does not work, ` + "`harness check`" + ` and ` + "`harness sync`" + ` print a sentence, a **reason** in
capitals and what to do. This page lists every reason of the Okta connector, with the fix in the same words.
**App** stands for *Okta Admin Console › Applications › Applications › your API Services app*; how that app
is set up in the first place is in [okta-setup.md](okta-setup.md).

Written by ` + "`go test ./plugin/okta -run RefusalsPage -update`" + ` from the reasons that the connector
declares; do not edit.

What a first attempt most often meets:
%s.

## Classes and exit codes

A reason belongs to a **class**, and the class decides a command's exit code.

| class | exit code | whose turn it is |
|---|---|---|
`

// likelyFirst are what a first attempt most often meets, in the order of the steps of docs/okta-setup.md.
var likelyFirst = []string{"DOMAIN_ADMIN_CONSOLE", "CLIENT_UNKNOWN", "SIGNATURE_INVALID", "DPOP_REQUIRED", "CONSENT_MISSING", "SCOPE_MISSING", "ROLE_MISSING", "ROLE_SEES_NOBODY"}

// classRows are the classes as the page names them. The exit codes are those of the host's commands, which a
// connector's package does not import.
var classRows = []struct {
	class     plugin.Class
	name      string
	exit      string
	whoseTurn string
}{
	{plugin.ConfigInvalid, "CONFIG_INVALID", "2", "Yours: something in the configuration or on the command line can't be right."},
	{plugin.CredentialsRejected, "CREDENTIALS_REJECTED", "3", "An Okta admin's: Okta does not accept the app's credentials."},
	{plugin.PermissionMissing, "PERMISSION_MISSING", "3", "An Okta admin's: Okta knows the app and does not let it read."},
	{plugin.RateLimited, "RATE_LIMITED", "4", "Nobody's: Okta asks for more patience than the run may have. Run again later."},
	{plugin.ServiceUnavailable, "SERVICE_UNAVAILABLE", "4", "The network's or Okta's: Okta can't be reached or can't serve. Run again later."},
	{plugin.ServiceMisbehaved, "SERVICE_MISBEHAVED", "4", "The network's or Okta's: an answer came that can't be right."},
	{plugin.CursorLost, "CURSOR_LOST", "4", "Nobody's: Okta lost the place in the list too often. Run again later."},
	{plugin.ConnectorFault, "CONNECTOR_FAULT", "5", "The connector's authors'."},
	{plugin.NoClass, "none", "0", "Nobody's: a remark about a wait, a warning or a record left out. The run goes on."},
}

func className(c plugin.Class) string {
	for _, row := range classRows {
		if row.class == c {
			return row.name + " → " + row.exit
		}
	}
	return fmt.Sprintf("class %d", c)
}

// refusalsPage is what docs/okta-refusals.md should hold.
func refusalsPage(t *testing.T) string {
	t.Helper()
	meanings := reasonMeanings(t)
	links := make([]string, len(likelyFirst))
	for i, name := range likelyFirst {
		links[i] = fmt.Sprintf("[`%s`](#%s)", name, strings.ToLower(name))
	}
	var page strings.Builder
	fmt.Fprintf(&page, refusalsIntroduction, strings.Join(links, ",\n"))
	for _, row := range classRows {
		fmt.Fprintf(&page, "| %s | %s | %s |\n", row.name, row.exit, row.whoseTurn)
	}
	for _, group := range []struct {
		title, text string
		reasons     []plugin.Reason
	}{
		{"What was pasted", "Found before anything is sent.", settingsReasons},
		{"The way to Okta", "The domain could not be reached, or somebody else answered there.", networkReasons},
		{"The access token", "Okta's token endpoint refused the app.", tokenReasons},
		{"The API", "Okta gave a token and then refused a request. Codes such as E0000006 are Okta's own.", apiReasons},
		{"The listing", "A listing can't go on, or goes on with a remark.", listingReasons},
		{"The connector itself", "What every connector may say.", sdkReasons()},
	} {
		fmt.Fprintf(&page, "\n## %s\n\n%s\n\n| reason | class → exit code | what happened | how to fix it |\n|---|---|---|---|\n", group.title, group.text)
		for _, r := range group.reasons {
			what := strings.TrimSpace("**" + r.Title + ".** " + meanings[r.Name])
			fmt.Fprintf(&page, "| <a id=%q></a>`%s` | %s | %s | %s |\n", strings.ToLower(r.Name), r.Name, className(r.Class), cell(what), cell(strings.ReplaceAll(r.Fix, appPage, "**App**")))
		}
	}
	page.WriteString("\nA fault of the process that the connector runs in, such as `CONNECTOR_CRASHED` or `CHECKSUM_MISMATCH`, is\n" +
		"the host's to report, for every connector alike: [host/reason.go](../host/reason.go).\n")
	return page.String()
}

// sdkReasons are those of the SDK's own reasons that this connector does not word itself.
func sdkReasons() []plugin.Reason {
	return slices.DeleteFunc(plugin.BuiltinReasons(), func(builtin plugin.Reason) bool {
		return slices.ContainsFunc(reasons, func(r plugin.Reason) bool { return r.Name == builtin.Name })
	})
}

// cell makes a text fit a cell of a Markdown table.
func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ", "<", "&lt;").Replace(text)
}

// reasonMeanings are the sentences of the constants' doc comments by reason: "ReasonX says that the app demands DPoP."
// is "The app demands DPoP.".
func reasonMeanings(t *testing.T) map[string]string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "internal/oktaapi/reason.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	meanings := map[string]string{}
	ast.Inspect(file, func(node ast.Node) bool {
		spec, ok := node.(*ast.ValueSpec)
		if !ok {
			return true
		}
		name, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		text := strings.Join(strings.Fields(spec.Doc.Text()), " ")
		text = strings.TrimPrefix(text, spec.Names[0].Name+" ")
		for _, beginning := range []string{"says that ", "is "} {
			if rest, ok := strings.CutPrefix(text, beginning); ok {
				first, size := utf8.DecodeRuneInString(rest)
				meanings[name] = string(unicode.ToUpper(first)) + rest[size:]
			}
		}
		if meanings[name] == "" {
			t.Errorf("the comment of %s begins neither with “says that” nor with “is”, as the page needs: %q", spec.Names[0], text)
		}
		return true
	})
	return meanings
}

func firstDifference(got, want string) string {
	gotLines, wantLines := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range max(len(gotLines), len(wantLines)) {
		g, w := lineAt(gotLines, i), lineAt(wantLines, i)
		if g != w {
			return fmt.Sprintf("line %d is %q, want %q", i+1, g, w)
		}
	}
	return "none"
}

func lineAt(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return "(nothing)"
}
