'use strict';
// The handshake of hashicorp/go-plugin, from the plugin's side.

const path = require('node:path');
const grpc = require('@grpc/grpc-js');

const { selfSigned } = require('./certificate');

// The cookie says that a host has started the process. It is no secret.
const COOKIE_NAME = 'PATCHBAY_CONNECTOR';
const COOKIE_VALUE = '5f0f1c3e-patchbay-connector';

// go-plugin's own version of the handshake, and the protocol version that this
// connector speaks: package patchbay.connector.v1.
const CORE_PROTOCOL_VERSION = 1;
const PROTOCOL_VERSION = 1;

function isStartedByHost(environment) {
  return environment[COOKIE_NAME] === COOKIE_VALUE;
}

// listen binds the server and tells the host where. The host's certificate is the
// one client that is let in; our own goes to the host in the line.
//
// The line names the version that we speak, also when the host does not offer
// it: then the host can say which versions met.
async function listen(server, environment) {
  const clientCertificate = environment.PLUGIN_CLIENT_CERT;
  if (!clientCertificate) {
    throw new Error('the host sent no certificate (PLUGIN_CLIENT_CERT), and mutual TLS is not optional');
  }
  const { key, certificate, der } = selfSigned();
  const credentials = grpc.ServerCredentials.createSsl(
    Buffer.from(clientCertificate), [{ private_key: Buffer.from(key), cert_chain: Buffer.from(certificate) }], true);
  const address = place(environment);
  const port = await bind(server, address.target, credentials);
  const line = [
    CORE_PROTOCOL_VERSION, PROTOCOL_VERSION, address.network, address.shown(port), 'grpc',
    der.toString('base64').replace(/=+$/, ''),
  ].join('|');
  process.stdout.write(line + '\n');
}

// place is where to listen: a socket in the folder that the host made for this
// process, or loopback TCP where there are no Unix sockets.
function place(environment) {
  if (process.platform === 'win32') {
    return { target: '127.0.0.1:0', network: 'tcp', shown: (port) => `127.0.0.1:${port}` };
  }
  if (!environment.PLUGIN_UNIX_SOCKET_DIR) {
    throw new Error('the host named no folder for the socket (PLUGIN_UNIX_SOCKET_DIR)');
  }
  const socket = path.join(environment.PLUGIN_UNIX_SOCKET_DIR, 'connector');
  return { target: `unix:${socket}`, network: 'unix', shown: () => socket };
}

function bind(server, target, credentials) {
  return new Promise((resolve, reject) => {
    server.bindAsync(target, credentials, (error, port) => (error ? reject(error) : resolve(port)));
  });
}

module.exports = { isStartedByHost, listen };
