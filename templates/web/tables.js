/**
 * Everything on the page that is text: tiles, tables, lists.
 *
 * Each function takes a state and shows its part of it. Must not know where a state comes from.
 */

import { byId, dress, element, format, MISSING, Rows, say, show, tiles } from './dom.js';
import { after, bytes, failRatio, measured, percentile, share, time } from './figures.js';
import { Answers } from './answers.js';

const text = (value, kind) => ({ text: value, kind });
const name = (endpoint) => ({ text: endpoint.name, before: endpoint.method, kind: 'name', head: true });
const failed = (count, shown) => text(shown, count > 0 ? 'failed' : '');

// ---- Tiles -----------------------------------------------------------------------------------

export function overview(state) {
  const all = state.aggregated;
  if (!all) return;
  const limited = all.rate_limited > 0
    ? [['Rate limited', format.count(all.rate_limited), 'status 429', 'open']] : [];
  const figures = state.state === 'stopped' ? whole(all) : latest(state, all);
  const again = all.retries > 0 ? [['Retries', format.count(all.retries), 'sent again']] : [];
  tiles(byId('tiles'), [...figures, ...limited, ...again]);
}

/** A finished run as a whole. */
const whole = (all) => [
  ['Requests', format.count(all.requests), ''],
  ['Requests/s', format.rate(all.rps), 'on average'],
  ['Failures', share(failRatio(all)), `${format.count(all.failures)} in all`, all.failures > 0 ? 'bad' : ''],
  ...['p50', 'p95', 'p99'].map((name) => [name, percentile(all, name), '']),
];

/** The last seconds of a run under way, and what they come to. */
function latest(state, all) {
  const { current } = all;
  const wanted = state.target_users === state.users ? '' : `of ${format.count(state.target_users)}`;
  const now = (index) => time(current.percentiles?.[index]);
  return [
    ['Users', format.count(state.users), wanted],
    ['Requests/s', format.rate(current.rps), `${format.count(all.requests)} in all`],
    ['Failures', share(current.fail_ratio), `${format.count(all.failures)} in all`, current.failures_per_second > 0 ? 'bad' : ''],
    ['p50', now(0), `${percentile(all, 'p50')} in all`],
    ['p95', now(5), `${percentile(all, 'p95')} in all`],
    ['p99', now(7), `${percentile(all, 'p99')} in all`],
  ];
}

// ---- Requests --------------------------------------------------------------------------------

const requestCells = (row) => [
  name(row.endpoint),
  text(format.count(row.requests)),
  failed(row.failures, format.count(row.failures)),
  failed(row.failures, share(failRatio(row))),
  text(format.rate(row.current.rps)),
  failed(row.current.failures_per_second, format.rate(row.current.failures_per_second)),
  text(time(row.average)),
  text(time(row.min)),
  ...['p50', 'p95', 'p99'].map((which) => text(percentile(row, which))),
  text(time(row.max)),
  text(bytes(row.average_bytes)),
];

const endpointKey = (row) => `${row.endpoint.method} ${row.endpoint.name}`;
const requestRows = new Rows(byId('request-table').tBodies[0], endpointKey, requestCells);
const totalRow = new Rows(byId('request-table').tFoot, endpointKey, requestCells);

export function requests(state) {
  requestRows.update(state.requests ?? []);
  totalRow.update(state.aggregated ? [state.aggregated] : []);
}

const measureRows = new Rows(byId('measures').querySelector('tbody'), (row) => row.measure, (row) => {
  const value = (of) => text(measured(row.unit, of));
  return [
    { text: row.title, kind: 'name', head: true },
    text(format.count(row.count)), value(row.average), value(row.p50), value(row.p90), value(row.p95),
    value(row.p99), value(row.max),
  ];
});

export function measures(state) {
  const rows = state.measures ?? [];
  show(byId('measures'), rows.length > 0);
  measureRows.update(rows);
}

// ---- Limits ----------------------------------------------------------------------------------

const limitCells = (row) => [name(row.endpoint), ...row.cells.map((cell) => text(cell ?? MISSING))];
/** With another column it is another row. */
const limitKey = (row) => `${row.cells.length} ${endpointKey(row)}`;
const limitRows = new Rows(byId('limit-table').tBodies[0], limitKey, limitCells);
const limitTotal = new Rows(byId('limit-table').tFoot, limitKey, limitCells);

/** What the service told of its own limits, in the words of the report. */
export function limits(state) {
  const table = state.limits ?? { title: '', about: '', heads: [], rows: [] };
  for (const part of ['limit-box', 'limit-link']) show(byId(part), table.rows.length > 0);
  say(byId('limits'), table.title);
  say(byId('limit-about'), table.about);
  const heads = byId('limit-table').tHead.rows[0];
  const named = ['Request', ...table.heads];
  if ([...heads.cells].map((cell) => cell.textContent).join() !== named.join()) {
    heads.replaceChildren(...named.map((head, index) =>
      element('th', { scope: 'col', ...(index ? {} : { class: 'left' }) }, head)));
  }
  limitRows.update(table.rows.slice(0, -1));
  limitTotal.update(table.rows.slice(-1));
}

// ---- Failures and exceptions -----------------------------------------------------------------

const answers = new Answers();

