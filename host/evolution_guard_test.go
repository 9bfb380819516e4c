//go:build unix

package host

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"

	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// frozenSHA256 is of the files in testdata/v1/proto, one after the other by name.
const frozenSHA256 = "c06f6c813f88a3cec57da78617c9db5cefb692447a9d42b21cd28253e99d9fb0"

// Programs that were built from these files are installed: the copy is worth
// something only for as long as nobody touches it.
func TestEvolutionNobodyTouchesTheFrozenContract(t *testing.T) {
	files, err := filepath.Glob("testdata/v1/proto/patchbay/connector/v1/*")
	if err != nil || len(files) != 7 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	sum := sha256.New()
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		sum.Write(fmt.Appendf(nil, "%s %d\n%s", filepath.Base(file), len(content), content))
	}
	if got := fmt.Sprintf("%x", sum.Sum(nil)); got != frozenSHA256 {
		t.Errorf("testdata/v1/proto has changed (SHA-256 %s): it is the contract as it first stood, and stays so", got)
	}
}

// `buf breaking` in the gate sees what is taken away from the baseline, and
// nothing of what was added after it. So whoever adds to the contract replaces
// the baseline as well.
func TestEvolutionTheBaselineIsTodaysContract(t *testing.T) {
	image, err := os.ReadFile("../proto/baseline.binpb")
	if err != nil {
		t.Fatal(err)
	}
	var baseline descriptorpb.FileDescriptorSet // an image of buf's is one, with more fields
	if err := proto.Unmarshal(image, &baseline); err != nil {
		t.Fatal(err)
	}
	byName := map[string]*descriptorpb.FileDescriptorProto{}
	for _, file := range baseline.GetFile() {
		file.SourceCodeInfo = nil
		file.ProtoReflect().SetUnknown(nil)
		byName[file.GetName()] = file
	}
	for _, today := range []protoreflect.FileDescriptor{
		connectorv1.File_patchbay_connector_v1_connector_proto,
		connectorv1.File_patchbay_connector_v1_reason_proto,
		connectorv1.File_patchbay_connector_v1_record_proto,
	} {
		if !proto.Equal(protodesc.ToFileDescriptorProto(today), byName[today.Path()]) {
			t.Errorf("%s is not what proto/baseline.binpb says. Once `buf breaking --against proto/baseline.binpb` passes, "+
				"replace the baseline: go tool -modfile=internal/tools/go.mod buf build -o proto/baseline.binpb", today.Path())
		}
	}
}
