package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"

	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// A field that the contract gains and the encoder does not know fails here.
func TestTheTypedViewIsWhatProtojsonWrites(t *testing.T) {
	t.Parallel()
	user := func(m proto.Message) []byte { return appendUser(nil, m.(*connectorv1.User)) }
	group := func(m proto.Message) []byte { return appendGroup(nil, m.(*connectorv1.Group)) }
	for _, view := range []struct {
		empty  proto.Message
		encode func(proto.Message) []byte
	}{{&connectorv1.User{}, user}, {&connectorv1.Group{}, group}} {
		name := string(view.empty.ProtoReflect().Descriptor().Name())
		t.Run(name+"/empty", func(t *testing.T) { wantAsProtojson(t, view.empty, view.encode(view.empty)) })

		full := proto.Clone(view.empty)
		fill(full.ProtoReflect(), 1)
		t.Run(name+"/full", func(t *testing.T) { wantAsProtojson(t, full, view.encode(full)) })

		for _, field := range fieldsOf(full) {
			alone := proto.Clone(view.empty)
			alone.ProtoReflect().Set(field, full.ProtoReflect().Get(field))
			t.Run(name+"/"+string(field.Name()), func(t *testing.T) { wantAsProtojson(t, alone, view.encode(alone)) })
		}
	}
}

func TestTimesHaveTheDecimalsThatTheyNeed(t *testing.T) {
	t.Parallel()
	for _, nanos := range []int{0, 1, 999, 1_000, 123_000, 1_000_000, 120_000_000, 999_999_999} {
		for _, seconds := range []int64{0, -1, 1_764_000_000, -62_135_596_800, 253_402_300_799} {
			user := connectorv1.User_builder{Created: &timestamppb.Timestamp{Seconds: seconds, Nanos: int32(nanos)}}.Build()
			wantAsProtojson(t, user, appendUser(nil, user))
		}
	}
}

func TestAPrettyPrintedSourceBecomesOneLine(t *testing.T) {
	t.Parallel()
	source := "{\r\n  \"id\": \"u1\",\n\t\"note\": \"a <b> & \\n c\",\r  \"n\": 9007199254740993\n}\n"
	line := string(appendLine(nil, connectorv1.Record_builder{Resource: "users", Id: "u1", Source: []byte(source)}.Build()))
	want := `{"resource":"users","id":"u1","source":` + "{    \"id\": \"u1\", \t\"note\": \"a <b> & \\n c\",   \"n\": 9007199254740993 } }\n"
	if line != want {
		t.Errorf("got  %q\nwant %q", line, want)
	}
}

func TestAGroupAndARecordWithoutAViewAreLinesToo(t *testing.T) {
	t.Parallel()
	group := connectorv1.Record_builder{Resource: "groups", Id: "g1", Group: connectorv1.Group_builder{Name: "Everyone"}.Build(), Source: []byte(`{}`)}.Build()
	if got, want := string(appendLine(nil, group)), `{"resource":"groups","id":"g1","group":{"name":"Everyone"},"source":{}}`+"\n"; got != want {
		t.Errorf("a group: got %q, want %q", got, want)
	}
	bare := connectorv1.Record_builder{Resource: "things", Id: "t1"}.Build()
	if got, want := string(appendLine(nil, bare)), `{"resource":"things","id":"t1","source":null}`+"\n"; got != want {
		t.Errorf("a record without view and source: got %q, want %q", got, want)
	}
}

func FuzzAppendString(f *testing.F) {
	for _, seed := range []string{"", "plain", `"\/`, "a\x00b\x1f\x7f", "<script>&amp;</script>", "\u2028\u2029", "Žofie 高橋 🙂", "\xff\xfe", "\xed\xa0\x80", "tab\tline\r\n", "�"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		encoded := appendString(nil, s)
		var decoded string
		if err := json.Unmarshal(encoded, &decoded); err != nil {
			t.Fatalf("%q is no JSON: %v", encoded, err)
		}
		if want := string([]rune(s)); decoded != want { // what is no UTF-8 becomes U+FFFD
			t.Errorf("%q became %q", s, decoded)
		}
		for _, c := range []byte("<>&'/") {
			if got, want := bytes.Count(encoded, []byte{c}), strings.Count(s, string(c)); got != want {
				t.Errorf("%q holds %d %q, want %d as they are", encoded, got, c, want)
			}
		}
	})
}

