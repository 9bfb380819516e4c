package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"patchbay.example/internal/people"
	"patchbay.example/internal/people/unit"
)

// DirectorySummary is whom the directory shows, and as of when.
type DirectorySummary struct {
	Connection string             `json:"connection" doc:"The connection that is the HRIS"`
	Generation int64              `json:"generation" doc:"The run that brought it"`
	Complete   time.Time          `json:"complete" doc:"When that run was complete: the directory is as of then"`
	People     int                `json:"people" doc:"Who is shown"`
	Active     int                `json:"active" doc:"Who of them is active"`
	Attributes []people.Attribute `json:"attributes" doc:"What people have, the allowed attributes first"`
}

// CardList is a page of people.
type CardList struct {
	Total  int           `json:"total" doc:"How many there are on all pages"`
	People []people.Card `json:"people" doc:"The people of this page"`
}

// AsideList is a page of accounts that belong to nobody.
type AsideList struct {
	Total    int            `json:"total" doc:"How many there are on all pages"`
	Accounts []people.Aside `json:"accounts" doc:"The accounts of this page, each with how one can tell"`
}

// ChangeHistory is what recent runs changed of a person.
type ChangeHistory struct {
	Changes []people.Change `json:"changes" doc:"The changes, the newest first"`
}

// Conditional is the header of a request for what may have changed.
type Conditional struct {
	IfNoneMatch string `header:"If-None-Match" doc:"The ETag of an answer that one has: 304 if it still holds"`
}

// Slice is the part of a list that is asked for.
type Slice struct {
	Offset int `query:"offset" minimum:"0" maximum:"10000" doc:"How many to pass over"`
	Limit  int `query:"limit" minimum:"1" maximum:"200" doc:"How many at most; 50 unless given"`
}

// PersonOf names a person. An id may hold any character, so it is a parameter.
type PersonOf struct {
	ID string `query:"id" required:"true" minLength:"1" maxLength:"1024" doc:"The person's id, as the service has it"`
}

type (
	summaryInput struct{ Conditional }
	cardInput    struct {
		Conditional
		PersonOf
	}
	listInput struct {
		Conditional
		Slice
	}
	peersInput struct {
		Conditional
		PersonOf
		Slice
	}
	reportsInput struct {
		Conditional
		PersonOf
		Slice

		All bool `query:"all" doc:"At every level, not only directly"`
	}
	chartInput struct {
		Conditional

		ID     string `query:"id" maxLength:"1024" doc:"Who is in view; the root with the most people unless given"`
		Group  bool   `query:"group" doc:"Whether to group reports by department however few they are"`
		Levels int    `query:"levels" minimum:"0" maximum:"4" doc:"How many levels below are open; 1 unless given"`
	}
	branchInput struct {
		Conditional
		PersonOf

		List    bool   `query:"list" doc:"Whether to list the reports however many they are"`
		Group   string `query:"group" maxLength:"1024" doc:"Only the reports of this department"`
		Nowhere bool   `query:"nowhere" doc:"Only the reports without a department"`
		Grouped bool   `query:"grouped" doc:"Whether to group reports by department however few they are"`
		Offset  int    `query:"offset" minimum:"0" maximum:"10000" doc:"How many to pass over"`
		Limit   int    `query:"limit" minimum:"1" maximum:"30" doc:"How many at most; 30 unless given"`
	}
	unitsInput struct {
		Conditional
		Slice

		Field string `query:"field" maxLength:"200" doc:"Which kind of unit; department unless given"`
		Text  string `query:"q" maxLength:"256" doc:"A part of the name"`
		Class string `query:"class" maxLength:"40" doc:"Only those whose head is so certain"`
	}
	unitInput struct {
		Conditional
		Slice

		Field string `query:"field" required:"true" maxLength:"200" doc:"Which kind of unit"`
		Value string `query:"value" required:"true" maxLength:"1024" doc:"The unit, as people's records have it"`
	}
	findingsInput struct {
		Conditional
		Slice

		Kind string `query:"kind" required:"true" maxLength:"64" doc:"A kind of finding; the quality lists them"`
	}
	movesInput struct {
		Slice

		Since time.Time `query:"since" doc:"The first moment; 30 days ago unless given"`
		Kind  string    `query:"kind" enum:"joined,moved,left" doc:"Only one kind"`
	}
)

// of is an answer that holds until the directory changes.
type of[T any] struct {
	Status int
	ETag   string `header:"ETag" doc:"Names the directory that answered: it changes with each run and each change of the settings"`
	Body   *T
}

