'use strict';
// The made-up service: people by number, the same each time.

const crypto = require('node:crypto');

const TITLES = ['Clerk', 'Engineer', 'Nurse', 'Driver'];
const DEPARTMENTS = ['Sales', 'Research', 'Care', 'Transport'];

const TOO_LARGE = (3 << 20) + 1; // bytes of a record that no host takes

// accepts compares in constant time.
function accepts(configuration) {
  const given = crypto.createHash('sha256').update(configuration.token).digest();
  return crypto.timingSafeEqual(given, Buffer.from(configuration.token_sha256, 'hex'));
}

// page returns the people from a number on, at most a page of them.
function page(configuration, from) {
  const people = [];
  for (let n = from; n < Math.min(from + configuration.page_size, configuration.people); n++) {
    const tooLarge = configuration.large_every > 0 && (n + 1) % configuration.large_every === 0;
    people.push(person(n, tooLarge ? TOO_LARGE : configuration.source_bytes));
  }
  return people;
}

function person(n, leastBytes) {
  const number = String(n + 1).padStart(7, '0');
  const source = {
    id: `person-${number}`,
    login: `person-${number}@example.com`,
    name: `Person ${number}`,
    title: TITLES[n % TITLES.length],
    department: DEPARTMENTS[n % DEPARTMENTS.length],
    manager: n === 0 ? null : `person-${String(Math.floor((n - 1) / 8) + 1).padStart(7, '0')}`,
    active: n % 10 !== 9,
    about: '',
  };
  source.about = 'x'.repeat(Math.max(0, leastBytes - JSON.stringify(source).length));
  return source;
}

module.exports = { accepts, page };