const failureRows = new Rows(
  byId('failure-table').tBodies[0],
  (row) => `${endpointKey(row)} ${row.error}`,
  (row) => [
    failed(1, format.count(row.occurrences)),
    name(row.endpoint),
    { text: row.error, kind: 'text', control: opener },
    text(after(row.first)),
    text(after(row.last)),
  ],
);

/** A button that opens the first answers of a failure below its row. */
function opener(row) {
  const button = element('button', { type: 'button', class: 'opener', 'aria-expanded': 'false' });
  button.addEventListener('click', () => {
    const isOpen = failureRows.toggle(row, () => answers.of(row.item));
    button.setAttribute('aria-expanded', isOpen);
  });
  return button;
}

export function failures(state) {
  const rows = [...(state.failures ?? [])].sort((a, b) => b.occurrences - a.occurrences);
  counted('failure', rows, state.failures_in_all ?? 0);
  failureRows.update(rows);
}

const exceptionRows = new Rows(
  byId('exception-table').tBodies[0],
  (row) => `${row.message} ${row.traceback}`,
  (row) => [failed(1, format.count(row.count)), text(row.message, 'text'), text(row.traceback, 'text code')],
);

export function exceptions(state) {
  const rows = state.exceptions ?? [];
  counted('exception', rows, state.exceptions_in_all ?? 0);
  exceptionRows.update(rows);
}

function counted(what, rows, all) {
  say(byId(`${what}-count`), all > 0 ? format.count(all) : '');
  show(byId(`no-${what}s`), rows.length === 0);
  show(byId(`${what}-box`), rows.length > 0);
}

// ---- Thresholds ------------------------------------------------------------------------------

const MARKS = { good: '✓', open: '!', bad: '✗' };

const thresholdRows = new Rows(byId('threshold-table').tBodies[0], (row) => row.condition, (row) => [
  text(MARKS[row.tone], `mark ${row.tone}`),
  { text: row.condition, kind: 'name', head: true },
  text(row.observed),
  text(row.limit),
  text(row.said, `left ${row.tone}`),
]);

export function thresholds(state) {
  const rows = state.thresholds ?? [];
  show(byId('no-thresholds'), rows.length === 0);
  show(byId('threshold-box'), rows.length > 0);
  thresholdRows.update(rows);
  const list = byId('thresholds');
  if (list.children.length !== rows.length) {
    list.replaceChildren(...rows.map(() => element('li')));
  }
  rows.forEach((row, index) => {
    dress(list.children[index], row.tone);
    say(list.children[index], `${MARKS[row.tone]} ${row.condition}: ${row.observed}`);
  });
}

// ---- Tasks -----------------------------------------------------------------------------------

const taskRows = new Rows(byId('task-table').tBodies[0], (row) => row.key, (row) => [
  { text: row.name, kind: row.task ? 'name task' : 'name', head: true },
  text(row.users === null ? '' : format.count(row.users)),
  text(share(row.share)),
  text(share(row.total)),
]);

/** The plan's classes, with how many users of each are there now. */
export function tasks(state, plan) {
  const { per_class: classes = {}, total = {} } = plan?.task_ratios ?? {};
  taskRows.update(Object.entries(classes).flatMap(([className, of]) => [
    { key: className, name: className, users: state.users_by_class?.[className] ?? 0, share: of.ratio, total: null },
    ...Object.entries(of.tasks).map(([task, { ratio }]) => ({
      key: `${className} ${task}`, name: task, task: true, users: null, share: ratio, total: total[className].tasks[task].ratio,
    })),
  ]).map((row) => ({ ...row, total: row.total ?? row.share })));
}

// ---- Generator -------------------------------------------------------------------------------

export function generator(state) {
  const of = state.generator;
  if (!of) return;
  const percent = (value) => (value === null ? MISSING : format.percent(value * 100));
  tiles(byId('generator-tiles'), [
    ['CPU', percent(of.cpu), 'of one core'],
    ['Busiest thread', percent(of.busy), 'of its time', of.limited ? 'bad' : ''],
    ['Timers late by', time(of.lag), '', of.limited ? 'bad' : ''],
    ['Memory', bytes(of.memory), ''],
    ['Open files', of.open_files === null ? MISSING : format.count(of.open_files), 'and connections'],
  ]);
  const line = byId('generator-say');
  dress(line, of.limited ? 'say bad' : 'say');
  say(line, of.limited
    ? 'It is the bottleneck now: response times and rates are partly its own. Fewer users, more cores or more machines help.'
    : 'It keeps up.');
}

// ---- Events ----------------------------------------------------------------------------------

const WORDS = { info: '', warning: 'Warning ', error: 'Error ' };
const KINDS = { info: '', warning: 'open', error: 'bad' };
let told = '';

export function events(state) {
  const notices = state.notices ?? [];
  const all = JSON.stringify(notices);
  if (all === told) return;
  told = all;
  show(byId('no-events'), notices.length === 0);
  show(byId('event-list'), notices.length > 0);
  byId('event-list').replaceChildren(...notices.map(({ at, severity, text: what }) =>
    element('li', { class: KINDS[severity] }, element('span', { class: 'at' }, after(at)),
      element('span', {}, element('strong', {}, WORDS[severity]), what))).reverse());
}
