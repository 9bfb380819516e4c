package arch

import (
	"slices"
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
				if banned, ok := bannedBy(p.ImportPath, root); ok {
					t.Errorf("GOOS=%s: %s links %s (banned: %s); see which import brings it with: go list -deps -json=ImportPath,Imports %s",
						system, root, p.ImportPath, banned, root)
				}
			}
		}
	}
}

func TestBannedPackagesAreSeen(t *testing.T) {
	tests := []struct {
		linked, root string
		want         bool
	}{
		{"net/http/httptest", module + "/plugin", true},
		{"database/sql/driver", module + "/plugin", true},
		{module + "/host/internal/subprocess", module + "/plugin/okta", true},
		{module + "/plugin/okta/oktatest", module + "/plugin/okta", true},
		{module + "/plugin/okta/internal/oktaapi", module + "/plugin/okta", false},
		{"database/sqlite.example.com", module + "/plugin", false},
		{"net/http", module + "/plugin/okta", false},
	}
	for _, tt := range tests {
		if _, got := bannedBy(tt.linked, tt.root); got != tt.want {
			t.Errorf("%s in %s: banned = %v, want %v", tt.linked, tt.root, got, tt.want)
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

// bannedBy returns the entry that forbids a package in a connector's binary. A
// connector's own fake service, plugin/<x>/<x>test, is forbidden as well.
func bannedBy(linked, root string) (string, bool) {
	fakes := root + "/" + root[strings.LastIndex(root, "/")+1:] + "test"
	for _, banned := range slices.Concat(unlinkable, []string{fakes}) {
		if linked == banned || strings.HasPrefix(linked, banned+"/") {
			return banned, true
		}
	}
	return "", false
}
