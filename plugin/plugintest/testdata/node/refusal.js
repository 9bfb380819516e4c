'use strict';
// Refusals: what a person can mend, or must know. Each has a reason that Describe
// declares, and a class that says whose turn it is.

const grpc = require('@grpc/grpc-js');

const ERROR_DOMAIN = 'patchbay.connector.v1';

// The status code follows the class.
const CODES = {
  CONFIG_INVALID: grpc.status.INVALID_ARGUMENT,
  CREDENTIALS_REJECTED: grpc.status.UNAUTHENTICATED,
  PERMISSION_MISSING: grpc.status.PERMISSION_DENIED,
  RATE_LIMITED: grpc.status.RESOURCE_EXHAUSTED,
  SERVICE_UNAVAILABLE: grpc.status.UNAVAILABLE,
  SERVICE_MISBEHAVED: grpc.status.DATA_LOSS,
  CURSOR_LOST: grpc.status.OUT_OF_RANGE,
  CONNECTOR_FAULT: grpc.status.INTERNAL,
};

// Every reason of this connector: class, title and fix.
const REASONS = {
  CONFIG_INVALID: ['CONFIG_INVALID', 'Configuration not valid', 'Correct the configuration as the message says.'],
  TOKEN_REJECTED: ['CREDENTIALS_REJECTED', 'Token rejected', 'Enter the token whose SHA-256 is in "token_sha256".'],
  NOBODY_VISIBLE: ['PERMISSION_MISSING', 'Nobody visible', 'Set "people" to 1 or more.'],
  RESOURCE_UNKNOWN: ['CONFIG_INVALID', 'No such resource', 'Ask for "users", the one resource there is.'],
  CURSOR_INVALID: ['CONFIG_INVALID', 'Cursor not valid', 'Use a cursor that this connector gave for this connection, or begin without one.'],
  RATE_LIMITED: ['RATE_LIMITED', 'Asked for patience', 'Run again later, or allow a longer wait.'],
  RECORD_TOO_LARGE: ['UNSPECIFIED', 'Record too large', 'Set "source_bytes" to less, and "large_every" to 0.'],
  CALL_OUT_OF_ORDER: ['CONNECTOR_FAULT', 'Call out of order', 'Tell the host\'s author: Connect comes once and first, and one Sync runs at a time.'],
  CONNECTOR_FAILED: ['CONNECTOR_FAULT', 'Connector failed', 'Tell the connector\'s author; its log holds the details.'],
};

// Refusal is thrown where it is found, and becomes a message or a status.
class Refusal extends Error {
  constructor(reason, message, { retryAfterSeconds, code } = {}) {
    super(message);
    this.reason = reason;
    [this.class, , this.fix] = REASONS[reason];
    this.retryAfterSeconds = retryAfterSeconds;
    this.code = code ?? CODES[this.class];
  }

  // of takes an error as it is caught: one that is no refusal is our fault, and
  // its text stays in the log.
  static of(error) {
    return error instanceof Refusal ? error : new Refusal('CONNECTOR_FAILED', 'The connector failed; its log holds the details.');
  }

  // toMessage is patchbay.connector.v1.Refusal.
  toMessage() {
    return { class: `CLASS_${this.class}`, reason: this.reason, message: this.message, fix: this.fix };
  }

  // toStatus is the gRPC status: google.rpc.Status travels in a trailer.
  toStatus(definitions) {
    const details = [any(definitions, 'google.rpc.ErrorInfo', {
      reason: this.reason, domain: ERROR_DOMAIN, metadata: { class: this.class, fix: this.fix },
    })];
    if (this.retryAfterSeconds !== undefined) {
      details.push(any(definitions, 'google.rpc.RetryInfo', { retry_delay: { seconds: Math.ceil(this.retryAfterSeconds) } }));
    }
    const status = { code: this.code, message: this.message, details };
    const metadata = new grpc.Metadata();
    metadata.set('grpc-status-details-bin', definitions['google.rpc.Status'].serialize(status));
    return { code: this.code, details: this.message, metadata };
  }
}

// outOfOrder has a code of its own, beside its class.
function outOfOrder(message) {
  return new Refusal('CALL_OUT_OF_ORDER', message, { code: grpc.status.FAILED_PRECONDITION });
}

function any(definitions, type, message) {
  return { type_url: `type.googleapis.com/${type}`, value: definitions[type].serialize(message) };
}

function describeReasons() {
  return Object.entries(REASONS).map(([reason, [kind, title, fix]]) => ({ reason, class: `CLASS_${kind}`, title, fix }));
}

module.exports = { Refusal, outOfOrder, describeReasons };
