/**
 * The charts of the run under way, point by point.
 *
 * Owns what is drawn, and fetching it anew when a point was missed. Must not draw: charts.js does.
 */

import { byId, element } from './dom.js';
import { get } from './server.js';

/** From so many points on, the server has fewer of the same. */
const MOST = 1500;
/** Where the axis of a run under way may end, in seconds: it grows by steps, not with every point. */
const ENDS = [30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 43_200, 86_400];

const ms = (seconds) => (seconds === null || seconds === undefined ? null : seconds * 1e3);

/** Answers per second of a class of status. */
const answers = (of) => (point, index, points) =>
  (point.statuses ? point.statuses[of] / Math.max(point.at - (points[index - 1]?.at ?? 0), 0.001) : null);

/** Of a line that is drawn only once there is something on it. */
const RARE = true;

/**
 * The charts, from top to bottom: what each is like, what of a point each of its lines shows, and, where
 * not every run has anything to show in it, whether these points have.
 */
const CHARTS = [
  {
    spec: { title: 'Requests per second', unit: 'rate', height: 220, labels: true },
    lines: [
      ['Requests/s', 'all', (point) => point.rps],
      ['Failures/s', 'failures', (point) => point.failures_per_second],
      ['Rate limited/s', 'limited', (point) => point.rate_limited_per_second, RARE],
    ],
  },
  {
    spec: { title: 'Response times', unit: 'ms', height: 250, log: true, note: 'Of the requests that ended in each second, failed ones included.' },
    lines: [
      ['p50', 'p50', (point) => ms(point.p50)],
      ['p95', 'p95', (point) => ms(point.p95)],
      ['p99', 'p99', (point) => ms(point.p99)],
    ],
  },
  {
    spec: { title: 'Time to the first token', unit: 'ms', height: 200, log: true, note: 'Of the successful answers that ended in each second.' },
    lines: [
      ['p50', 'p50', (point) => ms(point.answers?.ttft?.p50)],
      ['p95', 'p95', (point) => ms(point.answers?.ttft?.p95)],
      ['p99', 'p99', (point) => ms(point.answers?.ttft?.p99)],
    ],
    where: (points) => points.some(({ answers: told }) => told?.ttft),
  },
  {
    spec: { title: 'Users', unit: 'count', whole: true, height: 150 },
    lines: [
      ['running', 'users', (point) => point.users],
      ['wanted', 'target', (point) => point.target_users],
    ],
  },
  {
    spec: { title: 'Answers per second by class of status', unit: 'rate', height: 170, stacked: true, filled: true },
    lines: [
      ['2xx', 's2', answers(2), RARE], ['1xx', 's1', answers(1), RARE], ['3xx', 's3', answers(3), RARE],
      ['4xx', 's4', answers(4), RARE], ['5xx', 's5', answers(5), RARE], ['no answer', 's0', answers(0), RARE],
    ],
    // While all is well the first chart says as much.
    where: (points) => points.some(({ statuses }) => statuses?.some((count, of) => count > 0 && of !== 2)),
  },
];

export class Course {
  constructor() {
    this.points = [];
    this.told = 0;
    this.run = null;
    this.key = '';
    this.busy = false;
  }

  /** Shows a state's point, or all points when some were missed. */
  async update(state) {
    this.state = state;
    const isNew = state.run !== this.run || state.points < this.told;
    const missed = state.points > this.told + 1 || this.points.length > MOST;
    // What changes rarely: marks come with notices and with thresholds that turn.
    const key = JSON.stringify([state.state === 'stopped', state.notices?.length, state.notices?.at(-1)?.at,
      state.thresholds?.map((t) => t.standing)]);
    if (isNew || missed || key !== this.key) {
      this.key = key;
      await this.fetch();
    } else if (state.points === this.told + 1) {
      this.told = state.points;
      this.points.push(state.point);
      this.draw();
    }
  }

  async fetch() {
    if (this.busy) return;
    this.busy = true;
    try {
      const { run, points, course, stages, marks } = await get('api/v1/course');
      if (run !== this.run) this.forget();
      Object.assign(this, { run, told: points, points: course, stages, marks });
      this.draw();
    } finally {
      this.busy = false;
    }
  }

  /** Another run: its charts begin empty. */
  forget() {
    byId('charts').replaceChildren();
    this.timeline = null;
  }

  draw() {
    if (!this.timeline) this.begin();
    const x = this.points.map((point) => point.at);
    for (const chart of this.charts) {
      if (chart.drawn || !chart.where || chart.where(this.points)) this.fill(chart, x);
    }
    const shown = { to: this.end(x.at(-1) ?? 0), bands: this.stages, marks: this.marks, shades: this.shades() };
    this.timeline.update(shown);
  }

  /** Gives a chart its lines; the timeline draws it. */
  fill(chart, x) {
    const lines = chart.lines.map(([name, kind, of, rare]) => ({ name, kind, rare, y: this.points.map(of) }));
    const series = lines.filter(({ rare, y }) => !rare || y.some((value) => value > 0));
    const names = series.map(({ name }) => name).join();
    if (chart.drawn && names === chart.names) {
      Object.assign(chart.drawn.spec, { x, series });
      return;
    }
    // A chart has its legend from the beginning: with another line it is another chart.
    this.timeline.remove(chart.drawn);
    chart.place.replaceChildren();
    chart.names = names;
    chart.drawn = this.timeline.add(chart.place, { ...chart.spec, x, series });
  }

  /** Where the axis ends. */
  end(last) {
    if (this.state.state === 'stopped') return last;
    const next = ENDS.find((end) => end >= last) ?? last;
    return Math.max(last, Math.min(next, this.state.ends_at ?? next));
  }

  begin() {
    const host = byId('charts');
    this.timeline = new Charts.Timeline({ to: 1, start: this.state.started ?? undefined });
    this.charts = CHARTS.map((chart) => ({ ...chart, place: element('div'), drawn: null }));
    host.replaceChildren(...this.charts.map(({ place }) => place));
    const unzoom = byId('unzoom');
    unzoom.onclick = () => this.timeline.zoom(null);
    this.timeline.listen(({ zoomed }) => { unzoom.disabled = !zoomed; });
  }

  /** The seconds in which the generator was the bottleneck. */
  shades() {
    const shades = [];
    this.points.forEach((point, index) => {
      if (!point.generator?.limited) return;
      const from = this.points[index - 1]?.at ?? 0;
      const last = shades.at(-1);
      if (last?.to === from) last.to = point.at;
      else shades.push({ from, to: point.at });
    });
    return shades;
  }
}
