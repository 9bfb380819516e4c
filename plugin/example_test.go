package plugin_test

import (
	"context"
	"fmt"
	"strconv"

	"patchbay.example/plugin"
)

// rosterConfig is what an administrator enters.
type rosterConfig struct {
	Team  string        `json:"team" title:"Team" required:"true" example:"blue"`
	Token plugin.Secret `json:"token" title:"Token" required:"true"`
}

// roster is a whole connector: two people, one page each.
type roster struct{}

func (roster) Describe() plugin.Description {
	return plugin.Description{
		Name: "roster", Title: "Roster", Version: "0.1.0", Summary: "Reads the people of a team.",
		Config: plugin.SchemaOf[rosterConfig](),
		Reasons: []plugin.Reason{
			{Name: "TEAM_UNKNOWN", Class: plugin.ConfigInvalid, Title: "No such team", Fix: "Enter the name of a team."},
		},
	}
}

func (roster) Connect(_ context.Context, configuration plugin.Configuration) (plugin.Session, plugin.Report, error) {
	var config rosterConfig
	checks := plugin.NewChecklist(plugin.Check{Name: "config", Title: "Configuration"}, plugin.Check{Name: "team", Title: "Team"})
	checks.Run("config", func() (string, error) { return "It can be read.", configuration.Decode(&config) })
	checks.Run("team", func() (string, error) {
		if config.Team != "blue" {
			return "", plugin.Refuse("TEAM_UNKNOWN", "There is no team %q.", config.Team)
		}
		return "The team is there.", nil
	})
	return &rosterSession{}, plugin.Report{Checks: checks.Checks(), Refusal: checks.Refusal()}, nil
}

type rosterSession struct{ plugin.UnimplementedSession }

func (*rosterSession) ListResources(context.Context) ([]plugin.Resource, error) {
	return []plugin.Resource{{Name: "users", Title: "Users", Kind: plugin.KindUsers, KeyField: "id"}}, nil
}

func (*rosterSession) Sync(_ context.Context, request plugin.SyncRequest, stream *plugin.Stream) error {
	people := []string{"Robin", "Sam"}
	from, _ := strconv.Atoi(request.Cursor) // the beginning without one
	for i := from; i < len(people); i++ {
		cursor := ""
		if i+1 < len(people) {
			cursor = strconv.Itoa(i + 1)
		}
		record := plugin.Record{
			ID: strconv.Itoa(i), User: &plugin.User{DisplayName: people[i]},
			Source: fmt.Appendf(nil, `{"id":"%d","name":%q}`, i, people[i]),
		}
		if err := stream.Page([]plugin.Record{record}, cursor); err != nil {
			return err
		}
	}
	return nil
}

// A connector's main is one call: plugin.Serve(roster{}).
func Example() {
	var connector plugin.Connector = roster{}
	configuration := plugin.NewConfiguration([]byte(`{"team":"green"}`), map[string]string{"token": "t"})
	_, report, err := connector.Connect(context.Background(), configuration)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(report.Refusal)
	// Output: There is no team "green". (TEAM_UNKNOWN)
}

func ExampleChecklist() {
	checks := plugin.NewChecklist(plugin.Check{Name: "address"}, plugin.Check{Name: "login"}, plugin.Check{Name: "users"})
	checks.Run("address", func() (string, error) { return "It answers.", nil })
	checks.Run("login", func() (string, error) { return "", plugin.Refuse("LOGIN_REFUSED", "The login is refused.") })
	checks.Run("users", func() (string, error) { return "They can be listed.", nil })
	for _, check := range checks.Checks() {
		fmt.Println(check.Name, check.Status == plugin.CheckSkipped)
	}
	// Output:
	// address false
	// login false
	// users true
}
