package service

import (
	"time"

	"patchbay.example/internal/store"
	"patchbay.example/internal/syncer"
)

// Run is a run as it is shown.
type Run struct {
	ID         int64           `json:"id" doc:"Its number, which grows"`
	Connection string          `json:"connection" doc:"The connection's name"`
	Status     store.RunStatus `json:"status" enum:"running,held,promoted,failed,abandoned,discarded,superseded" doc:"What became of it"`
	Trigger    store.Why       `json:"trigger" doc:"Why it began"`
	Started    time.Time       `json:"started"`
	Finished   *time.Time      `json:"finished,omitempty" doc:"When it ended; absent while it runs"`
	// Step is "stage", "guard" or "done". A complete listing of a running run is
	// at the guard, or being promoted.
	Step string `json:"step" enum:"stage,guard,done" doc:"Where it stands"`
	// Expected is about how many people it will meet: those of the directory
	// that stands. 0 where there is none.
	Expected int64 `json:"expected" doc:"About how many people it will meet; 0 where unknown"`
	// Resumed counts the workers that took it over.
	Resumed int64 `json:"resumed" doc:"How often another worker took it over"`
	Pass    int64 `json:"pass" doc:"How often the listing began: more than once where the service lost our place"`
	Pages   int64 `json:"pages"`
	Records int64 `json:"records" doc:"People met"`
	Bytes   int64 `json:"bytes"`
	// Quarantined counts records that could not be read.
	Quarantined int64    `json:"quarantined" doc:"Records that could not be read"`
	Waited      Duration `json:"waited" doc:"How long the connector waited"`
	Added       int64    `json:"added"`
	Changed     int64    `json:"changed"`
	Unchanged   int64    `json:"unchanged"`
	Removed     int64    `json:"removed"`
	Connector   string   `json:"connector_version" doc:"The connector's version"`
	Class       string   `json:"class,omitempty" doc:"The class of the refusal"`
	Reason      string   `json:"reason,omitempty" doc:"Why it failed or is held, for code"`
	Message     string   `json:"message,omitempty" doc:"Why, for people"`
	Fix         string   `json:"fix,omitempty" doc:"What to do about it"`
	// Plan is a held run's. Log are the last lines of its log. Both are there
	// only where one run was asked for.
	Plan *syncer.Plan `json:"plan,omitempty" doc:"What a held run would do"`
	Log  []LogLine    `json:"log,omitempty" doc:"The last lines of its log"`
}

// LogLine is a line of a run's log.
type LogLine struct {
	At      time.Time `json:"at"`
	Warning bool      `json:"warning,omitempty" doc:"Whether it is out of the ordinary"`
	Text    string    `json:"text"`
}

// PersonChange is what a run did to one person.
type PersonChange struct {
	ID     string           `json:"id"`
	Kind   store.ChangeKind `json:"kind" enum:"joined,changed,left"`
	Name   string           `json:"name"`
	Before *PersonVersion   `json:"before,omitempty"`
	After  *PersonVersion   `json:"after,omitempty"`
}

// PersonVersion is what people see of a person, as of a run.
type PersonVersion struct {
	UserName   string `json:"user_name,omitempty"`
	Name       string `json:"name"`
	Email      string `json:"email,omitempty"`
	Title      string `json:"title,omitempty"`
	Department string `json:"department,omitempty"`
	Status     string `json:"status,omitempty" doc:"The service's word"`
	Access     bool   `json:"access" doc:"Whether the person may sign in"`
}
