package arch

import (
	"strings"
	"testing"
)

// unlinkable is what no connector's binary may hold, whoever imports it: it
// would be shipped by every author and scanned by every customer. An entry also
// covers the packages below it. Package testing itself is not in the list, for
// go-plugin links it (its testing.go); the linter keeps our own files from it.
var unlinkable = []string{
	"net/http/httptest",
	"go.uber.org/goleak",
	"github.com/google/go-cmp",
	"github.com/rogpeppe/go-internal",
	"database/sql",
	"modernc.org/sqlite",
	"github.com/jackc/pgx",
	"github.com/riverqueue/river",
	"github.com/chromedp",
	module + "/host",
	module + "/plugin/plugintest",
	module + "/internal/store",
}

// The linter sees what a file imports; this sees what comes with it.
func TestConnectorsLinkNoTestLibraryDatabaseOrBrowser(t *testing.T) {
	for _, system := range systems {
		for _, root := range authorPackages(t, system) {
			for _, p := range goList(t, system, "ImportPath", "-deps", root) {
				if banned, ok := bannedBy(p.ImportPath); ok {
					t.Errorf("GOOS=%s: %s links %s (banned: %s); see which import brings it with: go list -deps -json=ImportPath,Imports %s",
						system, root, p.ImportPath, banned, root)
				}
			}
		}
	}
}

func TestBannedPackagesAreSeen(t *testing.T) {
	for linked, want := range map[string]bool{
		"net/http/httptest":                      true,
		"database/sql":                           true,
		"database/sql/driver":                    false,
		module + "/host/internal/subprocess":     true,
		module + "/plugin/okta/internal/oktaapi": false,
		"database/sqlite.example.com":            false,
		"net/http":                               false,
	} {
		if _, got := bannedBy(linked); got != want {
			t.Errorf("%s: banned = %v, want %v", linked, got, want)
		}
	}
}

// authorPackages are the SDK and each connector: package plugin, and the
// programs under plugin/.
func authorPackages(t *testing.T, system string) []string {
	t.Helper()
	var roots []string
	for _, p := range goList(t, system, "ImportPath,Name", "./...") {
		path := relative(p.ImportPath)
		if path == "plugin" || p.Name == "main" && strings.HasPrefix(path, "plugin/") {
			roots = append(roots, p.ImportPath)
		}
	}
	return roots
}

// bannedBy returns the entry that forbids a package in a connector's binary.
func bannedBy(linked string) (string, bool) {
	if linked == "database/sql/driver" { // interfaces only, which a library may implement for others
		return "", false
	}
	for _, banned := range unlinkable {
		if linked == banned || strings.HasPrefix(linked, banned+"/") {
			return banned, true
		}
	}
	return "", false
}
