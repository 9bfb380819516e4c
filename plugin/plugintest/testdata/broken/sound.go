package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"patchbay.example/internal/wire"
	"patchbay.example/plugin"
)

// rightToken is the one that the made-up service accepts. Its characters are
// those that base64, URLs and JSON write differently.
const rightToken = `synthetic "token"/of+the?sound&connector=0123456789`

// config is the connector's configuration, which is also all of its service: how
// many people there are.
type config struct {
	Account     string        `json:"account" title:"Account" help:"The domain of the company." required:"true" example:"example.com" listing:"true"`
	Pages       int           `json:"pages" title:"Pages" help:"How many pages of people there are." default:"5" min:"1" max:"100000"`
	PerPage     int           `json:"per_page" title:"People per page" default:"10" min:"1" max:"1000"`
	SourceBytes int           `json:"source_bytes" title:"Bytes per person" default:"100" min:"0" max:"1000000"`
	Oversized   bool          `json:"oversized" title:"With a person of more than 3 MiB" help:"It stands at the end of the second page."`
	Waits       bool          `json:"waits" title:"With a wait" help:"Before the second page, for somewhat more than a second."`
	Restarts    bool          `json:"restarts" title:"With a restart" help:"After the second page of a listing from its beginning."`
	Language    string        `json:"language" title:"Language" enum:"en,de" default:"en"`
	Token       plugin.Secret `json:"token" title:"Token" required:"true"`
}

// Reasons of the connector's own.
const (
	reasonToken = "TOKEN_REJECTED"
	reasonDown  = "SERVICE_DOWN"
	reasonSlow  = "SERVICE_SLOW"
)

// sound is a connector that keeps every rule.
type sound struct{}

// Describe implements [plugin.Connector].
func (sound) Describe() plugin.Description {
	return plugin.Description{
		Name: "synthetic", Title: "Synthetic", Version: "0.1.0", Summary: "Makes people up, for the tests of the conformance suite.",
		Config: plugin.SchemaOf[config](),
		Reasons: []plugin.Reason{
			{Name: reasonToken, Class: plugin.CredentialsRejected, Title: "Token not accepted", Fix: "Take the token from sound.go."},
			{Name: reasonDown, Class: plugin.ServiceUnavailable, Title: "Service is down", Fix: "Try again later."},
			{Name: reasonSlow, Title: "Service is slow", Fix: "Wait a little."},
		},
	}
}

// Connect implements [plugin.Connector].
func (sound) Connect(_ context.Context, configuration plugin.Configuration) (plugin.Session, plugin.Report, error) {
	s := &session{}
	checks := plugin.NewChecklist(
		plugin.Check{Name: "config", Title: "Configuration"},
		plugin.Check{Name: "cursors", Title: "Cursors to go on from"},
		plugin.Check{Name: "token", Title: "Token accepted"},
	)
	checks.Run("config", func() (string, error) { return "The configuration is complete.", configuration.Decode(&s.config) })
	checks.Run("cursors", func() (string, error) {
		for resource, cursor := range configuration.ResumeCursors() {
			if _, err := s.placeOf(resource, cursor); err != nil {
				return "", err
			}
		}
		return "Each is this connection's own.", nil
	})
	checks.Run("token", func() (string, error) {
		if s.config.Token.Reveal() != rightToken {
			return "", plugin.Refuse(reasonToken, "The service does not accept the token.")
		}
		return "The service accepts it.", nil
	})
	account := plugin.Account{ID: s.config.Account, Name: s.config.Account, URL: "https://" + s.config.Account}
	return s, plugin.Report{Account: account, Checks: checks.Checks(), Refusal: checks.Refusal()}, nil
}

// session is a connection to a service that is all made up.
type session struct {
	plugin.UnimplementedSession
	config config
}

