'use strict';
// The configuration: its schema, and what is made of what the host sends. The
// host sends secrets apart from the rest.

const { Refusal } = require('./refusal');

// SCHEMA is draft 2020-12 with the contract's own keywords x-secret, x-order and
// x-listing.
const SCHEMA = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  additionalProperties: false,
  required: ['token', 'token_sha256'],
  properties: {
    token: {
      type: 'string', title: 'Token', description: 'The token of the made-up service.', minLength: 1,
      'x-secret': true, 'x-order': 1,
    },
    token_sha256: {
      type: 'string', title: 'SHA-256 of the token', description: 'What the made-up service knows its caller by: 64 hexadecimal digits.',
      pattern: '^[0-9a-f]{64}$', 'x-order': 2,
    },
    people: {
      type: 'integer', title: 'People', description: 'How many people there are.',
      minimum: 0, maximum: 1000000, default: 1000, 'x-order': 3, 'x-listing': true,
    },
    page_size: {
      type: 'integer', title: 'Page size', description: 'How many people a page has.',
      minimum: 1, maximum: 1000, default: 100, 'x-order': 4,
    },
    source_bytes: {
      type: 'integer', title: 'Source bytes', description: 'The least size of a person\'s record in bytes.',
      minimum: 0, maximum: 8388608, default: 0, 'x-order': 5,
    },
    large_every: {
      type: 'integer', title: 'Too large', description: 'Every so-manyth person\'s record is above the contract\'s limit; 0 for none.',
      minimum: 0, maximum: 1000000, default: 0, 'x-order': 6,
    },
    wait_seconds: {
      type: 'integer', title: 'Wait', description: 'How many seconds the made-up service asks to wait before each page but the first.',
      minimum: 0, maximum: 3600, default: 0, 'x-order': 7,
    },
  },
};

// decode returns the configuration with its defaults and secrets, or throws a
// refusal. It never repeats a value, which might be a secret in the wrong place.
function decode(request) {
  const given = parse(request.config_json);
  for (const [name, value] of Object.entries(request.secrets)) {
    if (!SCHEMA.properties[name]?.['x-secret']) {
      throw invalid(`There is no secret property ${quoted(name)}.`);
    }
    given.set(name, value);
  }
  const configuration = {};
  for (const [name, property] of Object.entries(SCHEMA.properties)) {
    const value = given.has(name) ? given.get(name) : property.default;
    if (value === undefined) {
      throw invalid(`The property ${quoted(name)} is missing.`);
    }
    check(name, property, value);
    configuration[name] = value;
  }
  return configuration;
}

// parse reads the properties that are not secret.
function parse(bytes) {
  let object;
  try {
    object = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw invalid('The configuration is not JSON.');
  }
  if (object === null || typeof object !== 'object' || Array.isArray(object)) {
    throw invalid('The configuration is not a JSON object.');
  }
  const given = new Map(Object.entries(object));
  for (const name of given.keys()) {
    const property = Object.hasOwn(SCHEMA.properties, name) ? SCHEMA.properties[name] : undefined;
    if (!property) {
      throw invalid(`There is no property ${quoted(name)}; there are ${Object.keys(SCHEMA.properties).join(', ')}.`);
    }
    if (property['x-secret']) {
      throw invalid(`The property ${quoted(name)} is secret and must be sent as one.`);
    }
  }
  return given;
}

function check(name, property, value) {
  if (property.type === 'integer' &&
    !(Number.isInteger(value) && value >= property.minimum && value <= property.maximum)) {
    throw invalid(`The property ${quoted(name)} must be a whole number from ${property.minimum} to ${property.maximum}.`);
  }
  if (property.type === 'string' && (typeof value !== 'string' || value.length < (property.minLength ?? 0))) {
    throw invalid(`The property ${quoted(name)} must be a text that is not empty.`);
  }
  if (property.pattern && !new RegExp(property.pattern).test(value)) {
    throw invalid(`The property ${quoted(name)} does not have the form ${property.pattern}.`);
  }
}

const invalid = (message) => new Refusal('CONFIG_INVALID', message);
const quoted = (name) => JSON.stringify(name.slice(0, 40));

module.exports = { SCHEMA, decode };
