// Package plugintest is the contract between a host and a connector, as tests:
// it starts a connector's executable, in whatever language it is written, and
// examines from outside whether it keeps each rule.
//
// A [Target] names the executable and a configuration with which it can connect;
// [Run] examines it and returns a [Report] with one [Result] for each [Case]. In
// a test of package testing, [Conform] makes a subtest of each:
//
//	func TestConformance(t *testing.T) {
//		service := startFakeService(t)
//		plugintest.Conform(t, plugintest.Target{
//			Path:   plugintest.Build(t),
//			Config: fmt.Appendf(nil, `{"url": %q}`, service.URL),
//			Secrets: map[string]string{"token": service.Token},
//		})
//	}
//
// and `harness conform` does the same for anybody without a line of Go. The suite
// only reads: it lists, stops, kills and starts again, and changes nothing at the
// service. What the cases require is written down in docs/contract.md, which is
// made of their texts.
package plugintest
