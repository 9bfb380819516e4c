package main

import (
	"context"

	"patchbay.example/plugin"
	"patchbay.example/plugin/okta/internal/jsonscan"
	"patchbay.example/plugin/okta/internal/oktaapi"
)

// userTypes is one run over the user types of an org, which Okta lists whole, in
// one answer (Okta, "User Types", list all user types). Should there be more
// pages some day, they are read.
type userTypes struct{ listing }

func (userTypes) scope() string { return scopeUserTypes }

func (t userTypes) beginning() cursor { return t.at("") }

func (t userTypes) at(query string) cursor {
	return cursor{Host: t.host, Resource: resourceUserTypes, Query: query}
}

func (t userTypes) list(ctx context.Context, from cursor) error {
	return t.client.List(ctx, pathUserTypes, from.Query, t.wait, t.stream.Room, func(page oktaapi.Page) error {
		if len(page.Elements) == 0 && page.Next == "" {
			if err := t.verifyEnd(ctx, page.RequestID); err != nil {
				return err
			}
		}
		records, err := t.records(page, "user types", readUserType)
		if err != nil {
			return err
		}
		return t.stream.Page(records, t.at(page.Next).place())
	})
}

// verifyEnd looks again whether the app sees any user type, when the list ends
// with an empty page.
func (t userTypes) verifyEnd(ctx context.Context, requestID string) error {
	page, err := t.client.First(ctx, pathUserTypes, "", t.wait)
	if err == nil && len(page.Elements) == 0 {
		return seesNoUserTypes(requestID)
	}
	return err
}

// seesNoUserTypes is the error of a list of user types that holds none.
func seesNoUserTypes(requestID string) error {
	return &oktaapi.Error{
		Reason: oktaapi.ReasonRoleSeesNoUserTypes, RequestID: requestID,
		Detail: "Okta answered with an empty list of user types, and every org has one that is the default",
	}
}

// readUserType reads a user type, or returns why it can't be read.
func readUserType(element []byte) (plugin.Record, string) {
	var id jsonscan.Value
	isObject := jsonscan.Object(string(element), func(key string, value jsonscan.Value) {
		if key == "id" {
			id = value
		}
	})
	if problem := checkID("user type", element, isObject, id); problem != "" {
		return plugin.Record{}, problem
	}
	return plugin.Record{ID: id.Text(), Source: element}, ""
}

// readUserTypes reads the names of user types by id (Okta, "User Types").
// Members that are no user types are left out.
func readUserTypes(elements [][]byte) map[string]string {
	types := make(map[string]string, len(elements))
	for _, element := range elements {
		var id, name, displayName string
		jsonscan.Object(string(element), func(key string, value jsonscan.Value) {
			switch key {
			case "id":
				id = value.Text()
			case "name":
				name = value.Text()
			case "displayName":
				displayName = value.Text()
			}
		})
		if displayName != "" {
			name = displayName
		}
		if id != "" {
			types[id] = name
		}
	}
	return types
}
