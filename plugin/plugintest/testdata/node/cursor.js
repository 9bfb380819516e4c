'use strict';
// Cursors: printable ASCII, no secret, and bound to the connection and resource
// that they were made for. The number of people already read is all that is in
// one; the rest says whether it is ours.

const crypto = require('node:crypto');

const { Refusal } = require('./refusal');

const PREFIX = 'synthetic1';

function make(configuration, resource, read) {
  return `${PREFIX}-${read}-${seal(configuration, resource, read)}`;
}

// parse returns how many people were read before, or throws a refusal.
function parse(configuration, resource, cursor) {
  const [prefix, digits, given, ...more] = cursor.split('-');
  const read = /^[1-9][0-9]{0,6}$/.test(digits ?? '') ? Number(digits) : -1;
  const ours = prefix === PREFIX && more.length === 0 && read > 0 && read < configuration.people &&
    given === seal(configuration, resource, read);
  if (!ours) {
    throw new Refusal('CURSOR_INVALID', 'The cursor is not one of this connector for this connection and resource.');
  }
  return read;
}

// seal is no signature: it finds a cursor that was cut, changed or mixed up.
function seal(configuration, resource, read) {
  const account = configuration.token_sha256;
  return crypto.createHash('sha256').update(JSON.stringify([PREFIX, account, resource, read])).digest('hex').slice(0, 32);
}

module.exports = { make, parse };