func FuzzAppendLine(f *testing.F) {
	f.Add("00u1", "Ada", `{"id":"00u1"}`)
	f.Add("00u2\n\"", "<b>&\u2028", "{\n  \"id\" : \"00u2\\n\",\r\n\t\"big\":9007199254740993 , \"html\":\"<a href='x'>&\"\n}\n")
	f.Add("", "\xff", "[1,\n2,\r3]")
	f.Fuzz(func(t *testing.T, id, name, source string) {
		if !json.Valid([]byte(source)) {
			t.Skip("services send JSON")
		}
		record := connectorv1.Record_builder{
			Resource: "users", Id: id, Source: []byte(source),
			User: connectorv1.User_builder{DisplayName: name, Title: name}.Build(),
		}.Build()
		line := appendLine([]byte("before"), record)
		line, ok := bytes.CutPrefix(line, []byte("before"))
		if !ok || bytes.Count(line, []byte("\n")) != 1 || bytes.ContainsRune(line, '\r') || line[len(line)-1] != '\n' {
			t.Fatalf("not one line after what was there: %q", line)
		}
		if !json.Valid(line) {
			t.Fatalf("no JSON: %q", line)
		}
		want := `"source":` + strings.NewReplacer("\n", " ", "\r", " ").Replace(source) + "}\n"
		if !bytes.HasSuffix(line, []byte(want)) {
			t.Errorf("the source is not as it was sent: %q, want it to end with %q", line, want)
		}
		if string(record.GetSource()) != source {
			t.Errorf("the record's own source became %q", record.GetSource())
		}
	})
}

// wantAsProtojson compares with what protojson writes, spaces and the order of
// fields aside.
func wantAsProtojson(t *testing.T, m proto.Message, got []byte) {
	t.Helper()
	text, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	var want, have any
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(got, &have); err != nil {
		t.Fatalf("%s: %v", got, err)
	}
	if !reflect.DeepEqual(have, want) {
		t.Errorf("got  %s\nwant %s", got, text)
	}
}

// fill gives every field of a message, and of the messages in it, a value that
// is not its zero value; lists get two.
func fill(m protoreflect.Message, n int) {
	for _, field := range fieldsOf(m.Interface()) {
		n++
		if field.IsList() {
			list := m.Mutable(field).List()
			for i := range 2 {
				element := list.NewElement()
				list.Append(filled(field, element, n+i))
			}
			continue
		}
		m.Set(field, filled(field, m.NewField(field), n))
	}
}

func filled(field protoreflect.FieldDescriptor, zero protoreflect.Value, n int) protoreflect.Value {
	switch field.Kind() {
	case protoreflect.MessageKind:
		if field.Message().FullName() == "google.protobuf.Timestamp" {
			at := time.Date(2026, 1, n%12+1, n%24, 7, 8, n*1_000_000, time.UTC)
			return protoreflect.ValueOfMessage(timestamppb.New(at).ProtoReflect())
		}
		fill(zero.Message(), n*10)
		return zero
	case protoreflect.StringKind:
		return protoreflect.ValueOfString(fmt.Sprintf("%s <%d> & \"ü\"\n", field.Name(), n))
	case protoreflect.BoolKind:
		return protoreflect.ValueOfBool(true)
	case protoreflect.EnumKind:
		return protoreflect.ValueOfEnum(field.Enum().Values().Get(1).Number())
	default:
		panic(fmt.Sprintf("this test can't fill %s of kind %s: teach it", field.FullName(), field.Kind()))
	}
}

func fieldsOf(m proto.Message) []protoreflect.FieldDescriptor {
	descriptors := m.ProtoReflect().Descriptor().Fields()
	fields := make([]protoreflect.FieldDescriptor, descriptors.Len())
	for i := range fields {
		fields[i] = descriptors.Get(i)
	}
	return fields
}
