'use strict';
// Stream sends the events of one Sync, and keeps the contract's rules for them:
// the size of messages, sequence, totals, the host's window and its wait budget.
// Each method resolves when the event has been taken by the transport, which is
// how a slow host slows the connector down.

const timers = require('node:timers/promises');

const { Refusal, outOfOrder } = require('./refusal');

// Sizes of the contract, in bytes.
const MAX_RECORD_BYTES = 3 << 20; // one record's source
const MAX_PART_BYTES = 1 << 20; // one message of a page, unless it holds one record
const RECORD_OVERHEAD = 1 << 10; // bound of a record's fields beside its source

const WAIT_NOTICE_SECONDS = 1; // a shorter wait is not worth telling
const WAIT_REPEAT_SECONDS = 20; // the contract asks for every 30 s at least

class Stream {
  constructor(call, signal) {
    this.call = call;
    this.signal = signal; // aborted when the host cancels the call
    this.window = call.request.window; // 0: no limit
    this.budget = seconds(call.request.limits?.wait_budget); // undefined: no limit
    this.sent = 0; // pages, over all restarts
    this.acknowledged = 0;
    this.makeRoom = () => {};
    this.totals = { pages: 0, records: 0, quarantined: 0 };
  }

  // page sends one page, in as many parts as it takes, once the host has room.
  async page(records, cursor) {
    const fitting = await this.quarantineLarge(records);
    await this.room();
    this.sent++;
    this.totals.pages++;
    this.totals.records += fitting.length;
    const parts = cut(fitting);
    for (const [i, part] of parts.entries()) {
      const last = i === parts.length - 1;
      await this.send({
        page: { records: part, sequence: this.totals.pages, cursor: last ? cursor : '', more_parts: !last },
      });
    }
  }

  // wait sleeps, and tells the host why. It refuses a wait beyond the budget.
  async wait(secondsToWait, reason, message) {
    if (this.budget !== undefined && secondsToWait > this.budget) {
      throw new Refusal(reason, `The next wait would take ${secondsToWait} s, and ${Math.floor(this.budget)} s are left for waits.`,
        { retryAfterSeconds: secondsToWait });
    }
    if (this.budget !== undefined) {
      this.budget -= secondsToWait;
    }
    const until = Date.now() + secondsToWait * 1000;
    for (let left = secondsToWait; left > 0; left = (until - Date.now()) / 1000) {
      if (secondsToWait > WAIT_NOTICE_SECONDS) {
        await this.send({ wait: { until: timestamp(until), reason, message } });
      }
      await timers.setTimeout(Math.min(left, WAIT_REPEAT_SECONDS) * 1000, undefined, { signal: this.signal });
    }
  }

  // complete is the last event.
  async complete() {
    await this.send({ completed: this.totals });
  }

  // acknowledge takes the host's word that so many pages are stored.
  acknowledge(pages) {
    if (pages > this.sent) {
      throw outOfOrder(`Acknowledged in advance: ${pages} pages, and ${this.sent} were sent.`);
    }
    this.acknowledged = Math.max(this.acknowledged, pages);
    this.makeRoom();
  }

  // room waits until fewer pages than the window allows are unacknowledged.
  async room() {
    while (this.window > 0 && this.sent - this.acknowledged >= this.window) {
      await unlessAborted(this.signal, (resolve) => { this.makeRoom = resolve; });
    }
  }

  async quarantineLarge(records) {
    const fitting = records.filter((record) => record.source.length <= MAX_RECORD_BYTES);
    for (const [i, record] of records.entries()) {
      if (record.source.length > MAX_RECORD_BYTES) {
        this.totals.quarantined++;
        await this.send({
          quarantined: {
            id: record.id, location: `page ${this.totals.pages + 1}, element ${i + 1}`, reason: 'RECORD_TOO_LARGE',
            message: `The record has ${record.source.length} bytes; at most ${MAX_RECORD_BYTES} are allowed.`,
          },
        });
      }
    }
    return fitting;
  }

  // send waits for the transport to take the event: one at a time, so that not
  // even the stream's own buffer fills up while the host does not read.
  send(event) {
    return unlessAborted(this.signal, (resolve, reject) => {
      this.call.write(event, (error) => (error ? reject(error) : resolve()));
    });
  }
}

// unlessAborted is a promise that ends with the signal, whatever else it waits
// for.
async function unlessAborted(signal, executor) {
  signal.throwIfAborted();
  let aborted;
  try {
    await new Promise((resolve, reject) => {
      aborted = () => reject(signal.reason);
      signal.addEventListener('abort', aborted);
      executor(resolve, reject);
    });
  } finally {
    signal.removeEventListener('abort', aborted);
  }
}

// cut makes parts of at most MAX_PART_BYTES, each of one record at least. A page
// without records is one empty part.
function cut(records) {
  const parts = [[]];
  let size = 0;
  for (const record of records) {
    const bytes = record.source.length + RECORD_OVERHEAD;
    if (size > 0 && size + bytes > MAX_PART_BYTES) {
      parts.push([]);
      size = 0;
    }
    parts.at(-1).push(record);
    size += bytes;
  }
  return parts;
}

function seconds(duration) {
  return duration ? Math.max(0, duration.seconds + duration.nanos / 1e9) : undefined;
}

function timestamp(milliseconds) {
  return { seconds: Math.floor(milliseconds / 1000), nanos: (milliseconds % 1000) * 1e6 };
}

module.exports = { Stream };
