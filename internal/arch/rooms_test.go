package arch

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// A room is a part of the tree with one list of other rooms that it may import.
// Every room may import its own packages, unless it is a host/cmd program or a
// connector: those never import a neighbour of the same kind.
type room struct {
	name string
	// holds reports whether the package at this path, relative to the module,
	// stands in the room. The first room that says yes has it.
	holds func(path string) bool
	// imports names the rooms that the room's code may import; anyRoom is all.
	imports []string
	// testImports names the rooms that its tests may import beside those.
	testImports []string
}

const anyRoom = "everything"

// rooms is the whole table. A connector's room is plugin/<connector>, one for
// each, so that no connector imports another.
var rooms = []room{
	{name: "proto", holds: under("proto")},
	{name: "internal/spelling", holds: under("internal/spelling")},
	{name: "internal/wire", holds: under("internal/wire"), imports: []string{"proto"}},
	{name: "plugin", holds: only("plugin"), imports: []string{"proto", "internal/wire", "internal/spelling"}},
	{
		// The suite launches a connector as the host does.
		name: "plugin/plugintest", holds: under("plugin/plugintest"),
		imports: []string{"plugin", "proto", "internal/wire", "host"},
	},
	{
		// A test that calls a connector as the host does needs the host's limits.
		name: "plugin/<connector>", holds: under("plugin"),
		imports:     []string{"plugin", "proto"},
		testImports: []string{"plugin/plugintest", "internal/wire"},
	},
	{name: "host/cmd", holds: under("host/cmd"), imports: []string{anyRoom}},
	{
		name: "host", holds: under("host"),
		imports: []string{"proto", "internal/wire", "internal/spelling"},
		// The tests load real connectors: small ones on the SDK, and Okta's
		// against its fake tenant.
		testImports: []string{"plugin", "plugin/okta"},
	},
	{name: "internal/store", holds: under("internal/store")},
	{name: "internal/connection", holds: under("internal/connection"), imports: []string{"internal/store"}},
	{
		// It knows what the contract's typed view means, and not which connector
		// sent it.
		name: "internal/people", holds: under("internal/people"),
		imports: []string{"internal/store", "proto"},
	},
	{name: "internal/killpoint", holds: under("internal/killpoint")},
	{
		name: "internal/syncer", holds: under("internal/syncer"),
		imports: []string{"host", "internal/store", "internal/connection", "internal/killpoint", "proto"},
		// The tests run the real connector against its fake tenant.
		testImports: []string{"plugin/okta"},
	},
	{
		name: "internal/schedule", holds: under("internal/schedule"),
		imports:     []string{"internal/syncer", "internal/store", "internal/connection", "internal/killpoint"},
		testImports: []string{"host", "plugin/okta"},
	},
	{
		name: "internal/service", holds: under("internal/service"),
		imports:     []string{"host", "internal/store", "internal/connection", "internal/syncer", "internal/schedule", "internal/people", "proto"},
		testImports: []string{"plugin/okta"},
	},
	{
		// The JSON API and its client speak of errors as those do who made them.
		name: "internal/api", holds: under("internal/api"),
		imports: []string{"internal/spelling", "internal/service", "internal/people", "internal/store", "internal/connection", "internal/syncer", "host", "proto"},
	},
	{
		name: "internal/telemetry", holds: under("internal/telemetry"),
		imports: []string{"internal/service", "internal/store"},
	},
	{
		// It says of a connector's refusal what host makes of it.
		name: "internal/web", holds: under("internal/web"),
		imports: []string{"internal/people", "internal/service", "internal/connection", "internal/store", "internal/syncer", "host"},
		// The tests fill a store as a connector does.
		testImports: []string{"proto"},
	},
	// The fake tenant that programs demonstrate with.
	{name: "internal/program/demo", holds: under("internal/program/demo"), imports: []string{"plugin/okta"}},
	{
		// What the programs share: signals, exit codes, words.
		name: "internal/program", holds: under("internal/program"),
		imports: []string{"host", "internal/wire", "internal/connection", "proto"},
	},
	// Measures the whole, as a program of host/cmd wires it.
	{name: "internal/bench", holds: under("internal/bench"), imports: []string{anyRoom}},
	{name: "internal/arch", holds: under("internal/arch")},
	{name: needtest, holds: only("internal/needtest")},
}

