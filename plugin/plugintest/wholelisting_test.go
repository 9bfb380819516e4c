package plugintest

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// listed is the book of a listing with those pages, judged as a whole.
func listed(kind connectorv1.ResourceKind, pages ...[]*connectorv1.Record) *book {
	b := newBook(connectorv1.Resource_builder{Name: "things", Kind: kind}.Build())
	for i, records := range pages {
		cursor := ""
		if i < len(pages)-1 {
			cursor = fmt.Sprintf("page-%d", i+1)
		}
		b.part(connectorv1.Page_builder{Sequence: uint64(i + 1), Cursor: cursor, Records: records}.Build(), 0) //nolint:gosec // few
	}
	b.judgeWhole()
	return b
}

// membership is a record whose id is the person alone.
func membership(group, person int) *connectorv1.Record {
	return connectorv1.Record_builder{
		Resource: "things", Id: fmt.Sprintf("person-%d", person),
		Source: fmt.Appendf(nil, `{"group":"confidential-%d","user":"person-%d"}`, group, person),
	}.Build()
}

func TestIDsThatManyShareDoNotIdentify(t *testing.T) {
	t.Parallel()
	var pages [][]*connectorv1.Record
	for group := range 12 {
		var page []*connectorv1.Record
		for person := range 41 {
			page = append(page, membership(group, person))
		}
		pages = append(pages, page)
	}
	found := listed(connectorv1.ResourceKind_RESOURCE_KIND_OTHER, pages...).findings["ids-unique"]
	if len(found) != 1 || !strings.Contains(found[0], `451 of 492 records`) || !strings.Contains(found[0], `"person-0" has sources that differ in "group"`) {
		t.Errorf("found %q", found)
	}
	if strings.Contains(strings.Join(found, ""), "confidential") {
		t.Errorf("it quotes what the sources hold: %q", found)
	}
}

func TestAnIDMayComeAgain(t *testing.T) {
	t.Parallel()
	first := make([]*connectorv1.Record, 100)
	for i := range first {
		first[i] = membership(1, i)
	}
	changed := []*connectorv1.Record{membership(2, 1), membership(2, 2), membership(2, 3), membership(2, 4), membership(2, 5)}
	for name, pages := range map[string][][]*connectorv1.Record{
		"few of many, changed": {first, changed},
		"all, as they were":    {first, first},
		"few of few":           {first[:6], changed[:4]},
	} {
		if found := listed(connectorv1.ResourceKind_RESOURCE_KIND_OTHER, pages...).findings["ids-unique"]; len(found) > 0 {
			t.Errorf("%s: %q", name, found)
		}
	}
	b := listed(connectorv1.ResourceKind_RESOURCE_KIND_OTHER, first)
	b.restart()
	b.part(connectorv1.Page_builder{Sequence: 1, Records: changed}.Build(), 0)
	b.judgeWhole()
	if found := b.findings["ids-unique"]; len(found) > 0 {
		t.Errorf("after a restart: %q", found)
	}
}

func TestMembersInWhichSourcesDiffer(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ a, b, want string }{
		{`{"a":1,"b":2}`, `{"a":1,"b":3}`, ` in "b"`},
		{`{"a":1}`, `{"b":1}`, ` in "a", "b"`},
		{`{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1}`, `{}`, ` in "a", "b", "c", "d", "e" and more`},
		{`{"a":1}`, `{ "a":1 }`, ""},
		{``, `{"a":1}`, ""},
		{`[1]`, `{"a":1}`, ""},
	} {
		if got := membersIn([]byte(c.a), []byte(c.b)); got != c.want {
			t.Errorf("%s and %s: %q, want %q", c.a, c.b, got, c.want)
		}
	}
}

