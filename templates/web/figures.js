/**
 * Figures as texts, from the form they have in a run record: times in seconds, shares from 0 to 1.
 */

import { format, MISSING } from './dom.js';

/** Where a percentile stands in a row's list. */
const AT = { p50: 0, p95: 5, p99: 7 };

export const time = (seconds) => (seconds === null || seconds === undefined ? MISSING : format.time(seconds * 1e3));
export const share = (ratio) => (ratio === null ? MISSING : format.percent(ratio * 100));
export const percentile = (row, name) => time(row.percentiles?.[AT[name]]);
export const failRatio = (row) => (row.requests > 0 ? row.failures / row.requests : null);
/** `512 B`, `1.4 kB`, `3.0 MB`, as in the report. */
export function bytes(count) {
  if (count === null || count === undefined) return MISSING;
  if (count < 999.5) return `${count.toFixed(0)} B`;
  return count < 999_500 ? `${(count / 1e3).toFixed(1)} kB` : `${(count / 1e6).toFixed(1)} MB`;
}
export const span = (seconds) => format.span(seconds);
/** `2m30s`, whole seconds, of a run that goes on. */
export const after = (seconds) => format.span(Math.floor(seconds));

/** A value of a measure, in its unit. */
export function measured(unit, value) {
  if (unit === 'time') return time(value);
  return unit === 'rate' ? `${format.rate(value)}/s` : format.count(value);
}
