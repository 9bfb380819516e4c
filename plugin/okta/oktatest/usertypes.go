package oktatest

import (
	"net/http"
)

// userType is one of the org's user types. Each has a schema of its own.
type userType struct {
	number              uint64
	name, title, remark string
}

// The user types. The first is the default one.
var userTypes = []userType{
	{0, "user", "User", "Okta user profile template with default permission settings"},
	{1, "contractor", "Contractor", "People who work for the company and are not employed by it"},
	{2, "service_account", "Service account", "Accounts of programs"},
}

// userTypesCreated is when the org was made, years before anybody joined.
const userTypesCreated = "2014-03-01T09:00:00.000Z"

func (t *Tenant) userTypeID(number uint64) string {
	return string(appendID(nil, "oty", t.settings.Seed, number))
}

// userTypes answers GET /api/v1/meta/types/user, which is not paged, and one
// type by its id.
func (x *exchange) userTypes() {
	switch len(x.path) {
	case 3:
		all := make([]any, 0, len(userTypes))
		for _, kind := range userTypes {
			all = append(all, x.userType(kind))
		}
		x.json(http.StatusOK, mustJSON(all))
	case 4:
		for _, kind := range userTypes {
			if x.t.userTypeID(kind.number) == x.path[3] || kind.number == 0 && x.path[3] == "default" {
				x.json(http.StatusOK, mustJSON(x.userType(kind)))
				return
			}
		}
		x.refuse(notFound(x.path[3], "UserType"))
	default:
		x.refuse(apiError("E0000008"))
	}
}

func (x *exchange) userType(kind userType) any {
	type reference struct {
		Rel    string `json:"rel"`
		Href   string `json:"href"`
		Method string `json:"method"`
	}
	type links struct {
		Schema reference `json:"schema"`
		Self   reference `json:"self"`
	}
	id, by := x.t.userTypeID(kind.number), string(appendID(nil, "00u", x.t.settings.Seed, 0))
	schema := string(appendID(nil, "osc", x.t.settings.Seed, kind.number))
	return struct {
		ID            string `json:"id"`
		DisplayName   string `json:"displayName"`
		Name          string `json:"name"`
		Description   string `json:"description"`
		CreatedBy     string `json:"createdBy"`
		LastUpdatedBy string `json:"lastUpdatedBy"`
		Created       string `json:"created"`
		LastUpdated   string `json:"lastUpdated"`
		Default       bool   `json:"default"`
		Links         links  `json:"_links"`
	}{
		id, kind.title, kind.name, kind.remark, by, by, userTypesCreated, userTypesCreated, kind.number == 0,
		links{
			reference{"schema", x.origin() + "/api/v1/meta/schemas/user/" + schema, http.MethodGet},
			reference{"self", x.origin() + "/api/v1/meta/types/user/" + id, http.MethodGet},
		},
	}
}
