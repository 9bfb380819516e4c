'use strict';
// A self-signed certificate for one process (RFC 5280). Node can make keys and
// sign, but has no call that makes a certificate, so its few fields are put
// together here, in DER.

const crypto = require('node:crypto');

const SECOND = 1000;
const YEAR = 365 * 24 * 60 * 60 * SECOND; // longer than a process lives

const TAG = {
  boolean: 0x01, integer: 0x02, bitString: 0x03, octetString: 0x04, oid: 0x06, utf8String: 0x0c,
  utcTime: 0x17, sequence: 0x30, set: 0x31, version: 0xa0, extensions: 0xa3, dnsName: 0x82,
};

// selfSigned makes a key and a certificate for "localhost", the name that the
// host expects. key and certificate are PEM; der is the certificate's bytes.
function selfSigned() {
  const { privateKey, publicKey } = crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(oid('2a8648ce3d040302')); // ecdsa-with-SHA256
  const name = sequence(tlv(TAG.set, sequence(oid('550403'), tlv(TAG.utf8String, Buffer.from('localhost')))));
  const now = Date.now();
  const toBeSigned = sequence(
    tlv(TAG.version, integer(Buffer.from([2]))), // X.509 version 3
    integer(serialNumber()),
    algorithm,
    name, // issuer
    sequence(utcTime(new Date(now - 30 * SECOND)), utcTime(new Date(now + YEAR))),
    name, // subject
    publicKey.export({ type: 'spki', format: 'der' }),
    tlv(TAG.extensions, sequence(
      extension('551d11', sequence(tlv(TAG.dnsName, Buffer.from('localhost')))), // subjectAltName
      extension('551d25', sequence(oid('2b06010505070301'))), // extKeyUsage: serverAuth
    )),
  );
  const signature = crypto.sign('sha256', toBeSigned, privateKey);
  const der = sequence(toBeSigned, algorithm, tlv(TAG.bitString, Buffer.from([0]), signature));
  return { key: privateKey.export({ type: 'pkcs8', format: 'pem' }), certificate: pem(der), der };
}

function serialNumber() {
  const bytes = crypto.randomBytes(16);
  bytes[0] = (bytes[0] & 0x7f) | 0x40; // positive, and without leading zeros
  return bytes;
}

// tlv is tag, length and contents. DER wants the shortest form of a length; none
// here takes more than two bytes.
function tlv(tag, ...parts) {
  const contents = Buffer.concat(parts);
  const n = contents.length;
  const length = n < 0x80 ? [n] : n < 0x100 ? [0x81, n] : [0x82, n >> 8, n & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), contents]);
}

const sequence = (...parts) => tlv(TAG.sequence, ...parts);
const integer = (bytes) => tlv(TAG.integer, bytes);
const oid = (hex) => tlv(TAG.oid, Buffer.from(hex, 'hex'));
const extension = (id, value) => sequence(oid(id), tlv(TAG.octetString, value));

// utcTime is YYMMDDHHMMSSZ, for years before 2050.
function utcTime(date) {
  return tlv(TAG.utcTime, Buffer.from(date.toISOString().replace(/[-:T]|\.\d+/g, '').slice(2)));
}

function pem(der) {
  return `-----BEGIN CERTIFICATE-----\n${der.toString('base64').match(/.{1,64}/g).join('\n')}\n-----END CERTIFICATE-----\n`;
}

module.exports = { selfSigned };
