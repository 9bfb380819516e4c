package storetest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"patchbay.example/internal/store"
)

var modelTests = []subtest{
	{"random walk 1", func(t *testing.T, s store.Store) { walk(t, s, 1) }},
	{"random walk 2", func(t *testing.T, s store.Store) { walk(t, s, 2) }},
	{"random walk 3", func(t *testing.T, s store.Store) { walk(t, s, 3) }},
	{"random walk 4", func(t *testing.T, s store.Store) { walk(t, s, 4) }},
}

const (
	// walkSteps is how long a walk is, long enough for some dozen promotions.
	walkSteps = 300
	// walkPeople is how many different ids a walk knows: few, so that they meet.
	walkPeople = 12
)

// standing is a person of the model: what is seen and whether it is stale.
type standing struct {
	name  string
	stale bool
}

// model is a tenant's directory in memory, and its newest run.
type model struct {
	*tenant
	random *rand.Rand
	stands map[string]standing
	gone   map[string]string // names of who left and is not there
	first  bool              // no run was promoted yet

	open         *run
	complete     bool
	met          map[string]*standing // nil: met, but never readable
	unidentified bool

	held    *run
	heldMet map[string]*standing
	heldAll bool // the held run removes nobody
}

// walk does at random what workers and administrators do, and compares the
// directory with the model's after each step.
func walk(t *testing.T, s store.Store, seed uint64) {
	m := &model{tenant: newTenant(t, s, "acme"), random: rand.New(rand.NewPCG(seed, seed)), stands: map[string]standing{}, gone: map[string]string{}, first: true}
	bystander := newTenant(t, s, "bystander")
	bystander.sync(member{id: "p01", name: "Bystander"})
	for step := range walkSteps {
		did := m.step()
		m.check(fmt.Sprintf("seed %d, step %d: %s", seed, step, did))
		if t.Failed() {
			return
		}
	}
	bystander.want("p01=Bystander")
	m.checkHistories()
}

func (m *model) step() string {
	switch choice := m.random.IntN(20); {
	case m.open == nil && choice < 12:
		m.open, m.complete, m.met, m.unidentified = m.begin(), false, map[string]*standing{}, false
		return "begin"
	case m.open != nil && choice < 7:
		return m.stage()
	case m.open != nil && choice < 9:
		return m.quarantineSomebody()
	case m.open != nil && choice < 10:
		m.restart()
		m.met, m.complete, m.unidentified = map[string]*standing{}, false, false
		return "restart"
	case m.open != nil && m.complete && choice < 14:
		return m.promoteOpen()
	case m.open != nil && choice < 15:
		return m.endOpen()
	case choice < 16:
		return m.forgetSomebody()
	case m.held != nil && choice < 18:
		return m.decide()
	case choice < 19:
		if err := m.s.Sweep(m.t.Context(), noon, noon); err != nil {
			m.t.Error(err)
		}
		return "sweep"
	default:
		return "nothing"
	}
}

func (m *model) somebody() string { return fmt.Sprintf("p%02d", m.random.IntN(walkPeople)) }

func (m *model) stage() string {
	var members []member
	for range m.random.IntN(8) {
		who := member{id: m.somebody(), name: fmt.Sprintf("N%d", m.random.IntN(3)), noise: fmt.Sprint(m.random.IntN(2))}
		members = append(members, who)
		m.met[who.id] = &standing{name: who.name}
	}
	cursor := "next"
	if m.random.IntN(2) == 0 {
		cursor = ""
	}
	m.open.page(cursor, members...)
	m.complete = cursor == ""
	return fmt.Sprintf("stage %v", members)
}

func (m *model) restart() { m.open.restart() }

func (m *model) quarantineSomebody() string {
	if m.random.IntN(4) == 0 {
		m.open.quarantine("")
		m.unidentified = true
		return "quarantine nobody"
	}
	id := m.somebody()
	m.open.quarantine(id)
	if met := m.met[id]; met != nil {
		met.stale = true
	} else {
		m.met[id] = nil
	}
	return "quarantine " + id
}

// after is the directory once a run is promoted.
func (m *model) after(met map[string]*standing, keepAll bool) map[string]standing {
	next := map[string]standing{}
	for id, stood := range m.stands {
		if _, ok := met[id]; ok || keepAll {
			next[id] = standing{name: stood.name, stale: ok}
		}
	}
	for id, is := range met {
		if is != nil {
			next[id] = *is
		}
	}
	return next
}

