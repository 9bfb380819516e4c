package webtest

import (
	"encoding/json"
	"fmt"
	"time"

	"patchbay.example/internal/service"
	"patchbay.example/internal/store"
)

// samplePeople is how many people the sample's HRIS lists: more than a page.
const samplePeople = 70

// Sample makes operations with a connection in each state, runs of every
// outcome, and people in some scripts. Connections are called by their state,
// but for "workforce", which is active and the HRIS.
func Sample(now func() time.Time) *Operations {
	o := New(now)
	o.sampleConnection("seasonal", store.StateHeldForReview, "This run would remove 5,700 of 18,204 people. Nothing was changed.", "Look at what the service shows, then approve or discard.")
	o.sampleConnection("emea", store.StateCredentialsExpired, "Okta has refused the key since yesterday 20:01: it does not know it.", "Okta Admin Console › Applications › the service app › General › Public keys › Add key, then replace it here.")
	o.sampleConnection("contractors", store.StateSyncFailed, "The service was unavailable (503) in the last 2 runs.", "Nothing, if it is back soon: the next run tries again.")
	o.sampleConnection("workforce", store.StateActive, "", "")
	o.sampleConnection("joint-venture", store.StateSyncing, "", "")
	o.sampleConnection("board", store.StatePaused, "Somebody paused it.", "")
	o.sampleConnection("lab", store.StateNew, "", "")
	o.connections["workforce"].HRIS = true
	for i := range samplePeople {
		o.people["workforce"] = append(o.people["workforce"], samplePerson(i))
	}
	o.connections["workforce"].People = samplePeople
	o.sampleChanges()
	return o
}

func (o *Operations) sampleConnection(name string, state store.ConnectionState, why, fix string) {
	now := o.now()
	success, next := now.Add(-6*time.Hour), now.Add(6*time.Hour)
	c := &service.Connection{
		Name: name, Connector: "okta", Resource: "users", Secrets: map[string]string{"private_key": "sealed", "webhook_secret": "env:EVENT_SECRET"},
		Config:   json.RawMessage(fmt.Sprintf(`{"domain":"https://%s.example.com","client_id":"0oaexample1d7","rate_share":50}`, name)),
		Interval: service.Duration(6 * time.Hour), ShrinkPercent: 20, Deadline: service.Duration(12 * time.Hour),
		State: state, Why: why, Fix: fix, People: 18204, WithAccess: 17002, LastSuccess: &success, NextRun: &next, NextWhy: "every 6 h",
		Checks: report(nil).Checks, Checked: &success, Created: now.Add(-60 * 24 * time.Hour), Updated: now.Add(-24 * time.Hour),
	}
	o.connections[name] = c
	if state == store.StateNew {
		c.People, c.WithAccess, c.LastSuccess, c.Checks, c.Checked = 0, 0, nil, nil, nil
		return
	}
	for i := 27; i > 0; i-- {
		o.sampleRun(c, now.Add(-time.Duration(i)*6*time.Hour), store.RunPromoted)
	}
	last := o.sampleRun(c, now.Add(-2*time.Minute), store.RunPromoted)
	switch state {
	case store.StateHeldForReview:
		c.NextRun, c.NextWhy = nil, "it waits for your decision"
		last.Status, last.Reason, last.Plan = store.RunHeld, "SHRINK_LIMIT", plan(18204, 5700)
		last.Plan.Headline = why
		last.Removed, last.Added, last.Changed, last.Message, last.Fix = 5700, 6, 18, why, fix
	case store.StateCredentialsExpired:
		c.NextWhy, c.Failures = "the key is tried again once a day", 3
		last.Status, last.Class, last.Reason, last.Message, last.Fix = store.RunFailed, store.ClassCredentialsRejected, "CLIENT_UNKNOWN", why, fix
	case store.StateSyncFailed:
		c.NextWhy, c.Failures = "retry 3 after a failure", 2
		last.Status, last.Class, last.Reason, last.Message, last.Fix = store.RunFailed, "SERVICE_UNAVAILABLE", "HTTP_503", why, fix
	case store.StateSyncing:
		last.Status, last.Trigger, last.Finished, last.Step = store.RunRunning, store.WhySchedule, nil, "stage"
		last.Records, last.Pages, last.Expected = 11200, 56, 18204
	case store.StatePaused:
		c.NextRun, c.NextWhy = nil, "it is paused"
	default:
	}
}

