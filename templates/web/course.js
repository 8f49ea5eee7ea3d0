/**
 * The charts of the run under way, point by point.
 *
 * Owns what is drawn, and fetching it anew when a point was missed. Must not draw: charts.js does.
 */

import { byId } from './dom.js';
import { get } from './server.js';

/** From so many points on, the server has fewer of the same. */
const MOST = 1500;

const ms = (seconds) => (seconds === null ? null : seconds * 1e3);

/** The charts: their titles, and what of a point each line shows. */
const CHARTS = [
  {
    spec: { title: 'Requests per second', unit: 'rate', height: 220, labels: true },
    lines: [
      ['Requests/s', 'all', (point) => point.rps],
      ['Failures/s', 'failures', (point) => point.failures_per_second],
      ['Rate limited/s', 'limited', (point) => point.rate_limited_per_second],
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
    spec: { title: 'Users', unit: 'count', whole: true, height: 150 },
    lines: [
      ['running', 'users', (point) => point.users],
      ['wanted', 'target', (point) => point.target_users],
    ],
  },
];

export class Course {
  constructor() {
    this.points = [];
    this.told = 0;
    this.run = null;
    this.key = '';
    this.busy = false;
    this.end = null;
  }

  /** Shows a state's point, or all points when some were missed. */
  async update(state) {
    this.state = state;
    const isNew = state.run !== this.run || state.points < this.told;
    const missed = state.points > this.told + 1 || this.points.length > MOST;
    // What changes rarely: marks come with notices and with thresholds that turn.
    const key = JSON.stringify([state.notices?.length, state.notices?.at(-1)?.at, state.thresholds?.map((t) => t.standing)]);
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
    const x = this.points.map((point) => point.at);
    if (!this.timeline) this.begin();
    const ends = this.state.ends_at;
    const last = x.at(-1) ?? 0;
    // A run with a known end that is near shows its whole length; others grow.
    const to = ends && ends < 7200 && this.state.state !== 'stopped' ? Math.max(ends, last) : last;
    this.timeline.update({ to, bands: this.stages, marks: this.marks, shades: this.shades() });
    this.charts.forEach(({ chart, lines }) => chart.update({ x, series: series(lines, this.points) }));
  }

  begin() {
    const host = byId('charts');
    this.timeline = new Charts.Timeline({ to: 1, start: this.state.started ?? undefined });
    this.charts = CHARTS.map(({ spec, lines }) => ({
      lines, chart: this.timeline.add(host, { ...spec, x: [], series: series(lines, []) }),
    }));
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

/** The lines of a chart over these points. */
function series(lines, points) {
  return lines.map(([name, kind, of]) => ({ name, kind, y: points.map(of) }));
}
