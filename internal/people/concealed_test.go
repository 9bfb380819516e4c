package people

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// named is a company where everybody names one person as the manager, each in
// another way, and that person is hidden.
func named() []who {
	all := []who{
		{id: "00uboss", given: "Sample", family: "Boss", title: "Chief", department: "Board"},
		{id: "00ucanary", given: "Sample", family: "Canaryfamily", login: "canarylogin@example.com", number: "canaryno", title: "Agent", department: "Depots", managerID: "00uring"},
		{id: "00uring", given: "Sample", family: "Ring", title: "Agent", department: "Depots", managerID: "00ucanary"},
		{id: "00utwo", given: "Two", family: "Ways", title: "Agent", department: "Depots", managerID: "00uboss", manager: "Sample Canaryfamily"},
	}
	for i, manager := range []string{
		"00ucanary", "canarylogin@example.com", "CANARYLOGIN", "canaryno", "Sample Canaryfamily", "Canaryfamily, Sample",
		"CN=Sample Canaryfamily,OU=Staff,DC=example,DC=com", "CN=Sample Canaryfamily,OU=Staff,DC",
	} {
		all = append(all, who{id: "00unamed" + string(rune('a'+i)), given: "Named", family: "Person", title: "Agent", department: "Depots", manager: manager})
	}
	return all
}

func TestNobodyLearnsWhoIsHiddenFromOthersManagers(t *testing.T) {
	for _, leaves := range []bool{false, true} {
		r := newCompany(t)
		r.sync(r.connection, noon.Add(-2*time.Hour), named()...)
		r.set(func(s *Settings) { s.Hidden = []string{"00ucanary"} })
		if leaves {
			r.sync(r.connection, noon.Add(-time.Hour), slices.DeleteFunc(named(), func(w who) bool { return w.id == "00ucanary" })...)
		}
		for what, text := range r.everything(r.snapshot()) {
			if at := strings.Index(strings.ToLower(text), "canary"); at >= 0 && !strings.Contains(what, "canary") {
				t.Errorf("left: %t: %s tells who is hidden: …%s…", leaves, what, text[max(0, at-150):min(len(text), at+50)])
			}
		}
	}
}

func TestAHiddenPersonIsAskedForLikeNobody(t *testing.T) {
	r := newCompany(t)
	r.sync(r.connection, noon.Add(-time.Hour), named()...)
	r.set(func(s *Settings) { s.Hidden = []string{"00ucanary"} })
	s := r.snapshot()
	if s.Size() != len(named())-1 {
		t.Errorf("%d people are shown, want %d", s.Size(), len(named())-1)
	}
	asks := map[string]func(id string) error{
		"Person":   func(id string) error { _, err := s.Person(id); return err },
		"Evidence": func(id string) error { _, err := s.Evidence(id); return err },
		"Chart":    func(id string) error { _, err := s.Chart(ChartQuery{Person: id}); return err },
		"Branch":   func(id string) error { _, err := s.Branch(BranchQuery{Person: id}); return err },
		"Reports":  func(id string) error { _, _, err := s.Reports(id, true, 0, 0); return err },
		"Peers":    func(id string) error { _, _, err := s.Peers(id, 0, 0); return err },
		"VCard":    func(id string) error { _, err := s.VCard(id); return err },
		"Drawing":  func(id string) error { _, _, err := s.Drawing(id, 1); return err },
		"History":  func(id string) error { _, err := r.directory.History(r.Context(), s, id); return err },
	}
	for name, ask := range asks {
		hidden, nobody := ask("00ucanary"), ask("00uxanary")
		if hidden == nil || nobody == nil || hidden.Error() != strings.ReplaceAll(nobody.Error(), "xanary", "canary") {
			t.Errorf("%s of somebody hidden: %v; of nobody: %v; want the same", name, hidden, nobody)
		}
	}
	found, err := s.Search(Query{Chosen: map[string][]string{attrManager: {"00ucanary"}}})
	if err != nil || found.Total != 0 {
		t.Errorf("narrowed to the reports of the hidden person: %d (%v), want nobody", found.Total, err)
	}
}

func TestASecretCantBeAllowed(t *testing.T) {
	for _, name := range []string{"profile.apiToken", "credentials.password", "profile.recoveryAnswer", "client_secret"} {
		if err := (&Settings{Attributes: []string{name}}).check(); err == nil {
			t.Errorf("%s was allowed", name)
		}
	}
	s := of(Settings{Attributes: []string{"profile.apiToken", "profile.badge"}}, who{id: "1", given: "A", custom: map[string]any{"apiToken": "canary", "badge": "7"}})
	p, err := s.Person("1")
	if err != nil || len(p.Values) != 1 || p.Values[0].Text != "7" {
		t.Errorf("shown: %v (%v), want the badge alone", p.Values, err)
	}
}
