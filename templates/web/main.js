/**
 * The page: follows the server and shows each state.
 *
 * Owns which parts are there when. Must not know how a part is drawn.
 */

import { byId, dress, format, say, show } from './dom.js';
import { after } from './figures.js';
import { follow, get } from './server.js';
import { Controls } from './controls.js';
import { Course } from './course.js';
import { OrderForm } from './form.js';
import * as tables from './tables.js';

const form = new OrderForm();
const course = new Course();
const controls = new Controls(complain);

/** Shows what was refused, for a while. */
function complain(problem) {
  const line = byId('problem');
  say(line, problem);
  show(line, true);
  clearTimeout(complain.timer);
  complain.timer = setTimeout(() => show(line, false), 8000);
}

/** Colours of the states. */
const TONES = { running: 'good', spawning: 'good', starting: 'open', stopping: 'open', paused: 'open' };

let plan = null;
let planOf = null;
let wantsForm = false;
let last = '';

async function showState(state) {
  const word = state.paused ? 'paused' : state.state;
  header(state, word);
  controls.update(state);
  const busy = !['ready', 'stopped'].includes(state.state);
  if (busy) wantsForm = false;
  const hasRun = Boolean(state.aggregated);
  show(byId('start'), !busy && (!hasRun || wantsForm));
  show(byId('anew'), !busy && hasRun && !wantsForm);
  for (const id of ['figures', 'sections', 'run', 'download-section']) show(byId(id), hasRun);
  result(state);
  await describe(state);
  for (const part of ['overview', 'requests', 'measures', 'limits', 'failures', 'exceptions', 'thresholds', 'generator', 'events']) {
    tables[part](state);
  }
  tables.tasks(state, plan);
  if (hasRun) await course.update(state);
}

function header(state, word) {
  const sign = byId('state');
  say(sign, word);
  dress(sign, `state ${TONES[word] ?? ''}`.trim());
  say(byId('what'), state.scenario ? `${state.scenario} against ${state.host}` : '');
  say(byId('progress'), progress(state));
  document.title = state.aggregated && state.state !== 'stopped'
    ? `${word}, ${format.count(state.users)} users: ${state.scenario}` : `${word}: ragload`;
  if (word !== last) {
    // Said once, not every second.
    say(byId('said'), `The run is ${word}`);
    last = word;
  }
}

function progress(state) {
  if (state.at === undefined) return '';
  if (state.state === 'stopped') return `ran ${after(state.at)}`;
  const ends = state.ends_at;
  return ends ? `${after(state.at)} of ${after(ends)}` : after(state.at);
}

/** How a run ended, or why it never began. */
function result(state) {
  const verdict = state.state === 'stopped' && (state.problem
    ? { tone: 'bad', word: 'NOT STARTED', reason: state.problem } : state.verdict);
  show(byId('result'), Boolean(verdict));
  if (!verdict) return;
  const line = byId('verdict');
  dress(line, `verdict ${verdict.tone}`);
  say(line.querySelector('strong'), verdict.word);
  say(line.querySelector('span'), verdict.reason);
}

/** Fetches what does not change during a run. */
async function describe(state) {
  // A server that was started anew counts from the beginning.
  const run = `${state.run} ${state.started}`;
  if (planOf === run) return;
  plan = await get('api/v1/run');
  planOf = run;
  controls.suggest(plan.load?.spawn_rate);
  show(byId('history-link'), plan.history);
}

// ---- What the page does by itself ------------------------------------------------------------

byId('anew').addEventListener('click', () => {
  wantsForm = true;
  show(byId('start'), true);
  show(byId('anew'), false);
  form.preview();
  byId('order').elements.users.focus();
});

byId('theme').addEventListener('click', () => {
  const root = document.documentElement;
  const dark = root.dataset.theme
    ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  root.dataset.theme = dark ? 'light' : 'dark';
  try {
    localStorage.setItem('ragload-theme', root.dataset.theme);
  } catch {
    // A browser that keeps nothing: the choice holds for this page.
  }
});

// What sticks below the bar must know how high it is: on narrow screens it has several lines.
const bar = document.querySelector('.bar');
new ResizeObserver(() => document.documentElement.style.setProperty('--bar', `${bar.offsetHeight}px`)).observe(bar);

const log = byId('log-box');
async function refreshLog() {
  if (!log.open) return;
  const { lines } = await get('api/v1/logs');
  const text = byId('log-lines');
  const atEnd = text.scrollTop + text.clientHeight >= text.scrollHeight - 4;
  say(text, lines.join('\n'));
  if (atEnd) text.scrollTop = text.scrollHeight;
}
log.addEventListener('toggle', refreshLog);
setInterval(() => refreshLog().catch(() => {}), 2000);

/** States are shown one after the other; of those that wait only the last. */
let waiting = null;
let showing = false;
async function next(state) {
  waiting = state;
  // A page in the background costs nothing; it catches up when it is looked at.
  if (showing || document.hidden) return;
  showing = true;
  while (waiting && !document.hidden) {
    const now = waiting;
    waiting = null;
    try {
      await showState(now);
    } catch (error) {
      complain(error.message);
    }
  }
  showing = false;
}

document.addEventListener('visibilitychange', () => waiting && next(waiting));
follow(next, (connected) => show(byId('connection'), !connected));
form.fill().catch((error) => complain(error.message));
