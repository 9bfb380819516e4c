package plugintest

import (
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// aDescription has texts that Markdown would take for something else.
var aDescription = connectorv1.DescribeResponse_builder{
	Name: "roster", Title: "Roster", Version: "9.9.9", Summary: "Reads\npeople.",
	ConfigSchemaJson: []byte(`{"type":"object","required":["address"],"properties":{
		"kind":{"type":"string","title":"Kind","enum":["a|b","c"],"default":"c","x-order":1},
		"address":{"type":"string","title":"Address","description":"With <b>or</b> without *stars* and ` + "`code`" + `,\n| or two lines.","examples":["roster.example.com"],"x-listing":true,"x-order":0},
		"share":{"type":"integer","title":"Share","minimum":1,"maximum":1000000,"default":50,"x-order":2},
		"token":{"type":"string","title":"Token","x-secret":true,"x-order":3}}}`),
	Reasons: []*connectorv1.ReasonDescription{
		connectorv1.ReasonDescription_builder{Reason: "PACING", Title: "A pause", Fix: "Nothing is to be done."}.Build(),
		connectorv1.ReasonDescription_builder{Reason: "TOKEN_REJECTED", Class: connectorv1.Class_CLASS_CREDENTIALS_REJECTED, Title: "Token | rejected", Fix: "Choose [New]\nand save."}.Build(),
		connectorv1.ReasonDescription_builder{Reason: "ADDRESS_INVALID", Class: connectorv1.Class_CLASS_CONFIG_INVALID, Title: "No address", Fix: "Enter one."}.Build(),
	},
}.Build()

var someResources = []*connectorv1.Resource{
	connectorv1.Resource_builder{
		Name: "users", Title: "People", Kind: connectorv1.ResourceKind_RESOURCE_KIND_USERS, KeyField: "id",
		SuggestedInterval: durationpb.New(6 * time.Hour), RequiredScopes: []string{"read:users", "read:mail"},
	}.Build(),
	connectorv1.Resource_builder{Name: "audits", Title: "Audits", Kind: connectorv1.ResourceKind_RESOURCE_KIND_OTHER}.Build(),
	connectorv1.Resource_builder{Name: "memberships", Title: "Memberships", Kind: connectorv1.ResourceKind_RESOURCE_KIND_OTHER, KeyField: "user", SuggestedInterval: durationpb.New(90 * time.Minute)}.Build(),
}

func TestThePageOfAConnector(t *testing.T) {
	t.Parallel()
	page := documentPage("What is read.\n\n## Set it up\n", aDescription, someResources)
	for _, want := range []string{
		"# Roster\n\nReads people.\n\nWhat is read.\n\n## Set it up\n\n",
		"| `address` | Address | text | **required** | With &lt;b>or&lt;/b> without \\*stars\\* and \\`code\\`, \\| or two lines. For example roster.example.com. It decides who or what is listed. |\n| `kind` |",
		"| `kind` | Kind | one of a\\|b, c | `\"c\"` |  |\n",
		"| `share` | Share | whole number, 1 to 1000000 | `50` |  |\n",
		"| `token` | Token | secret |  |  |\n",
		"| `users` | People | people | `id` | 6 h | `read:users`, `read:mail` |\n",
		"| `audits` | Audits | other objects |  |  |  |\n",
		"| `memberships` | Memberships | other objects | `user` | 90 min |  |\n",
		"### CREDENTIALS_REJECTED: exit code 3\n",
		"| <a id=\"token_rejected\"></a>`TOKEN_REJECTED` | Token \\| rejected | Choose \\[New] and save. |\n",
		"### Remarks\n",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q:\n%s", want, page)
		}
	}
	if strings.Index(page, "ADDRESS_INVALID") > strings.Index(page, "TOKEN_REJECTED") || strings.Index(page, "TOKEN_REJECTED") > strings.Index(page, "PACING") {
		t.Error("the classes are out of order")
	}
	if strings.Contains(page, "9.9.9") {
		t.Error("the page names the version, and would be stale after each release")
	}
}

// An author's own heading takes the place of the one that is made.
func TestThePageOfAConnectorWithAHeadingOfItsOwn(t *testing.T) {
	t.Parallel()
	page := documentPage("# Roster, the service\n\nWhat is read.\n", aDescription, nil)
	if !strings.HasPrefix(page, "# Roster, the service\n\nWhat is read.\n\n<!-- ") || strings.Contains(page, "# Roster\n") {
		t.Errorf("the page begins with %.80q", page)
	}
}

func TestWhereAPageIsStale(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ got, want, says string }{
		{"a\nb\n", "a\nb\n", ""},
		{"a\nb\n", "a\nc\n", `line 2 is "b" and should be "c".`},
		{"", "a\n", `line 1 is "" and should be "a".`},
		{"a", "a\nb", `line 2 is "(nothing)" and should be "b".`},
	} {
		if says := firstDifference(c.got, c.want); says != c.says {
			t.Errorf("%q for %q: says %q, want %q", c.got, c.want, says, c.says)
		}
	}
}