// ListResources implements [plugin.Session].
func (s *session) ListResources(context.Context) ([]plugin.Resource, error) {
	schema := []byte(`{"type":"object","required":["id"]}`)
	return []plugin.Resource{
		{Name: "users", Title: "Users", Kind: plugin.KindUsers, KeyField: "id", Schema: schema},
		{Name: "groups", Title: "Groups", Kind: plugin.KindGroups, KeyField: "id", Schema: schema},
	}, nil
}

// Sync implements [plugin.Session]. Both resources have the same number of pages.
func (s *session) Sync(ctx context.Context, request plugin.SyncRequest, stream *plugin.Stream) error {
	done, err := s.placeOf(request.Resource, request.Cursor)
	if err != nil {
		return err
	}
	restart := s.config.Restarts && done == 0
	for number := done + 1; number <= s.config.Pages; number++ {
		if err := s.mayWait(ctx, number, stream); err != nil {
			return err
		}
		cursor := ""
		if number < s.config.Pages {
			cursor = s.cursor(request.Resource, number)
		}
		if err := stream.Page(s.page(request.Resource, number), cursor); err != nil {
			return err
		}
		if restart && number == 2 {
			if err := stream.Restart(reasonSlow, "The service has lost our place."); err != nil {
				return err
			}
			restart, number = false, 0
		}
	}
	return nil
}

// shortWait is a wait that has to be announced.
const shortWait = 1100 * time.Millisecond

func (s *session) mayWait(ctx context.Context, number int, stream *plugin.Stream) error {
	if s.config.Waits && number == 2 {
		return stream.Wait(ctx, shortWait, reasonSlow, "The service asks for patience.")
	}
	return ctx.Err()
}

// page makes up a page. Ids are of the form user-PAGE-ELEMENT.
func (s *session) page(resource string, number int) []plugin.Record {
	kind := strings.TrimSuffix(resource, "s")
	records := make([]plugin.Record, s.config.PerPage, s.config.PerPage+1)
	for i := range records {
		records[i] = person(fmt.Sprintf("%s-%d-%d", kind, number, i+1), s.config.SourceBytes)
		if kind == "group" {
			records[i].User, records[i].Group = nil, &plugin.Group{Name: records[i].ID}
		}
	}
	if s.config.Oversized && number == 2 {
		records = append(records, person(kind+"-2-oversized", wire.MaxRecordBytes))
	}
	return records
}

func person(id string, bytesOfPadding int) plugin.Record {
	return plugin.Record{
		ID: id, Source: source(id, bytesOfPadding),
		User: &plugin.User{UserName: id + "@example.com", DisplayName: "Person " + id, Status: "ACTIVE", StatusKind: plugin.StatusActive},
	}
}

// source is a source object with padding.
func source(id string, bytesOfPadding int) []byte {
	return fmt.Appendf(nil, `{"id":%s,"padding":"%s"}`, quoted(id), bytes.Repeat([]byte("x"), bytesOfPadding))
}

func quoted(text string) []byte {
	encoded, _ := json.Marshal(text) // a string can be encoded
	return encoded
}

// cursorVersion begins each cursor.
const cursorVersion = "synthetic1"

// cursor is the place after a page: version, resource, page, and a sum of these
// and the account that tells a changed or foreign cursor.
func (s *session) cursor(resource string, page int) string {
	text := fmt.Sprintf("%s:%s:%d", cursorVersion, resource, page)
	sum := sha256.Sum256([]byte(s.config.Account + "\n" + text))
	return fmt.Sprintf("%s:%x", text, sum[:8])
}

// placeOf is the number of pages before a cursor.
func (s *session) placeOf(resource, cursor string) (int, error) {
	if cursor == "" {
		return 0, nil
	}
	parts := strings.Split(cursor, ":")
	if len(parts) == 4 {
		page, err := strconv.Atoi(parts[2])
		if err == nil && page > 0 && page < s.config.Pages && s.cursor(resource, page) == cursor {
			return page, nil
		}
	}
	return 0, plugin.Refuse(plugin.ReasonCursorInvalid, "The cursor is not one of %s of %s.", resource, s.config.Account)
}
