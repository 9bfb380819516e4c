package service

import "encoding/json"

// Connector is a connector that this installation could run.
type Connector struct {
	// Name is what connections call it by, such as "okta".
	Name string `json:"name" doc:"Name, as connections refer to it" example:"okta"`
	// Title, Version and Summary are the connector's own words; empty where it
	// could not be started: Problem says why.
	Title   string `json:"title" doc:"The service that it connects" example:"Okta"`
	Version string `json:"version" doc:"The connector's version"`
	Summary string `json:"summary" doc:"What it does, in a sentence"`
	// Path is the executable; SHA256 its hash, in hexadecimal.
	Path   string `json:"path" doc:"The executable"`
	SHA256 string `json:"sha256" doc:"The executable's SHA-256"`
	// Trust is "pinned" where an administrator has declared this executable,
	// "changed" where another one was declared, so that this one is not run, and
	// "unpinned" where none was.
	Trust TrustState `json:"trust" enum:"pinned,changed,unpinned" doc:"Whether the executable is the one that was declared"`
	// Problem and Fix say why it can't be used, if so.
	Problem string `json:"problem,omitempty" doc:"Why it can't be used"`
	Fix     string `json:"fix,omitempty" doc:"What to do about it"`
}

// TrustState is how a connector's executable compares with what was declared.
type TrustState string

// The states of trust.
const (
	TrustPinned   TrustState = "pinned"
	TrustChanged  TrustState = "changed"
	TrustUnpinned TrustState = "unpinned"
)

// Form is what a connector asks of an administrator.
type Form struct {
	Connector string `json:"connector" doc:"The connector"`
	Title     string `json:"title" doc:"The service that it connects"`
	Version   string `json:"version" doc:"The connector's version"`
	Summary   string `json:"summary" doc:"What it does, in a sentence"`
	// Fields are in the order in which they are to be asked.
	Fields []Field `json:"fields" doc:"The fields, in order"`
	// Schema is the connector's own JSON Schema.
	Schema json.RawMessage `json:"schema" doc:"The connector's JSON Schema"`
}

// Field is one property of a configuration.
type Field struct {
	Name string `json:"name" doc:"The property" example:"client_id"`
	// Title labels it; Help explains it in a sentence or two.
	Title string `json:"title" doc:"Its label"`
	Help  string `json:"help,omitempty" doc:"What it is and where to find it"`
	// Type is "string", "boolean", "integer", "number", or "array" for a list of
	// texts.
	Type string `json:"type" enum:"string,boolean,integer,number,array" doc:"Its JSON type; an array is one of strings"`
	// Group is the heading under which it stands; empty for the first, which
	// everybody fills in.
	Group     string `json:"group,omitempty" doc:"The heading it stands under"`
	Required  bool   `json:"required" doc:"Whether it must be given"`
	Secret    bool   `json:"secret" doc:"Whether it is write-only"`
	Multiline bool   `json:"multiline" doc:"Whether it may have several lines"`
	// Choices are the values allowed; nil: any.
	Choices []string `json:"choices,omitempty" doc:"The values allowed"`
	// Default and Example are as they would be written into the field, the texts
	// of a list on a line each; Minimum
	// and Maximum bound a number, or the length of a text; nil: no bound.
	Default string   `json:"default,omitempty" doc:"What holds where nothing is given"`
	Example string   `json:"example,omitempty" doc:"What a value looks like"`
	Minimum *float64 `json:"minimum,omitempty" doc:"Least value"`
	Maximum *float64 `json:"maximum,omitempty" doc:"Greatest value"`
	// MaxLength bounds a text; 0: no bound.
	MaxLength int `json:"max_length,omitempty" doc:"Longest text"`
}

// Report is what a test of a connection found.
type Report struct {
	// OK says that the connection works: no check failed.
	OK bool `json:"ok" doc:"Whether the connection works"`
	// Class is the class of the refusal, such as CREDENTIALS_REJECTED; empty where
	// OK, and where our own machine is at fault.
	Class string `json:"class,omitempty" doc:"The class of what is wrong" example:"CREDENTIALS_REJECTED"`
	// Account is the account reached, such as the name of an Okta org; empty
	// where none was.
	Account string `json:"account,omitempty" doc:"The account reached"`
	// AccountURL is where it is.
	AccountURL string   `json:"account_url,omitempty" doc:"Where the account is"`
	Scopes     []string `json:"scopes,omitempty" doc:"The scopes granted"`
	Checks     []Check  `json:"checks" doc:"The named checks, in the order in which they were made"`
	// Resources are what can be listed; nil where it could not be asked.
	Resources []Resource `json:"resources,omitempty" doc:"What can be listed"`
}

// Check is one named check.
type Check struct {
	Name   string      `json:"name" doc:"The check's name" example:"token"`
	Title  string      `json:"title" doc:"What was checked"`
	Status CheckStatus `json:"status" enum:"ok,warn,fail,skipped" doc:"How it went; skipped where an earlier failure made it pointless"`
	Reason string      `json:"reason,omitempty" doc:"Why not, for code" example:"CLIENT_UNKNOWN"`
	Detail string      `json:"detail,omitempty" doc:"What was seen"`
	Fix    string      `json:"fix,omitempty" doc:"What to do about it"`
	// TookMS is in milliseconds; 0 where no time was taken.
	TookMS int64 `json:"took_ms,omitempty" doc:"Milliseconds it took"`
}

// CheckStatus is how a check went.
type CheckStatus string

// The statuses of a check.
const (
	CheckOK      CheckStatus = "ok"
	CheckWarn    CheckStatus = "warn"
	CheckFail    CheckStatus = "fail"
	CheckSkipped CheckStatus = "skipped"
)

// Resource is something that a connection can list.
type Resource struct {
	Name  string `json:"name" doc:"Its name" example:"users"`
	Title string `json:"title" doc:"What it is"`
	// Interval is how often the connector suggests to list it.
	Interval Duration `json:"interval" doc:"How often the connector suggests to list it"`
	// MissingScopes are those without which it can't be listed.
	MissingScopes []string `json:"missing_scopes,omitempty" doc:"Scopes without which it can't be listed"`

	people bool // it lists people
}
