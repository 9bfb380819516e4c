package service

import (
	"encoding/json"
	"time"

	"patchbay.example/internal/store"
)

// Draft is a connection as an administrator enters it.
type Draft struct {
	Name      string `json:"name" doc:"1 to 64 of a-z, 0-9, - and _, beginning with a letter" example:"workforce"`
	Connector string `json:"connector" doc:"The connector's name" example:"okta"`
	// Config is an object of the connector's properties. A secret stands in it
	// as it is, or as a reference: env:NAME, file:PATH.
	Config json.RawMessage `json:"config" doc:"The connector's properties. A secret stands as it is, or as env:NAME or file:PATH"`
	Settings
}

// Settings are what Patchbay itself asks about a connection. Zero values mean
// the default.
type Settings struct {
	// Resource is what is listed; the default is the connector's first resource
	// of people.
	Resource string `json:"resource,omitempty" doc:"What is listed; the connector's people unless given"`
	HRIS     bool   `json:"hris,omitempty" doc:"Whether it is the company's HRIS, whose people the People view shows"`
	// Interval is [MinInterval] to [MaxInterval]; the default is what the
	// connector suggests, else [DefaultInterval].
	Interval Duration `json:"interval,omitempty" doc:"From the beginning of one run to that of the next; the connector's suggestion unless given"`
	// ShrinkPercent is 1 to 100; the default is [store.DefaultShrinkPercent].
	ShrinkPercent int `json:"shrink_percent,omitempty" minimum:"0" maximum:"100" doc:"How much smaller the directory may become in one run, in percent; 20 unless given"`
	// Deadline is [MinDeadline] to [MaxDeadline]; the default is
	// [syncer.DefaultDeadline].
	Deadline Duration `json:"deadline,omitempty" doc:"How long a run may take; 12 h unless given"`
}

// Change is what is to be different about a connection: nil and absent members
// stay.
type Change struct {
	// Config holds the properties that change; one that is null goes back to its
	// default. A secret that is absent stays.
	Config        json.RawMessage `json:"config,omitempty" doc:"The properties that change; null for back to the default. A secret that is absent stays"`
	HRIS          *bool           `json:"hris,omitempty" doc:"Whether it is the company's HRIS"`
	Interval      *Duration       `json:"interval,omitempty" doc:"Between runs; 0s for the default, 6 h"`
	ShrinkPercent *int            `json:"shrink_percent,omitempty" minimum:"0" maximum:"100" doc:"How much smaller the directory may become in one run, in percent; 0 for the default"`
	Deadline      *Duration       `json:"deadline,omitempty" doc:"How long a run may take; 0s for the default"`
}

// The bounds of what an administrator may set.
const (
	DefaultInterval = 6 * time.Hour
	MinInterval     = time.Minute
	MaxInterval     = 30 * 24 * time.Hour
	MinDeadline     = time.Minute
	MaxDeadline     = 7 * 24 * time.Hour
)

// Connection is a connection as it is shown. It holds no secret.
type Connection struct {
	Name      string `json:"name" doc:"Its name"`
	Connector string `json:"connector" doc:"The connector's name"`
	Resource  string `json:"resource" doc:"What is listed"`
	// Config is the configuration without secrets.
	Config json.RawMessage `json:"config" doc:"The configuration without its secrets"`
	// Secrets says of each secret property where it is: "sealed", or the
	// reference, such as "env:OKTA_KEY".
	Secrets       map[string]string     `json:"secrets" doc:"Where each secret is: sealed, or a reference"`
	HRIS          bool                  `json:"hris" doc:"Whether it is the company's HRIS"`
	Interval      Duration              `json:"interval" doc:"Between runs"`
	ShrinkPercent int                   `json:"shrink_percent" doc:"How much smaller the directory may become in one run, in percent"`
	Deadline      Duration              `json:"deadline" doc:"How long a run may take"`
	State         store.ConnectionState `json:"state" enum:"new,active,syncing,sync_failed,credentials_expired,held_for_review,paused" doc:"How it stands"`
	// Why explains the state in a sentence; empty where there is nothing to
	// explain. Fix says what to do.
	Why string `json:"why,omitempty" doc:"Why it stands so"`
	Fix string `json:"fix,omitempty" doc:"What to do about it"`
	// People counts who is visible, WithAccess those who may sign in.
	People     int64 `json:"people" doc:"People in the directory"`
	WithAccess int64 `json:"with_access" doc:"Those of them with access"`
	// LastSuccess is when the directory that stands was complete; nil before.
	LastSuccess *time.Time `json:"last_success,omitempty" doc:"When the directory that stands was complete"`
	// NextRun is nil where none is planned; NextWhy says why then, or why not.
	NextRun *time.Time `json:"next_run,omitempty" doc:"When the next run is due"`
	NextWhy string     `json:"next_why" doc:"Why then, or why none is planned"`
	// Failures counts the runs that failed since the last that did not.
	Failures int        `json:"failures" doc:"Runs that failed since the last that did not"`
	LastRun  *Run       `json:"last_run,omitempty" doc:"The newest run"`
	Checks   []Check    `json:"checks,omitempty" doc:"What the connector found when it last connected"`
	Checked  *time.Time `json:"checked,omitempty" doc:"When that was"`
	Created  time.Time  `json:"created" doc:"When it was added"`
	Updated  time.Time  `json:"updated" doc:"When it was last changed"`
}