// needtest is what any test may say its needs of the machine with.
const needtest = "internal/needtest"

// forTests reports whether a package serves tests, as net/http/httptest does: a
// fake service, a conformance suite, a program that misbehaves to order. Its
// imports are judged as a test's, and production code does not import it.
func forTests(path string) bool {
	for segment := range strings.SplitSeq(path, "/") {
		if strings.HasSuffix(segment, "test") {
			return true
		}
	}
	return false
}

// mayOffer reports whether a room's production code may hold a package that
// serves tests: the harness offers the suite to authors, and it, what programs
// demonstrate with and a measurement bring a fake tenant.
func mayOffer(r room, forTestsPath string) bool {
	switch r.name {
	case "host/cmd/harness":
		return true
	case "internal/program/demo", "internal/bench":
		return forTestsPath != "plugin/plugintest"
	default:
		return false
	}
}

func TestEveryPackageImportsOnlyWhatItsRoomMay(t *testing.T) {
	packages := importGraph(t)
	if len(packages) == 0 {
		t.Fatal("go list named no package of the module")
	}
	for _, p := range packages {
		for _, objection := range objections(p) {
			t.Error(objection)
		}
	}
}

// The table is worth nothing if a breach goes unseen: each row here is one.
func TestBreachesAreSeen(t *testing.T) {
	tests := []struct {
		name string
		give listedPackage
		want string // empty: allowed
	}{
		{"sdk imports host", imports("plugin", "host"), "plugin may import proto, internal/wire, internal/spelling"},
		{"host imports sdk", imports("host", "plugin"), "host may import proto, internal/wire, internal/spelling"},
		{"host's test imports sdk", testImports("host", "plugin"), ""},
		{"host's test imports a fake tenant", testImports("host", "plugin/okta/oktatest"), ""},
		{"host's test program imports sdk", imports("host/internal/connectortest", "plugin"), ""},
		{"host imports its test program", imports("host", "host/internal/connectortest"), "serves tests"},
		{"host's test imports the suite", testImports("host/internal/subprocess", "plugin/plugintest"), "their tests also plugin, plugin/okta"},
		{"proto imports wire", imports("proto/patchbay/connector/v1", "internal/wire"), "proto may import nothing"},
		{"connector imports its neighbour", imports("plugin/okta", "plugin/ldap"), "plugin/okta may import plugin, proto"},
		{"connector imports its own tree", imports("plugin/okta", "plugin/okta/internal/oktaapi"), ""},
		{"connector imports wire", imports("plugin/okta/internal/oktaapi", "internal/wire"), "plugin/okta may import plugin, proto"},
		{"connector imports the suite", imports("plugin/okta", "plugin/plugintest"), "serves tests"},
		{"connector imports its own fake", imports("plugin/okta", "plugin/okta/oktatest"), "serves tests"},
		{"connector's test imports its own fake", testImports("plugin/okta", "plugin/okta/oktatest"), ""},
		{"connector's test imports the suite", testImports("plugin/okta", "plugin/plugintest"), ""},
		{"connector's test says what it needs", testImports("plugin/okta", "internal/needtest"), ""},
		{"connector says what a test needs", imports("plugin/okta", "internal/needtest"), "serves tests"},
		{"harness imports everything", imports("host/cmd/harness", "plugin/plugintest"), ""},
		{"program imports a program", imports("host/cmd/harness", "host/cmd/patchbay"), "host/cmd/harness may not import another program"},
		{"service imports the suite", imports("host/cmd/patchbay", "plugin/plugintest"), "serves tests"},
		{"service imports a fake tenant", imports("host/cmd/patchbay", "plugin/okta/oktatest"), "serves tests"},
		{"service imports what demonstrates", imports("host/cmd/patchbay", "internal/program/demo"), ""},
		{"what demonstrates imports a fake tenant", imports("internal/program/demo", "plugin/okta/oktatest"), ""},
		{"web imports a fake tenant", imports("internal/web", "plugin/okta/oktatest"), "serves tests"},
		{"bench imports the suite", imports("internal/bench", "plugin/plugintest"), "serves tests"},
		{"bench imports a fake tenant", imports("internal/bench", "plugin/okta/oktatest"), ""},
		{"people imports syncer", imports("internal/people", "internal/syncer"), "internal/people may import internal/store"},
		{"a room of its own", imports("internal/people/search", "internal/people"), ""},
		{"no room", imports("internal/misc"), "stands in no room"},
		{"imports no room", imports("host/cmd/harness", "internal/misc"), "stands in no room"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := strings.Join(objections(tt.give), "\n")
			if (tt.want == "") != (got == "") || !strings.Contains(got, tt.want) {
				t.Errorf("objections = %q, want one with %q", got, tt.want)
			}
		})
	}
}

