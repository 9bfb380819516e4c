package plugin

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// A bound that a new field of User or Group escapes would let a message exceed
// its limit: every string of the types is filled here, by reflection.
func TestSizeBoundCoversEveryField(t *testing.T) {
	for _, length := range []int{0, 1, 127, 128, 20_000, 300_000} {
		user, group := &User{}, &Group{}
		fill(reflect.ValueOf(user).Elem(), strings.Repeat("x", length))
		fill(reflect.ValueOf(group).Elem(), strings.Repeat("x", length))
		for _, record := range []Record{
			{ID: "id", Source: make([]byte, length), User: user},
			{ID: "id", Source: make([]byte, length), Group: group},
			{ID: strings.Repeat("i", 1024), Source: make([]byte, length)},
		} {
			page := connectorv1.Page_builder{Records: []*connectorv1.Record{new(arena).record("users", record)}}.Build()
			if size, bound := proto.Size(page), sizeBound("users", record); size > bound {
				t.Errorf("texts of %d bytes: the record takes %d bytes, and the bound is %d", length, size, bound)
			}
		}
	}
}

// fill sets every field of a struct, lists to five elements.
func fill(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int:
		v.SetInt(3)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 5, 5))
		for i := range v.Len() {
			fill(v.Index(i), text)
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(time.Date(2262, 1, 1, 1, 1, 1, 999_999_999, time.UTC)))
			return
		}
		for _, field := range v.Fields() {
			fill(field, text)
		}
	}
}
