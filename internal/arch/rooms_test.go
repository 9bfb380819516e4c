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
	{name: "internal/wire", holds: under("internal/wire"), imports: []string{"proto"}},
	{name: "plugin", holds: only("plugin"), imports: []string{"proto", "internal/wire"}},
	{
		// The suite launches a connector as the host does. Production code never
		// imports it, except the harness, which offers it to authors.
		name: "plugin/plugintest", holds: under("plugin/plugintest"),
		imports: []string{"plugin", "proto", "internal/wire", "host"},
	},
	{
		name: "plugin/<connector>", holds: under("plugin"),
		imports:     []string{"plugin", "proto"},
		testImports: []string{"plugin/plugintest"},
	},
	{name: "host/cmd", holds: under("host/cmd"), imports: []string{anyRoom}},
	{
		name: "host", holds: under("host"),
		imports: []string{"proto", "internal/wire"},
		// A real subprocess for the tests is a small connector on the SDK.
		testImports: []string{"plugin"},
	},
	{name: "internal/store", holds: under("internal/store")},
	{name: "internal/connection", holds: under("internal/connection"), imports: []string{"internal/store"}},
	{name: "internal/people", holds: under("internal/people"), imports: []string{"internal/store"}},
	{
		name: "internal/syncer", holds: under("internal/syncer"),
		imports: []string{"host", "internal/store", "internal/connection"},
	},
	{
		name: "internal/schedule", holds: under("internal/schedule"),
		imports: []string{"internal/syncer", "internal/store", "internal/connection"},
	},
	{
		name: "internal/web", holds: under("internal/web"),
		imports: []string{"internal/people", "internal/connection", "internal/store"},
	},
	// Measures the whole, as a program of host/cmd wires it.
	{name: "internal/bench", holds: under("internal/bench"), imports: []string{anyRoom}},
	{name: "internal/arch", holds: under("internal/arch")},
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
		{"sdk imports host", imports("plugin", "host"), "plugin may import proto, internal/wire"},
		{"host imports sdk", imports("host", "plugin"), "host may import proto, internal/wire"},
		{"host's test imports sdk", testImports("host", "plugin"), ""},
		{"host's test imports a connector", testImports("host/internal/subprocess", "plugin/okta"), "their tests also plugin"},
		{"proto imports wire", imports("proto/patchbay/connector/v1", "internal/wire"), "proto may import nothing"},
		{"connector imports its neighbour", imports("plugin/okta", "plugin/ldap/oktatest"), "plugin/okta may import plugin, proto"},
		{"connector imports its own tree", imports("plugin/okta", "plugin/okta/internal/oktaapi"), ""},
		{"connector imports wire", imports("plugin/okta/internal/oktaapi", "internal/wire"), "plugin/okta may import plugin, proto"},
		{"connector imports the suite", imports("plugin/okta", "plugin/plugintest"), "their tests also plugin/plugintest"},
		{"connector's test imports the suite", testImports("plugin/okta", "plugin/plugintest"), ""},
		{"harness imports everything", imports("host/cmd/harness", "plugin/plugintest"), ""},
		{"program imports a program", imports("host/cmd/harness", "host/cmd/patchbay"), "host/cmd/harness may not import another program"},
		{"service imports the suite", imports("host/cmd/patchbay", "plugin/plugintest"), "only tests and host/cmd/harness"},
		{"bench imports the suite", imports("internal/bench", "plugin/plugintest"), "only tests and host/cmd/harness"},
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
		sentences = append(sentences, objection(p.path, from, imported, from.imports, false)...)
	}
	allowedInTests := slices.Concat(from.imports, from.testImports)
	for _, imported := range p.testImports {
		sentences = append(sentences, objection(p.path, from, imported, allowedInTests, true)...)
	}
	return sentences
}

func objection(path string, from room, imported string, allowed []string, inTest bool) []string {
	to, ok := roomOf(imported)
	switch {
	case !ok:
		return []string{fmt.Sprintf("%s imports %s, which stands in no room", path, imported)}
	case to.name == from.name:
		return nil
	case to.name == "plugin/plugintest" && !inTest && from.name != "host/cmd/harness":
		return []string{fmt.Sprintf("%s imports %s: only tests and host/cmd/harness may; %s", path, imported, permission(from))}
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
