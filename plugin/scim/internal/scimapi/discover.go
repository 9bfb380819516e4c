package scimapi

import "encoding/json"

// ServiceConfig is what a service says of itself (RFC 7643 section 5), as far as
// a reader needs it.
type ServiceConfig struct {
	// Known is false for a service that says nothing.
	Known bool
	// Sort and Filter say that lists can be sorted and filtered.
	Sort, Filter bool
	// MaxResults is the largest list that one request gets; 0 for no word.
	MaxResults int
	// Cursors and Indexes say which paging is supported (RFC 9865 section 4).
	// Without the attribute, Indexes is true.
	Cursors, Indexes bool
	// MaxPageSize is the largest page (RFC 9865 section 4); 0 for no word.
	MaxPageSize int
}

type supported struct {
	Supported bool `json:"supported"`
}

// configBody is lenient: each part is read by itself, for one that is malformed
// must not hide the others.
type configBody struct {
	Schemas    json.RawMessage `json:"schemas"`
	Patch      json.RawMessage `json:"patch"`
	Filter     json.RawMessage `json:"filter"`
	Sort       json.RawMessage `json:"sort"`
	Schemes    json.RawMessage `json:"authenticationSchemes"`
	Pagination json.RawMessage `json:"pagination"`
}

// ReadServiceConfig reads a ServiceProviderConfig. What is none has Known false.
func ReadServiceConfig(body []byte) ServiceConfig {
	var b configBody
	if json.Unmarshal(body, &b) != nil || isNull(b.Filter) && isNull(b.Patch) && isNull(b.Schemes) && isNull(b.Pagination) {
		return ServiceConfig{Indexes: true}
	}
	var sort supported
	var filter struct {
		supported
		MaxResults int `json:"maxResults"`
	}
	pagination := struct {
		Cursor      bool `json:"cursor"`
		Index       bool `json:"index"`
		MaxPageSize int  `json:"maxPageSize"`
	}{Index: true}
	_ = json.Unmarshal(b.Sort, &sort) // what can't be read counts as absent
	_ = json.Unmarshal(b.Filter, &filter)
	_ = json.Unmarshal(b.Pagination, &pagination)
	return ServiceConfig{
		Known: true, Sort: sort.Supported, Filter: filter.Supported, MaxResults: filter.MaxResults,
		Cursors: pagination.Cursor, Indexes: pagination.Index, MaxPageSize: pagination.MaxPageSize,
	}
}