// view adds an operation that a snapshot answers, and that answers 304 to whom
// has its answer already.
func view[I conditional, O any](r routes, op huma.Operation, serve func(*people.Snapshot, I) (O, error)) {
	op.Method, op.Path, op.Tags = http.MethodGet, "/directory"+op.Path, []string{tagDirectory}
	op.Errors = append(op.Errors, http.StatusBadRequest, http.StatusConflict)
	op.Responses = map[string]*huma.Response{"304": {Description: "The answer that one has still holds"}}
	registerView(r, op, serve)
}

// conditional is an input with [Conditional].
type conditional interface{ held() string }

func (c Conditional) held() string { return c.IfNoneMatch }

func registerView[I conditional, O any](r routes, op huma.Operation, serve func(*people.Snapshot, I) (O, error)) {
	register(r, op, func(ctx context.Context, in *I) (*of[O], error) {
		s, err := r.snapshot(ctx)
		if err != nil {
			return nil, err
		}
		body, err := serve(s, *in) // first, for what can't be asked was never answered
		if err != nil {
			return nil, err
		}
		answer := &of[O]{Status: http.StatusOK, ETag: s.ETag()}
		if matches((*in).held(), s.ETag()) {
			answer.Status = http.StatusNotModified
			return answer, nil
		}
		answer.Body = &body
		return answer, nil
	})
}

// snapshot is what may be shown now.
func (r routes) snapshot(ctx context.Context) (*people.Snapshot, error) {
	if r.directory == nil {
		return nil, people.ErrNotActivated
	}
	return r.directory.Snapshot(ctx)
}

// viewRoutes are the operations that only read the directory.
func (r routes) viewRoutes() {
	notFound := []int{http.StatusNotFound}
	view(r, huma.Operation{
		OperationID: "get-directory", Summary: "Get what the directory is of", Description: "Which connection, as of when, how many people, and which attributes.",
	}, func(s *people.Snapshot, _ summaryInput) (DirectorySummary, error) {
		return DirectorySummary{s.Connection(), s.Generation(), s.Complete(), s.Size(), s.Active(), s.Attributes()}, nil
	})
	view(r, huma.Operation{
		OperationID: "search-directory", Path: "/people", Summary: "Find people",
		Description: "Finds by name, title, department and all other attributes that are allowed. One letter may be wrong in words of four or more; who is spelt exactly so comes first.",
	}, func(s *people.Snapshot, in searchInput) (people.Found, error) {
		q, err := in.query()
		if err != nil {
			return people.Found{}, err
		}
		return s.Search(q)
	})
	view(r, huma.Operation{
		OperationID: "get-directory-person", Path: "/person", Summary: "Get a person's page", Errors: notFound,
		Description: "The person, the line up to the root, peers, reports, the units that they lead, and how the manager was found.",
	}, func(s *people.Snapshot, in cardInput) (people.Person, error) { return s.Person(in.ID) })
	view(r, huma.Operation{
		OperationID: "get-line", Path: "/line", Summary: "Get a reporting line", Errors: notFound,
		Description: "From the root down to the person's manager; empty for a root.",
	}, func(s *people.Snapshot, in cardInput) (CardList, error) {
		p, err := s.Person(in.ID)
		return CardList{p.LineTotal, p.Line}, err
	})
	view(r, huma.Operation{
		OperationID: "list-reports", Path: "/reports", Summary: "List who reports to a person", Description: "By name: the active ones, and those who are not and lead somebody who is.", Errors: notFound,
	}, func(s *people.Snapshot, in reportsInput) (CardList, error) {
		total, page, err := s.Reports(in.ID, in.All, in.Offset, in.Limit)
		return CardList{total, page}, err
	})
	view(r, huma.Operation{
		OperationID: "list-peers", Path: "/peers", Summary: "List a person's peers", Description: "Who else reports to the manager.", Errors: notFound,
	}, func(s *people.Snapshot, in peersInput) (CardList, error) {
		total, page, err := s.Peers(in.ID, in.Offset, in.Limit)
		return CardList{total, page}, err
	})
	view(r, huma.Operation{
		OperationID: "explain-manager", Path: "/evidence", Summary: "Explain how a manager was looked for", Errors: notFound,
		Description: "Each attribute that may name the manager, with its value, and what became of it. For administrators: it shows values of the record whatever the settings allow.",
	}, func(s *people.Snapshot, in cardInput) (people.Evidence, error) { return s.Evidence(in.ID) })
	view(r, huma.Operation{
		OperationID: "get-chart", Path: "/chart", Summary: "Get the org chart around a person", Description: "At most 250 people at once.", Errors: notFound,
	}, func(s *people.Snapshot, in chartInput) (people.Chart, error) {
		return s.Chart(people.ChartQuery{Person: in.ID, Group: in.Group, Levels: in.Levels})
	})
	view(r, huma.Operation{
		OperationID: "get-branch", Path: "/branch", Summary: "Open a person in the org chart", Description: "The reports, or the departments in which they are where they are many.", Errors: notFound,
	}, func(s *people.Snapshot, in branchInput) (people.Branch, error) { return branch(s, in) })
	view(r, huma.Operation{
		OperationID: "list-outside", Path: "/outside", Summary: "List who is in no tree", Description: "People without a manager and without reports.",
	}, func(s *people.Snapshot, in listInput) (CardList, error) {
		total, page, err := s.Outside(in.Offset, in.Limit)
		return CardList{total, page}, err
	})
	view(r, huma.Operation{
		OperationID: "list-units", Path: "/units", Summary: "List units", Description: "Departments, divisions and other units, the largest first, with who leads each.",
	}, func(s *people.Snapshot, in unitsInput) (people.Units, error) {
		return s.Units(people.UnitsQuery{Field: in.Field, Text: in.Text, Class: unit.Class(in.Class), Offset: in.Offset, Limit: in.Limit})
	})
	view(r, huma.Operation{
		OperationID: "get-unit", Path: "/unit", Summary: "Get a unit", Description: "Who leads it and why one may think so, its members, and other spellings of it.", Errors: notFound,
	}, func(s *people.Snapshot, in unitInput) (people.UnitPage, error) {
		return s.Unit(unit.Ref{Field: in.Field, Value: in.Value}, in.Offset, in.Limit)
	})
	view(r, huma.Operation{
		OperationID: "get-quality", Path: "/quality", Summary: "Get the state of the directory", Description: "How many managers were found, and all kinds of finding with their numbers. For administrators.",
	}, func(s *people.Snapshot, _ summaryInput) (people.Quality, error) { return s.Quality(), nil })
	view(r, huma.Operation{
		OperationID: "list-findings", Path: "/findings", Summary: "List findings of a kind", Description: "With the values of the records. For administrators.",
	}, func(s *people.Snapshot, in findingsInput) (people.Findings, error) {
		return s.Findings(in.Kind, in.Offset, in.Limit)
	})
	view(r, huma.Operation{
		OperationID: "list-set-aside", Path: "/set-aside", Summary: "List accounts that belong to nobody", Description: "Accounts of programs and the like, each with how one can tell. For administrators.",
	}, func(s *people.Snapshot, in listInput) (AsideList, error) {
		total, page, err := s.SetAside(in.Offset, in.Limit)
		return AsideList{total, page}, err
	})
	r.changeRoutes()
}

