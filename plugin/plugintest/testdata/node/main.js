'use strict';
// A Patchbay connector without any of Patchbay's code: the contract's .proto
// files in ./proto, gRPC for JavaScript, and what these files say.
//
// It reads people that it makes up (people.js). What a connector in any language
// must do to be started and stopped is in handshake.js, certificate.js and
// services.js; what the contract asks of it in connector.js and stream.js.

const path = require('node:path');
const grpc = require('@grpc/grpc-js');
const protoLoader = require('@grpc/proto-loader');

const { Connector } = require('./connector');
const handshake = require('./handshake');
const { log } = require('./log');
const { healthService, controllerService } = require('./services');

// The contract's hard limit of a message, in bytes. gRPC has the same default
// for what is received, and none for what is sent.
const MAX_MESSAGE_BYTES = 4 << 20;

// Calls in flight; a host makes two or three.
const MAX_CONCURRENT_CALLS = 64;

function contract() {
  return protoLoader.loadSync(['patchbay/connector/v1/connector.proto', 'rpc.proto'], {
    includeDirs: [path.join(__dirname, 'proto'), __dirname],
    keepCase: true, // names as in the .proto files
    longs: Number, // counts of this connector stay far below 2^53
    enums: String,
    defaults: true,
    oneofs: true,
  });
}

// end stops the process at once: no clean-up at exit can be relied on anyway.
// Closing the server removes its socket.
function end(server, why) {
  log('DEBUG', 'connector ends', { why });
  server.forceShutdown();
  process.exit(0);
}

async function main() {
  if (!handshake.isStartedByHost(process.env)) {
    process.stderr.write(
      'This is the Patchbay connector "synthetic", version 0.1.0. A host starts it; by hand, use:\n\n' +
      '  harness check --connector LAUNCHER --config FILE\n');
    process.exitCode = 2;
    return;
  }
  const definitions = contract();
  const server = new grpc.Server({
    'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
    'grpc.max_send_message_length': MAX_MESSAGE_BYTES,
    'grpc.max_concurrent_streams': MAX_CONCURRENT_CALLS,
  });
  server.addService(definitions['patchbay.connector.v1.ConnectorService'], new Connector(definitions).calls());
  server.addService(healthService.definition, healthService.calls);
  server.addService(controllerService.definition, controllerService.calls(() => end(server, 'asked to stop')));

  // The host holds the other end of standard input and writes nothing to it. Its
  // end says that the host is gone, however it died.
  process.stdin.on('end', () => end(server, 'standard input ended'));
  process.stdin.on('error', () => end(server, 'standard input broke'));
  process.stdin.resume();
  process.on('SIGTERM', () => end(server, 'SIGTERM'));
  process.on('SIGINT', () => {}); // the host's to handle, as go-plugin has it

  await handshake.listen(server, process.env);
}

main().catch((error) => {
  log('ERROR', 'connector could not start', { error: error.message });
  process.exit(1);
});
