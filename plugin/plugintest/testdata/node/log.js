'use strict';
// The log is standard error: one JSON object a line with time, level, msg and
// attributes. Never a secret, never a person's data.

const LEVELS = { DEBUG: 0, INFO: 1, WARN: 2, ERROR: 3 };

const threshold = LEVELS[process.env.PATCHBAY_LOG_LEVEL] ?? LEVELS.INFO;

function log(level, msg, attributes = {}) {
  if (LEVELS[level] >= threshold) {
    process.stderr.write(JSON.stringify({ time: new Date().toISOString(), level, msg, ...attributes }) + '\n');
  }
}

module.exports = { log };