// objections says, one sentence each, what p imports against the table.
func objections(p listedPackage) []string {
	from, ok := roomOf(p.path)
	if !ok {
		return []string{p.path + " stands in no room: move it into one, or give it a row in internal/arch/rooms_test.go"}
	}
	var sentences []string
	for _, imported := range p.imports {
		sentences = append(sentences, objection(p.path, from, imported, forTests(p.path))...)
	}
	for _, imported := range p.testImports {
		sentences = append(sentences, objection(p.path, from, imported, true)...)
	}
	return sentences
}

// objection says what is wrong with one import, or nothing.
func objection(path string, from room, imported string, inTest bool) []string {
	to, ok := roomOf(imported)
	allowed := from.imports
	if inTest {
		allowed = slices.Concat(from.imports, from.testImports)
	}
	switch {
	case !ok:
		return []string{fmt.Sprintf("%s imports %s, which stands in no room", path, imported)}
	case forTests(imported) && !inTest && !mayOffer(from, imported):
		return []string{fmt.Sprintf("%s imports %s, which serves tests: production code does not link it", path, imported)}
	case to.name == from.name, inTest && to.name == needtest:
		return nil
	case strings.HasPrefix(to.name, "host/cmd"):
		return []string{fmt.Sprintf("%s imports the program %s: %s may not import another program", path, imported, from.name)}
	case slices.Contains(allowed, anyRoom), slices.Contains(allowed, to.name):
		return nil
	}
	return []string{fmt.Sprintf("%s imports %s of room %s: %s", path, imported, to.name, permission(from))}
}

func permission(r room) string {
	list := func(names []string) string {
		if len(names) == 0 {
			return "nothing"
		}
		return strings.Join(names, ", ")
	}
	sentence := fmt.Sprintf("%s may import %s", r.name, list(r.imports))
	if len(r.testImports) > 0 {
		sentence += "; their tests also " + list(r.testImports)
	}
	return sentence
}

// roomOf returns the room of a package. Connectors and programs get a room each.
func roomOf(path string) (room, bool) {
	for _, r := range rooms {
		if !r.holds(path) {
			continue
		}
		switch r.name {
		case "plugin/<connector>":
			r.name = firstSegments(path, 2)
		case "host/cmd":
			r.name = firstSegments(path, 3)
		}
		return r, true
	}
	return room{}, false
}

func firstSegments(path string, n int) string {
	segments := strings.Split(path, "/")
	return strings.Join(segments[:min(n, len(segments))], "/")
}

func under(folder string) func(string) bool {
	return func(path string) bool { return path == folder || strings.HasPrefix(path, folder+"/") }
}

func only(folder string) func(string) bool {
	return func(path string) bool { return path == folder }
}

func imports(path string, imported ...string) listedPackage {
	return listedPackage{path: path, imports: imported}
}

func testImports(path string, imported ...string) listedPackage {
	return listedPackage{path: path, testImports: imported}
}