func (o *Operations) sampleRun(c *service.Connection, started time.Time, status store.RunStatus) *service.Run {
	finished := started.Add(118 * time.Second)
	run := &service.Run{
		ID: int64(len(o.runs) + 1), Connection: c.Name, Status: status, Trigger: store.WhySchedule, Started: started, Finished: &finished,
		Step: "done", Expected: 18190, Pass: 1, Pages: 92, Records: 18204, Bytes: 41 << 20, Waited: service.Duration(4 * time.Second),
		Added: 12, Changed: 43, Unchanged: 18149, Removed: 3, Connector: "1.0.0",
		Log: []service.LogLine{
			{At: started, Text: "connected to Example Org"},
			{At: started.Add(20 * time.Second), Warning: true, Text: "waited 4 s: 300 of 600 requests used in this minute, share is 50 %"},
			{At: finished, Text: "promoted"},
		},
	}
	o.runs = append(o.runs, run)
	c.LastRun = run
	return run
}

func (o *Operations) sampleChanges() {
	run := o.connections["workforce"].LastRun
	before, after := samplePerson(3).PersonVersion, samplePerson(3).PersonVersion
	before.Title, before.Department = "Engineer", ""
	joined, left := samplePerson(1).PersonVersion, samplePerson(90).PersonVersion
	o.changes[run.ID] = []service.PersonChange{
		{ID: samplePerson(1).ID, Kind: store.Joined, Name: joined.Name, After: &joined},
		{ID: samplePerson(3).ID, Kind: store.Changed, Name: after.Name, Before: &before, After: &after},
		{ID: samplePerson(90).ID, Kind: store.Left, Name: left.Name, Before: &left},
	}
}

// samplePerson is plainly made up.
func samplePerson(i int) service.Person {
	names := []string{"Sample Person", "Zoë Example", "Пример Имени", "例 太郎", "مثال شخص", "Példa Személy", "Ví Dụ Người", "예시"}
	titles := []string{"Recruiter", "Staff engineer", "Warehouse lead", "Dispatcher", "Fleet planner"}
	departments := []string{"People", "Engineering", "Depots South", "Road Transport"}
	id := fmt.Sprintf("00u%05d", i)
	login := time.Date(2026, 11, 24, 7, 52, 9, 0, time.UTC).Add(-time.Duration(i) * time.Hour)
	p := service.Person{
		ID: id, LastLogin: &login,
		PersonVersion: service.PersonVersion{
			UserName: fmt.Sprintf("person%d@example.com", i), Name: fmt.Sprintf("%s %d", names[i%len(names)], i), Email: fmt.Sprintf("person%d@example.com", i),
			Title: titles[i%len(titles)], Department: departments[i%len(departments)], Status: "ACTIVE", Access: true,
		},
	}
	switch i % 11 {
	case 4:
		p.Status = "SUSPENDED"
	case 7:
		p.Status = "PROVISIONED"
	case 9:
		p.Stale = true
	}
	p.Source = json.RawMessage(fmt.Sprintf(`{"id":%q,"status":%q,"created":"2023-02-06T08:11:40.000Z","profile":{"login":%q,"displayName":%q,"title":%q,"department":%q,"badgeSerial":9007199254740993,"tags":["a","b"],"manager":null}}`, id, p.Status, p.UserName, p.Name, p.Title, p.Department))
	return p
}

// Hostile is somebody of whom every text is the one given.
func Hostile(text string) service.Person {
	source, _ := json.Marshal(map[string]string{text: text})
	return service.Person{
		ID: "00u" + text, Source: source,
		PersonVersion: service.PersonVersion{UserName: text, Name: text, Email: text, Title: text, Department: text, Status: text},
	}
}
