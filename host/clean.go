package host

import (
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// clean makes every text of a connector's answer fit to be shown: what a check
// saw may quote what it was given, and a title may hold what a terminal obeys.
// Bytes, such as schemas, stay as they are.
func clean(redactor *redactor, answer proto.Message) {
	cleanFields(redactor, answer.ProtoReflect())
}

func cleanFields(redactor *redactor, message protoreflect.Message) {
	message.Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		switch {
		case field.IsMap():
			cleanMap(redactor, field, value.Map())
		case field.IsList():
			list := value.List()
			for i := range list.Len() {
				list.Set(i, cleanValue(redactor, field, list.Get(i)))
			}
		default:
			message.Set(field, cleanValue(redactor, field, value))
		}
		return true
	})
}

func cleanMap(redactor *redactor, field protoreflect.FieldDescriptor, entries protoreflect.Map) {
	var keys []protoreflect.MapKey
	entries.Range(func(key protoreflect.MapKey, _ protoreflect.Value) bool {
		keys = append(keys, key)
		return true
	})
	for _, key := range keys {
		value := cleanValue(redactor, field.MapValue(), entries.Get(key))
		entries.Clear(key)
		entries.Set(cleanValue(redactor, field.MapKey(), key.Value()).MapKey(), value)
	}
}

func cleanValue(redactor *redactor, field protoreflect.FieldDescriptor, value protoreflect.Value) protoreflect.Value {
	switch field.Kind() {
	case protoreflect.StringKind:
		return protoreflect.ValueOfString(redactor.foreign(value.String()))
	case protoreflect.MessageKind, protoreflect.GroupKind:
		cleanFields(redactor, value.Message())
	}
	return value
}