// stand makes next the directory.
func (m *model) stand(next map[string]standing) {
	for id, stood := range m.stands {
		m.gone[id] = stood.name
	}
	for id := range next {
		delete(m.gone, id)
	}
	m.stands = next
}

func (m *model) promoteOpen() string {
	want := m.wantedChanges(m.after(m.met, m.unidentified))
	compared := m.open.compare()
	r := m.open.promote()
	m.stand(m.after(m.met, m.unidentified))
	m.held = nil
	if got := int64(len(m.stands)); compared.Stands+compared.Added-compared.Removed != got || compared.Seen != int64(len(m.met)) {
		m.t.Errorf("compared %+v; %d stand, %d were met", compared, got, len(m.met))
	}
	m.wantChanges(r.ID, want...)
	m.open, m.first = nil, false
	return "promote"
}

func (m *model) wantedChanges(next map[string]standing) []string {
	if m.first {
		return nil
	}
	ids := maps.Clone(next)
	maps.Copy(ids, m.stands)
	var lines []string
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		was, stood := m.stands[id]
		is, stands := next[id]
		switch {
		case !stood:
			lines = append(lines, "joined "+id+": to "+is.name)
		case !stands:
			lines = append(lines, "left "+id+": from "+was.name)
		case was.name != is.name:
			lines = append(lines, "changed "+id+": from "+was.name+" to "+is.name)
		}
	}
	return lines
}

func (m *model) endOpen() string {
	status := store.RunFailed
	if m.complete && m.random.IntN(3) > 0 {
		status = store.RunHeld
		m.held, m.heldMet, m.heldAll = m.open, m.met, m.unidentified
	}
	m.open.finish(status)
	m.open = nil
	return "finish as " + string(status)
}

func (m *model) forgetSomebody() string {
	id := m.somebody()
	if err := m.s.Forget(m.t.Context(), m.id, id); err != nil && !errors.Is(err, store.ErrNotFound) {
		m.t.Error(err)
	}
	delete(m.stands, id)
	delete(m.gone, id)
	delete(m.met, id)
	delete(m.heldMet, id)
	return "forget " + id
}

func (m *model) decide() string {
	held := m.held
	if m.random.IntN(2) == 0 {
		if err := m.s.Discard(m.t.Context(), held.ID, m.now); err != nil {
			m.t.Error(err)
		}
		m.held = nil
		return "discard"
	}
	_, err := m.s.Approve(m.t.Context(), held.ID, m.now)
	if m.open != nil && m.complete {
		if err == nil {
			m.t.Error("approved beside a newer complete run")
		}
		return "approve in vain"
	}
	if err != nil {
		m.t.Error(err)
	}
	m.stand(m.after(m.heldMet, m.heldAll))
	m.held, m.open, m.first = nil, nil, false
	return "approve"
}

func (m *model) check(when string) {
	m.t.Helper()
	got := map[string]standing{}
	for _, p := range m.people() {
		got[p.ID] = standing{name: p.Name, stale: p.Stale}
	}
	if diff := cmp.Diff(m.stands, got, cmp.AllowUnexported(standing{})); diff != "" {
		m.t.Errorf("%s (-want +got):\n%s", when, diff)
	}
	var names []string
	for _, id := range slices.Sorted(maps.Keys(m.stands)) {
		names = append(names, id+"="+m.stands[id].name)
	}
	m.want(names...)
	var gone []string
	for _, id := range slices.Sorted(maps.Keys(m.gone)) {
		gone = append(gone, id+"="+m.gone[id])
	}
	m.wantDeparted(gone...)
}

// checkHistories compares everybody's history with what the runs say they did.
func (m *model) checkHistories() {
	m.t.Helper()
	promoted, err := m.s.Promotions(m.t.Context(), m.id, time.Time{}, 0)
	if err != nil || len(promoted) < 2 {
		m.t.Fatalf("the walk promoted %d runs (%v)", len(promoted), err)
	}
	want := map[string][]string{}
	for _, run := range promoted {
		for _, line := range m.changes(run.ID) {
			id, _, _ := strings.Cut(strings.Fields(line)[1], ":")
			want[id] = append(want[id], fmt.Sprintf("%d %s", run.ID, line))
		}
	}
	for i := range walkPeople {
		id := fmt.Sprintf("p%02d", i)
		m.wantHistory(id, want[id]...)
	}
}

func contextCancelled(t *testing.T) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx, cancel
}