func TestViewsInWhichNobodyHasAName(t *testing.T) {
	t.Parallel()
	people := func(n int, view *connectorv1.User) []*connectorv1.Record {
		records := make([]*connectorv1.Record, n)
		for i := range records {
			records[i] = connectorv1.Record_builder{Resource: "things", Id: fmt.Sprint(i), Source: []byte(`{}`), User: view}.Build()
		}
		return records
	}
	users := connectorv1.ResourceKind_RESOURCE_KIND_USERS
	empty := &connectorv1.User{}
	for name, named := range map[string]*connectorv1.User{
		"a user name":       connectorv1.User_builder{UserName: "x"}.Build(),
		"a display name":    connectorv1.User_builder{DisplayName: "x"}.Build(),
		"a family name":     connectorv1.User_builder{Name: connectorv1.Name_builder{Family: "x"}.Build()}.Build(),
		"an e-mail address": connectorv1.User_builder{Emails: []*connectorv1.Email{connectorv1.Email_builder{Value: "x"}.Build()}}.Build(),
	} {
		if found := listed(users, people(20, empty), people(1, named)).findings["records-typed"]; len(found) > 0 {
			t.Errorf("somebody has %s: %q", name, found)
		}
	}
	found := listed(users, people(20, connectorv1.User_builder{Title: "Role 1"}.Build())).findings["records-typed"]
	if len(found) != 1 || !strings.Contains(found[0], "none of 20 people has a name, a user name or an e-mail address in the typed view") {
		t.Errorf("of people without names it says %q", found)
	}
	if found := listed(users, people(minViews-1, empty)).findings["records-typed"]; len(found) > 0 {
		t.Errorf("of a handful it says %q", found)
	}
	groups := people(12, nil)
	for _, record := range groups {
		record.SetGroup(&connectorv1.Group{})
	}
	found = listed(connectorv1.ResourceKind_RESOURCE_KIND_GROUPS, groups).findings["records-typed"]
	if len(found) != 1 || !strings.Contains(found[0], "none of 12 groups has a name") {
		t.Errorf("of groups without names it says %q", found)
	}
}

func TestStatusesThatNobodySorted(t *testing.T) {
	t.Parallel()
	person := func(id string, kind connectorv1.UserStatus) []*connectorv1.Record {
		return []*connectorv1.Record{connectorv1.Record_builder{Resource: "things", Id: id, Source: []byte(`{}`), User: connectorv1.User_builder{UserName: id, StatusKind: kind}.Build()}.Build()}
	}
	users := connectorv1.ResourceKind_RESOURCE_KIND_USERS
	one, two := person("1", connectorv1.UserStatus_USER_STATUS_UNSPECIFIED), person("2", connectorv1.UserStatus_USER_STATUS_ACTIVE)
	if remark := listed(users, one).statusRemark(); !strings.Contains(remark, "status_kind") {
		t.Errorf("of unsorted ones it says %q", remark)
	}
	if remark := listed(users, one, two).statusRemark(); remark != "" {
		t.Errorf("where somebody's is sorted it says %q", remark)
	}
}

func TestWhereAStreamResumedWrongly(t *testing.T) {
	t.Parallel()
	page := func(n int) []*connectorv1.Record {
		return []*connectorv1.Record{membership(n, 2*n), membership(n, 2*n+1)}
	}
	other := connectorv1.ResourceKind_RESOURCE_KIND_OTHER
	straight := listed(other, page(1), page(2), page(3), page(4))
	for _, c := range []struct {
		want string
		rest *book
	}{
		{"ended without a page", listed(other)},
		{"The whole listing came", listed(other, page(1), page(2), page(3), page(4))},
		{"Page 2 itself came again", listed(other, page(2), page(3), page(4))},
		{"Page 3 was left out", listed(other, page(4))},
		{"ended as complete after page 3", listed(other, page(3))},
		{"A cursor says where to go on after its page.", listed(other, page(7))},
	} {
		if got := misplaced(straight, straight.pages[1], c.rest); !strings.Contains(got, c.want) {
			t.Errorf("says %q, want %q", got, c.want)
		}
	}
}

func TestWhatEndedAStream(t *testing.T) {
	t.Parallel()
	one := []*connectorv1.Record{membership(1, 1)}
	complete := func(b *book) *book { b.complete(&connectorv1.Completed{}); return b }
	other := connectorv1.ResourceKind_RESOURCE_KIND_OTHER
	for _, c := range []struct {
		b    *book
		want string
	}{
		{listed(other), "without a page and without Completed"},
		{listed(other, one), "after one page, without Completed"},
		{complete(listed(other)), "complete without a page: an error that is passed over looks like that"},
		{complete(listed(other, one, one)), "complete after 2 pages"},
	} {
		err := error(streamEnd{c.b})
		if !errors.Is(err, io.EOF) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("says %q, want %q", err, c.want)
		}
	}
}

func TestNamesThatOnlySecretsHave(t *testing.T) {
	t.Parallel()
	secret := []string{"token", "api_token", "accessToken", "password", "bind_password", "client_secret", "private_key", "privateKey", "api-key", "passphrase", "credentials"}
	plain := []string{"key_id", "client_id", "id_column", "token_url", "key", "key_field", "password_attribute", "private_key_file", "monkey", "primary_key", "secretary"}
	for _, name := range slices.Concat(secret, plain) {
		if got := secretName.MatchString(name); got != slices.Contains(secret, name) {
			t.Errorf("%s: %v", name, got)
		}
	}
}
