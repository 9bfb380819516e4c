'use strict';
// go-plugin's own services beside the connector's. Their messages are empty or of
// one field, so they are written here as bytes rather than loaded.
//
// GRPCStdio and GRPCBroker are left out: the first carries what Go code prints,
// the second is not used by Patchbay. A host does without.

const grpc = require('@grpc/grpc-js');

const SERVING = Buffer.from([0x08, 0x01]); // HealthCheckResponse{status: SERVING}
const PLUGIN_SERVICE = 'plugin'; // the name that go-plugin's host asks for

const unary = (path) => ({
  path,
  requestStream: false,
  responseStream: false,
  requestSerialize: (bytes) => bytes,
  requestDeserialize: (bytes) => bytes,
  responseSerialize: (bytes) => bytes,
  responseDeserialize: (bytes) => bytes,
});

// grpc.health.v1: as long as this process answers, it is alive.
const healthService = {
  definition: { Check: unary('/grpc.health.v1.Health/Check') },
  calls: {
    Check(call, callback) {
      const service = requestedService(call.request);
      if (service !== '' && service !== PLUGIN_SERVICE) {
        callback({ code: grpc.status.NOT_FOUND, details: 'unknown service' });
        return;
      }
      callback(null, SERVING);
    },
  },
};

// requestedService reads HealthCheckRequest: field 1, a string.
function requestedService(bytes) {
  return bytes.length >= 2 && bytes[0] === 0x0a ? bytes.subarray(2, 2 + bytes[1]).toString() : '';
}

// plugin.GRPCController: the host asks the process to stop. The answer leaves
// before stop is called; a host counts on neither.
const controllerService = {
  definition: { Shutdown: unary('/plugin.GRPCController/Shutdown') },
  calls: (stop) => ({
    Shutdown(call, callback) {
      callback(null, Buffer.alloc(0));
      setImmediate(stop);
    },
  }),
};

module.exports = { healthService, controllerService };