// branch asks for a branch; huma has no parameters that may be empty or absent.
func branch(s *people.Snapshot, in branchInput) (people.Branch, error) {
	q := people.BranchQuery{Person: in.ID, List: in.List, Grouped: in.Grouped, Offset: in.Offset, Limit: in.Limit}
	if in.Group != "" || in.Nowhere {
		q.Group = &in.Group
	}
	b, err := s.Branch(q)
	if err != nil {
		return people.Branch{}, err
	}
	return *b, nil
}

// changeRoutes are the operations that read the history of runs as well, so that
// their answers have no ETag.
func (r routes) changeRoutes() {
	errs := []int{http.StatusBadRequest, http.StatusConflict}
	register(r, huma.Operation{
		OperationID: "list-directory-changes", Method: http.MethodGet, Path: "/directory/changes", Tags: []string{tagDirectory}, Errors: errs,
		Summary: "List joiners, movers and leavers", Description: "The newest first. Only changes of what is allowed to be shown count.",
	}, func(ctx context.Context, in *movesInput) (*answer[people.Changes], error) {
		s, err := r.snapshot(ctx)
		if err != nil {
			return nil, err
		}
		changes, err := r.directory.Changes(ctx, s, people.ChangesQuery{Since: in.Since, Kind: people.ChangeKind(in.Kind), Offset: in.Offset, Limit: in.Limit})
		return &answer[people.Changes]{changes}, err
	})
	register(r, huma.Operation{
		OperationID: "get-person-history", Method: http.MethodGet, Path: "/directory/history", Tags: []string{tagDirectory}, Errors: append(errs, http.StatusNotFound),
		Summary: "Get what changed of a person", Description: "What recent runs changed, the newest first.",
	}, func(ctx context.Context, in *PersonOf) (*answer[ChangeHistory], error) {
		s, err := r.snapshot(ctx)
		if err != nil {
			return nil, err
		}
		changes, err := r.directory.History(ctx, s, in.ID)
		return &answer[ChangeHistory]{ChangeHistory{changes}}, err
	})
}
