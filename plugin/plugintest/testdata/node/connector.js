'use strict';
// The contract's five calls.

const cursor = require('./cursor');
const configurations = require('./configuration');
const { log } = require('./log');
const people = require('./people');
const { Refusal, outOfOrder, describeReasons } = require('./refusal');
const { Stream } = require('./stream');

const RESOURCE = 'users';

const SOURCE_SCHEMA = {
  type: 'object',
  properties: {
    id: { type: 'string' }, login: { type: 'string' }, name: { type: 'string' }, title: { type: 'string' },
    department: { type: 'string' }, manager: { type: ['string', 'null'] }, active: { type: 'boolean' }, about: { type: 'string' },
  },
};

class Connector {
  constructor(definitions) {
    this.definitions = definitions;
    this.connected = false; // Connect was called
    this.configuration = undefined; // set once Connect has succeeded
    this.syncing = undefined; // the stream of the Sync that runs
  }

  // calls are the handlers by name, as gRPC takes them.
  calls() {
    return {
      Describe: this.unary(() => this.describe()),
      Connect: this.unary((request) => this.connect(request)),
      ListResources: this.unary(() => this.listResources()),
      Acknowledge: this.unary((request) => this.acknowledge(request)),
      Sync: (call) => this.sync(call),
    };
  }

  // unary turns what a handler throws into a status.
  unary(handler) {
    return (call, callback) => {
      let response;
      try {
        response = handler(call.request);
      } catch (error) {
        callback(this.statusOf(error));
        return;
      }
      callback(null, response);
    };
  }

  statusOf(error) {
    if (!(error instanceof Refusal)) {
      log('ERROR', 'a call failed', { stack: error.stack });
    }
    return Refusal.of(error).toStatus(this.definitions);
  }

  describe() {
    return {
      name: 'synthetic',
      title: 'Synthetic people',
      version: '0.1.0',
      summary: 'Reads people that it makes up, to show that a connector can be written in any language.',
      config_schema_json: Buffer.from(JSON.stringify(configurations.SCHEMA)),
      capabilities: ['acknowledge'],
      reasons: describeReasons(),
    };
  }

  // connect answers OK also when the connection is refused: the refusal is then
  // in the message, beside the checks. A check after the one that failed is
  // skipped.
  connect(request) {
    if (this.connected) {
      throw outOfOrder('Connect was called a second time; one process serves one connection.');
    }
    this.connected = true;
    let configuration;
    const outcome = runChecks([
      ['config', 'Configuration', () => {
        configuration = configurations.decode(request);
        return 'The configuration is complete.';
      }],
      ['cursors', 'Cursors to go on from', () => {
        for (const [resource, given] of Object.entries(request.resume_cursors)) {
          cursor.parse(configuration, resource, given);
        }
        return 'All cursors are this connection\'s own.';
      }],
      ['token', 'Token accepted', () => {
        if (!people.accepts(configuration)) {
          throw new Refusal('TOKEN_REJECTED', 'The made-up service does not accept the token.');
        }
        return 'The token is accepted.';
      }],
      ['people', 'People visible', () => {
        if (configuration.people === 0) {
          throw new Refusal('NOBODY_VISIBLE', 'The made-up service shows nobody.');
        }
        return `There are ${configuration.people} people.`;
      }],
    ]);
    if (outcome.refusal) {
      return { checks: outcome.checks, refusal: outcome.refusal.toMessage() };
    }
    this.configuration = configuration;
    return { account: { id: configuration.token_sha256.slice(0, 16), name: 'Made-up service' }, checks: outcome.checks };
  }

  listResources() {
    this.requireConnection();
    return {
      resources: [{
        name: RESOURCE, title: 'Users', kind: 'RESOURCE_KIND_USERS', key_field: 'id',
        schema_json: Buffer.from(JSON.stringify(SOURCE_SCHEMA)), modes: ['SYNC_MODE_FULL'],
      }],
    };
  }

  acknowledge(request) {
    if (!this.syncing) {
      throw outOfOrder('No Sync is running whose pages could be acknowledged.');
    }
    this.syncing.acknowledge(request.pages);
    return {};
  }

  // sync runs one listing at a time. A listing that the host has cancelled has
  // nobody left to be told how it ended.
  async sync(call) {
    const cancelled = new AbortController();
    call.on('cancelled', () => cancelled.abort());
    try {
      this.requireConnection();
      if (this.syncing) {
        throw outOfOrder('Another Sync is running; one runs at a time.');
      }
      this.syncing = new Stream(call, cancelled.signal);
      try {
        await this.list(call.request, this.syncing);
      } finally {
        this.syncing = undefined;
      }
      call.end();
    } catch (error) {
      if (!cancelled.signal.aborted) {
        call.emit('error', this.statusOf(error));
      }
    }
  }

  async list(request, stream) {
    if (request.resource !== RESOURCE) {
      throw new Refusal('RESOURCE_UNKNOWN', `There is no resource ${JSON.stringify(request.resource.slice(0, 40))}; there is "${RESOURCE}".`);
    }
    const configuration = this.configuration;
    let read = request.cursor === '' ? 0 : cursor.parse(configuration, RESOURCE, request.cursor);
    for (let first = true; read < configuration.people; first = false) {
      if (!first && configuration.wait_seconds > 0) {
        await stream.wait(configuration.wait_seconds, 'RATE_LIMITED', 'The made-up service asks for patience.');
      }
      const page = people.page(configuration, read);
      read += page.length;
      await stream.page(page.map(toRecord), read < configuration.people ? cursor.make(configuration, RESOURCE, read) : '');
    }
    await stream.complete();
  }

  requireConnection() {
    if (!this.configuration) {
      throw outOfOrder('There is no connection: Connect comes first, and has to succeed.');
    }
  }
}

// runChecks runs checks in order until one fails.
function runChecks(checks) {
  let refusal;
  const results = checks.map(([name, title, run]) => {
    if (refusal) {
      return { name, title, status: 'CHECK_STATUS_SKIPPED' };
    }
    const begun = process.hrtime.bigint();
    const took = () => ({ seconds: 0, nanos: Number(process.hrtime.bigint() - begun) });
    try {
      return { name, title, status: 'CHECK_STATUS_OK', detail: run(), took: took() };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refusal = error;
      return {
        name, title, status: 'CHECK_STATUS_FAIL', reason: error.reason, detail: error.message, fix: error.fix, took: took(),
      };
    }
  });
  return { checks: results, refusal };
}

// toRecord is the typed view beside the object as the service has it.
function toRecord(source) {
  return {
    resource: RESOURCE,
    id: source.id,
    user: {
      user_name: source.login,
      display_name: source.name,
      emails: [{ value: source.login, type: 'work', primary: true }],
      title: source.title,
      department: source.department,
      managers: source.manager === null ? [] : [{ attribute: 'manager', value: source.manager }],
      status: source.active ? 'active' : 'inactive',
      status_kind: source.active ? 'USER_STATUS_ACTIVE' : 'USER_STATUS_DEPROVISIONED',
    },
    source: Buffer.from(JSON.stringify(source)),
  };
}

module.exports = { Connector };
