/**
 * The charts of load tests: time charts that share one axis and one crosshair, histograms,
 * percentile spectra and scatter plots, drawn as SVG.
 *
 * Owns scales, drawing, legends, zoom and the crosshair. Must not know the page, or what a run is;
 * colours are the stylesheet's. Texts only ever become text nodes. A gap (null) is never a zero.
 */
const Charts = (() => {
  'use strict';

  // ---- Elements ------------------------------------------------------------------------------

  const SVG = 'http://www.w3.org/2000/svg';

  function filled(node, attributes, children) {
    for (const [name, value] of Object.entries(attributes)) {
      if (value !== null && value !== undefined) node.setAttribute(name, value);
    }
    node.append(...children);
    return node;
  }

  /** An HTML element; strings among the children become text. */
  const element = (name, attributes = {}, ...children) =>
    filled(document.createElement(name), attributes, children);

  /** An SVG element. */
  const shape = (name, attributes = {}, ...children) =>
    filled(document.createElementNS(SVG, name), attributes, children);

  /** A text in a drawing. */
  const label = (x, y, anchor, text, kind) =>
    shape('text', { x, y, 'text-anchor': anchor, class: kind }, text);

  /** Pixels with one decimal: finer is not seen, and a path stays short. */
  const px = (value) => Math.round(value * 10) / 10;

  // ---- Figures -------------------------------------------------------------------------------

  const trimmed = (value, decimals) => String(Number(value.toFixed(decimals)));
  const grouped = (value) => String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, '\u00a0');

  /** Figures as texts, spelt as in the tables of the report. */
  const format = {
    count: grouped,
    number: (value) => (value >= 1000 ? grouped(value) : trimmed(value, 4)),
    rate(value) {
      if (value >= 99.95) return grouped(value);
      if (value >= 9.995) return value.toFixed(1);
      if (value >= 0.005) return value.toFixed(2);
      return value > 0 ? '<0.01' : '0';
    },
    percent(value) {
      if (value > 0 && value < 0.01) return '<0.01%';
      if (value < 100 && value > 99.99) return '>99.99%';
      return `${trimmed(value, value >= 10 && value <= 99 ? 1 : 2)}%`;
    },
    time(ms) {
      if (ms < 1) return `${Math.round(ms * 1e3)}µs`;
      if (ms < 9.95) return `${ms.toFixed(1)}ms`;
      if (ms < 999.5) return `${Math.round(ms)}ms`;
      return ms < 59995 ? `${(ms / 1e3).toFixed(2)}s` : format.span(ms / 1e3);
    },
    /** A time in milliseconds that is a round one: `200µs`, `5ms`, `1s`. */
    roundTime(ms) {
      if (ms < 0.9999) return `${format.number(ms * 1e3)}µs`;
      return ms < 999.9 ? `${format.number(ms)}ms` : `${format.number(ms / 1e3)}s`;
    },
    /** A stretch of time in seconds: `1m30s`, `4h`. */
    span(seconds) {
      const whole = Math.round(seconds);
      const parts = [[Math.floor(whole / 3600), 'h'], [Math.floor(whole / 60) % 60, 'm'], [whole % 60, 's']];
      return parts.filter(([n]) => n > 0).map(([n, unit]) => n + unit).join('') || '0s';
    },
    /** A wall time in seconds since the epoch: `06:45:43Z`. */
    clock: (unix) => `${new Date(unix * 1e3).toISOString().slice(11, 19)}Z`,
  };

  /** How values of a unit are read out, and how they stand on an axis that ends at `top`. */
  const UNITS = {
    ms: {
      read: format.time,
      axis: (v, top) => (top >= 2000 ? `${format.number(v / 1e3)} s` : `${format.number(v)} ms`),
    },
    rate: { read: (v) => `${format.rate(v)}/s`, axis: format.number },
    count: { read: format.count, axis: format.number },
    percent: { read: format.percent, axis: (v) => `${format.number(v)}%` },
    megabytes: { read: (v) => `${trimmed(v, 1)} MB`, axis: (v) => `${format.number(v)} MB` },
  };

  // ---- Scales --------------------------------------------------------------------------------

  const linear = (from, to, start, end) => (value) =>
    start + ((value - from) / (to - from || 1)) * (end - start);

  const logarithmic = (from, to, start, end) => {
    const map = linear(Math.log10(from), Math.log10(to), start, end);
    return (value) => map(Math.log10(Math.max(value, from)));
  };

  /** Ticks from zero to just above `top`: 1, 2, 2.5 or 5 times a power of ten apart. */
  function evenTicks(top, whole, wanted = 5) {
    const rough = Math.max((top || 1) / wanted, whole ? 1 : 0);
    const power = 10 ** Math.floor(Math.log10(rough));
    const fits = (step) => step >= rough * 0.999 && !(whole && step % 1);
    const step = [1, 2, 2.5, 5].map((factor) => factor * power).find(fits) ?? power * 10;
    const steps = Math.max(Math.ceil((top / step) * 0.999), 1);
    return Array.from({ length: steps + 1 }, (_, index) => index * step);
  }

  /** Ticks of a logarithmic axis around `low` to `top`: powers of ten, and 2 and 5 where there is room. */
  function powerTicks(low, top) {
    const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(top * 1.001))];
    const digits = last - first > 3 ? [1] : [1, 2, 5];
    const ticks = [];
    for (let power = first; power <= last; power += 1) {
      ticks.push(...digits.map((digit) => digit * 10 ** power));
    }
    const start = Math.max(ticks.filter((tick) => tick <= low).length - 1, 0);
    const end = ticks.findIndex((tick) => tick >= top);
    return ticks.slice(start, Math.max(end, start + 1) + 1);
  }

  const SECONDS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400];

  /** Round moments between two. */
  function timeTicks(from, to, wanted) {
    const step = SECONDS.find((s) => (to - from) / s <= wanted * 1.01) ?? 86400 * Math.ceil((to - from) / 86400 / wanted);
    const ticks = [];
    for (let at = Math.ceil(from / step) * step; at <= to + 1e-6; at += step) ticks.push(at);
    return ticks;
  }

  /** The index of the value nearest to `wanted` in ascending values. */
  function nearest(values, wanted) {
    let [low, high] = [0, values.length - 1];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (values[middle] <= wanted) low = middle;
      else high = middle;
    }
    return wanted - values[low] <= values[high] - wanted ? low : high;
  }

  // ---- Paths ---------------------------------------------------------------------------------

  /** A line through the points that have a value; one by itself is a dot. */
  function line(points) {
    let path = '';
    let drawing = false;
    points.forEach(([x, y], index) => {
      if (y === null) {
        drawing = false;
        return;
      }
      path += `${drawing ? 'L' : 'M'}${px(x)} ${px(y)}`;
      const alone = !drawing && (points[index + 1]?.[1] ?? null) === null;
      if (alone) path += 'h0';
      drawing = true;
    });
    return path;
  }

  /** The area between two lines over the same places, interrupted where there is no value. */
  function area(points) {
    const stretches = [[]];
    for (const point of points) {
      if (point[1] === null) stretches.push([]);
      else stretches[stretches.length - 1].push(point);
    }
    const side = (stretch, index) => stretch.map((point) => `${px(point[0])} ${px(point[index])}`);
    return stretches
      .filter((stretch) => stretch.length > 0)
      .map((stretch) => `M${[...side(stretch, 1), ...side(stretch, 2).reverse()].join('L')}Z`)
      .join('');
  }

  // ---- What every chart has ------------------------------------------------------------------

  /** Every plot on the page. */
  const plots = new Set();

  /** Width of a sheet of paper in CSS pixels, margins aside. */
  const PAPER = 700;

  /** Draws all plots as wide as they will be, so that their texts keep their size. */
  function redraw(scale) {
    plots.forEach((plot) => {
      plot.scale = scale;
      if (plot.drawing.isConnected) plot.draw();
      else plots.delete(plot);
    });
  }

  addEventListener('beforeprint', () => redraw(Math.min(PAPER / innerWidth, 1)));
  addEventListener('afterprint', () => redraw(1));

  const MARGIN = { left: 62, right: 12, top: 8, bottom: 24 };

  /** Heading, legend, a drawing that follows its width, and a place for the pointer and the keys. */
  class Plot {
    /**
     * @param {Element} host where it goes
     * @param {{title: string, note?: string, unit: string, height?: number, series: object[]}} spec
     *   what it shows; a series has a `name`, a `kind` (its class in the stylesheet) and may be `off`
     */
    constructor(host, spec) {
      this.spec = spec;
      this.off = new Set(spec.series.filter((series) => series.off).map((series) => series.name));
      this.values = new Map();
      this.tools = element('span', { class: 'tools' });
      this.legend = element('div', { class: 'legend' });
      this.drawing = shape('svg', { class: 'plot', tabindex: 0, role: 'slider', 'aria-label': this.spoken() });
      this.figure = element('figure', { class: 'chart' },
        element('figcaption', {}, element('h3', {}, spec.title), this.tools, this.legend), this.drawing);
      if (spec.note) this.figure.append(element('p', { class: 'note' }, spec.note));
      spec.series.forEach((series) => this.key(series));
      if (spec.log) this.switch('log', 'Logarithmic axis', (on) => { this.log = on; });
      host.append(this.figure);
      this.scale = 1;
      plots.add(this);
      new ResizeObserver(() => {
        if (this.drawing.clientWidth * this.scale !== this.width) this.draw();
      }).observe(this.figure);
    }

    spoken() {
      return this.spec.note ? `${this.spec.title}. ${this.spec.note}` : this.spec.title;
    }

    /** A legend entry that shows and hides its series. */
    key(series) {
      const value = element('span', { class: 'value' }, series.total ?? '');
      const swatch = shape('svg', { class: 'swatch', viewBox: '0 0 20 10', 'aria-hidden': 'true' },
        shape('path', { class: `${this.spec.filled ? 'area' : 'line'} ${series.kind}`,
          d: this.spec.filled ? 'M1 1H19V9H1Z' : 'M1 5H19' }));
      const button = element('button', { type: 'button', class: 'key', title: series.hint, 'aria-pressed': !this.off.has(series.name) },
        swatch, series.name, value);
      button.addEventListener('click', () => {
        if (!this.off.delete(series.name)) this.off.add(series.name);
        button.setAttribute('aria-pressed', !this.off.has(series.name));
        this.draw();
      });
      this.values.set(series.name, value);
      this.legend.append(button);
    }

    /** A button that switches something on and off. */
    switch(name, title, change) {
      const button = element('button', { type: 'button', class: 'tool', title, 'aria-pressed': false }, name);
      button.addEventListener('click', () => {
        const on = button.getAttribute('aria-pressed') !== 'true';
        button.setAttribute('aria-pressed', on);
        change(on);
        this.draw();
      });
      this.tools.append(button);
    }

    /** Takes new data: any part of the specification. */
    update(change) {
      Object.assign(this.spec, change);
      this.draw();
    }

    get shown() {
      return this.spec.series.filter((series) => !this.off.has(series.name));
    }

    /** Sets up an empty drawing as wide as there is room; false while there is none. */
    begin(top = MARGIN.top) {
      this.width = this.drawing.clientWidth * this.scale;
      this.height = this.spec.height ?? 220;
      if (!this.width) return false;
      this.drawing.setAttribute('viewBox', `0 0 ${this.width} ${this.height}`);
      this.box = { left: MARGIN.left, right: this.width - MARGIN.right, top, bottom: this.height - MARGIN.bottom };
      this.drawing.replaceChildren();
      return true;
    }

    /** Draws the vertical axis up to `top` (from `low` if it is logarithmic) and keeps its scale. */
    vertical(top, low) {
      const { left, right, bottom } = this.box;
      const log = this.log && low > 0 && top > 0;
      const room = (bottom - this.box.top) / 34;
      const ticks = log ? powerTicks(low, top) : evenTicks(Math.max(top, this.spec.least ?? 0), this.spec.whole, Math.min(5, room));
      const end = ticks[ticks.length - 1];
      this.y = log ? logarithmic(ticks[0], end, bottom, this.box.top) : linear(0, end, bottom, this.box.top);
      const unit = UNITS[this.spec.unit];
      for (const tick of ticks) {
        const y = Math.round(this.y(tick)) + 0.5;
        this.drawing.append(shape('line', { class: 'grid', x1: left, x2: right, y1: y, y2: y }),
          label(left - 8, y + 4, 'end', unit.axis(tick, end)));
      }
    }

    /** Draws labels under the horizontal axis, leaving out those for which there is no room. */
    horizontal(ticks, x, text, grid) {
      const { left, right, top, bottom } = this.box;
      let free = -Infinity;
      for (const tick of ticks) {
        const at = x(tick);
        const half = text(tick).length * 3.4;
        if (at < left - 1 || at > right + 1 || at - half < free) continue;
        free = at + half + 8;
        const edge = Math.round(at) + 0.5;
        if (grid) this.drawing.append(shape('line', { class: 'grid faint', x1: edge, x2: edge, y1: top, y2: bottom }));
        this.drawing.append(shape('line', { class: 'tick', x1: edge, x2: edge, y1: bottom, y2: bottom + 4 }),
          label(Math.min(at, this.width - half), bottom + 18, 'middle', text(tick)));
      }
    }

    /** A nested drawing that cuts off what leaves the plot. */
    canvas() {
      const { left, right, top, bottom } = this.box;
      const inner = shape('svg', { class: 'inner', x: left, y: top - 2, width: right - left, height: bottom - top + 4,
        viewBox: `${left} ${top - 2} ${right - left} ${bottom - top + 4}` });
      this.drawing.append(inner);
      return inner;
    }

    /** A pill with a text, kept within the plot. */
    pill(x, y, text) {
      const half = text.length * 3.4 + 8;
      const middle = Math.min(Math.max(x, half), Math.max(this.width - half, half));
      return shape('g', { class: 'pill' },
        shape('rect', { x: px(middle - half), y, width: px(half * 2), height: 18, rx: 4 }),
        label(px(middle), y + 13, 'middle', text));
    }
  }

  // ---- Time ----------------------------------------------------------------------------------

  /** One time axis for many charts: what part of it is shown, and where the crosshair is. */
  class Timeline {
    /**
     * @param {object} options
     * @param {number} options.to end of the axis in seconds since the start
     * @param {number} [options.start] wall time of the start in seconds since the epoch
     * @param {{from: number, to: number, label: string}[]} [options.bands] stages
     * @param {{at: number, kind: string, text: string}[]} [options.marks] moments
     * @param {{from: number, to: number}[]} [options.shades] seconds that are to be doubted
     */
    constructor(options) {
      this.options = { bands: [], marks: [], shades: [], ...options };
      this.charts = new Set();
      this.listeners = new Set();
      this.at = null;
      this.zoomed = null;
    }

    /** What is shown, in seconds. */
    get range() {
      return this.zoomed ?? [0, Math.max(this.options.to, 1)];
    }

    /** Adds a chart: see TimeChart for its specification. */
    add(host, spec) {
      const chart = new TimeChart(host, spec, this);
      this.charts.add(chart);
      chart.draw();
      return chart;
    }

    /** Forgets a chart that was taken off the page. */
    remove(chart) {
      this.charts.delete(chart);
    }

    /** Calls back after each zoom and each move of the crosshair; returns what ends that. */
    listen(listener) {
      this.listeners.add(listener);
      return () => this.listeners.delete(listener);
    }

    /** Takes new bands, marks, shades or another end. */
    update(change) {
      Object.assign(this.options, change);
      this.charts.forEach((chart) => chart.draw());
    }

    /** Shows only this part, at least two seconds of it; null shows all again. */
    zoom(range) {
      const end = Math.max(this.options.to, 1);
      if (range) {
        const width = Math.min(Math.max(range[1] - range[0], 2), end);
        const from = Math.min(Math.max(range[0], 0), end - width);
        range = width < end * 0.999 ? [from, from + width] : null;
      }
      this.zoomed = range;
      this.charts.forEach((chart) => chart.draw());
      this.tell();
    }

    /** Moves the crosshair; null takes it away. */
    hover(at) {
      this.at = at;
      this.charts.forEach((chart) => chart.cursor());
      this.tell();
    }

    tell() {
      this.listeners.forEach((listener) => listener(this));
    }

    /** A moment as text: since the start, and by the clock. */
    moment(at) {
      const { start } = this.options;
      return start === undefined ? format.span(at) : `${format.span(at)} · ${format.clock(start + at)}`;
    }
  }

  /**
   * Lines or areas over time. Its specification has, besides what every plot has:
   * `x` (seconds, ascending), `y` in each series (numbers and nulls), `stacked`, `filled`, `whole`
   * (no ticks between whole numbers), `least` (the axis reaches at least so far), `log` (offer a
   * logarithmic axis), `labels` (write the names of the stages on it).
   */
  class TimeChart extends Plot {
    constructor(host, spec, timeline) {
      super(host, spec);
      this.timeline = timeline;
      this.figure.classList.add('timed');
      this.listen();
    }

    draw() {
      const { bands } = this.timeline.options;
      if (!this.begin(this.spec.labels && bands.length ? 24 : MARGIN.top)) return;
      const [from, to] = this.timeline.range;
      this.x = linear(from, to, this.box.left, this.box.right);
      const { x } = this.spec;
      const first = Math.max(x.findIndex((at) => at >= from) - 1, 0);
      const beyond = x.findIndex((at) => at > to);
      this.part = [first, beyond < 0 ? x.length : beyond + 1];
      this.background();
      this.layers = this.stack();
      const values = this.layers.flatMap(({ high }) => high).filter((value) => value !== null);
      const positive = values.filter((value) => value > 0);
      this.vertical(Math.max(0, ...values), Math.min(...positive));
      const wanted = Math.max(Math.floor((this.box.right - this.box.left) / 85), 2);
      this.horizontal(timeTicks(from, to, wanted), this.x, format.span);
      this.lines();
      this.marks();
      this.front = shape('g', { 'aria-hidden': 'true' });
      this.drawing.append(this.front);
      this.cursor();
    }

    /** The values drawn, the lower edge of each too where they stand on one another. */
    stack() {
      const sums = [];
      return this.shown.map((series) => {
        const part = series.y.slice(...this.part);
        if (!this.spec.stacked) return { series, high: part, low: part.map(() => 0) };
        const low = part.map((_, index) => sums[index] ?? 0);
        const high = part.map((value, index) => (value === null ? null : low[index] + value));
        high.forEach((value, index) => { sums[index] = value ?? low[index]; });
        return { series, high, low };
      });
    }

    /** Stages and doubtful seconds. */
    background() {
      const { top, bottom, left, right } = this.box;
      const { bands, shades } = this.timeline.options;
      const clamp = (at) => Math.min(Math.max(this.x(at), left), right);
      const block = (kind, { from, to }) => {
        const [start, end] = [clamp(from), clamp(to)];
        if (end - start < 0.5) return null;
        const rect = shape('rect', { class: kind, x: px(start), y: top, width: px(end - start), height: bottom - top });
        this.drawing.append(rect);
        return [start, end];
      };
      bands.forEach((band, index) => {
        const place = block(`band ${index % 2 ? 'odd' : 'even'}`, band);
        if (!place || !this.spec.labels) return;
        const room = Math.floor((place[1] - place[0] - 8) / 6.4);
        const text = band.label.length > room ? `${band.label.slice(0, Math.max(room - 1, 0))}…` : band.label;
        if (room > 2) this.drawing.append(label(px(place[0] + 5), top - 8, 'start', text, 'stage'));
        this.drawing.append(shape('line', { class: 'edge', x1: px(place[0]), x2: px(place[0]), y1: top - 20, y2: bottom }));
      });
      shades.forEach((shade) => block('shade', shade));
    }

    lines() {
      const inner = this.canvas();
      const places = this.spec.x.slice(...this.part).map(this.x);
      const at = (value) => (value === null ? null : this.y(value));
      // The first of the series on top.
      for (const { series, high, low } of [...this.layers].reverse()) {
        if (this.spec.filled) {
          const edges = places.map((x, index) => [x, at(high[index]), this.y(low[index])]);
          inner.append(shape('path', { class: `area ${series.kind}`, d: area(edges) }));
        }
        const points = places.map((x, index) => [x, at(high[index])]);
        inner.append(shape('path', { class: `line ${series.kind}`, 'data-series': series.name, d: line(points) }));
      }
    }

    marks() {
      const { top, bottom, left, right } = this.box;
      for (const mark of this.timeline.options.marks) {
        const x = Math.round(this.x(mark.at)) + 0.5;
        if (x < left - 1 || x > right + 1) continue;
        this.drawing.append(shape('g', { class: `mark ${mark.kind}` },
          shape('title', {}, `${format.span(mark.at)}: ${mark.text}`),
          shape('line', { x1: x, x2: x, y1: top, y2: bottom }),
          shape('path', { d: `M${x - 4} ${top - 3}h8l-4 6z` }),
          shape('rect', { class: 'hit', x: x - 5, y: top - 4, width: 10, height: bottom - top + 4 })));
      }
    }

    /** The marks within reach of a moment. */
    near(at) {
      return this.timeline.options.marks.filter((mark) => Math.abs(this.x(mark.at) - this.x(at)) < 7);
    }

    /** Draws the crosshair where the timeline has it, and its values into the legend. */
    cursor() {
      if (!this.front) return;
      this.front.replaceChildren();
      const { at } = this.timeline;
      const [from, to] = this.timeline.range;
      const inside = at !== null && at >= from && at <= to && this.spec.x.length > 0;
      const index = inside ? nearest(this.spec.x, at) : null;
      this.readout(index);
      if (index === null) return;
      const { top, bottom } = this.box;
      const x = px(this.x(this.spec.x[index]));
      this.front.append(shape('line', { class: 'cursor', x1: x, x2: x, y1: top, y2: bottom }));
      for (const { series, high } of this.layers) {
        const value = high[index - this.part[0]];
        if (value !== null && value !== undefined) {
          this.front.append(shape('circle', { class: `dot ${series.kind}`, cx: x, cy: px(this.y(value)), r: 3 }));
        }
      }
      this.front.append(this.pill(x, bottom + 5, this.timeline.moment(this.spec.x[index])));
      const near = this.near(this.spec.x[index]);
      if (near.length) this.front.append(this.pill(x, top, near.map((mark) => mark.text).join(' · ')));
    }

    /** Writes the values at an index into the legend; the largest of what is shown without one. */
    readout(index) {
      const unit = UNITS[this.spec.unit];
      const said = [];
      for (const series of this.spec.series) {
        const value = index === null ? this.largest(series) : series.y[index] ?? null;
        const text = value === null ? '–' : unit.read(value);
        const shown = this.values.get(series.name);
        if (shown) shown.textContent = index === null && value !== null ? `max ${text}` : text;
        if (!this.off.has(series.name)) said.push(`${series.name} ${text}`);
      }
      this.speak(index, said);
    }

    speak(index, said) {
      const { drawing, spec: { x } } = this;
      drawing.setAttribute('aria-valuemin', 0);
      drawing.setAttribute('aria-valuemax', x[x.length - 1] ?? 0);
      drawing.setAttribute('aria-valuenow', index === null ? 0 : x[index]);
      const marks = index === null ? [] : this.near(x[index]).map((mark) => mark.text);
      const when = index === null ? 'largest values' : this.timeline.moment(x[index]);
      drawing.setAttribute('aria-valuetext', `${when}: ${[...said, ...marks].join(', ')}`);
    }

    largest(series) {
      const values = series.y.slice(...(this.part ?? [0])).filter((value) => value !== null);
      return values.length ? Math.max(...values) : null;
    }

    // Pointer and keys.

    listen() {
      const { drawing, timeline } = this;
      let from = null;
      const place = (event) => {
        const bounds = drawing.getBoundingClientRect();
        const x = ((event.clientX - bounds.left) / bounds.width) * this.width;
        return Math.min(Math.max(x, this.box.left), this.box.right);
      };
      const moment = (x) => {
        const [start, end] = timeline.range;
        return linear(this.box.left, this.box.right, start, end)(x);
      };
      const select = (end) => timeline.charts.forEach((chart) => chart.selection(from === null ? null : [moment(from), moment(end)]));
      drawing.addEventListener('pointerdown', (event) => {
        if (event.button !== 0) return;
        from = place(event);
        drawing.setPointerCapture(event.pointerId);
      });
      drawing.addEventListener('pointermove', (event) => {
        const at = place(event);
        if (this.spec.x.length) timeline.hover(this.spec.x[nearest(this.spec.x, moment(at))]);
        if (from !== null) select(at);
      });
      drawing.addEventListener('pointerup', (event) => {
        const [start, end] = [from, place(event)];
        from = null;
        select(end);
        if (start !== null && Math.abs(end - start) > 6) timeline.zoom([moment(start), moment(end)].sort((a, b) => a - b));
      });
      drawing.addEventListener('pointercancel', () => { from = null; select(0); });
      drawing.addEventListener('pointerleave', () => { if (from === null) timeline.hover(null); });
      drawing.addEventListener('dblclick', () => timeline.zoom(null));
      drawing.addEventListener('keydown', (event) => { if (this.pressed(event.key)) event.preventDefault(); });
      drawing.addEventListener('blur', () => timeline.hover(null));
    }

    /** Shows what a drag has selected so far. */
    selection(range) {
      this.drawing.querySelector('.selection')?.remove();
      if (!range || !this.box) return;
      const [a, b] = range.map(this.x);
      this.drawing.append(shape('rect', { class: 'selection', x: px(Math.min(a, b)), y: this.box.top,
        width: px(Math.abs(b - a)), height: this.box.bottom - this.box.top }));
    }

    /** Does what a key stands for; false when it stands for nothing here. */
    pressed(key) {
      const { timeline, spec: { x } } = this;
      if (!x.length) return false;
      const [from, to] = timeline.range;
      const index = timeline.at === null ? null : nearest(x, timeline.at);
      const steps = { ArrowLeft: -1, ArrowRight: 1, PageDown: -10, PageUp: 10, Home: -Infinity, End: Infinity };
      if (key in steps) {
        const [low, high] = [nearest(x, from), nearest(x, to)];
        const start = steps[key] < 0 ? high + 1 : low - 1;
        timeline.hover(x[Math.min(Math.max((index ?? start) + steps[key], low), high)]);
      } else if (key === '+' || key === '-' || key === '=') {
        const middle = timeline.at ?? (from + to) / 2;
        const factor = key === '-' ? 2 : 0.5;
        timeline.zoom([middle - (middle - from) * factor, middle + (to - middle) * factor]);
      } else if (key === 'Escape' || key === '0') {
        timeline.zoom(null);
      } else {
        return false;
      }
      return true;
    }
  }

  // ---- Charts without time -------------------------------------------------------------------

  /** A chart whose items are pointed at one by one; a subclass draws and lists `items`. */
  class ItemChart extends Plot {
    constructor(host, spec) {
      super(host, spec);
      this.items = [];
      this.said = element('p', { class: 'said' });
      this.figure.querySelector('figcaption').after(this.said);
      this.index = null;
      this.drawing.addEventListener('pointermove', (event) => this.pointed(event));
      this.drawing.addEventListener('pointerleave', () => this.choose(null));
      this.drawing.addEventListener('blur', () => this.choose(null));
      this.drawing.addEventListener('keydown', (event) => {
        const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
        if (!step || !this.items.length) return;
        event.preventDefault();
        this.choose(Math.min(Math.max((this.index ?? (step > 0 ? -1 : this.items.length)) + step, 0), this.items.length - 1));
      });
      this.draw();
    }

    draw() {
      if (!this.items || !this.begin()) return;
      this.items = [];
      this.paint();
      this.front = shape('g', { 'aria-hidden': 'true' });
      this.drawing.append(this.front);
      this.choose(null);
    }

    pointed(event) {
      const bounds = this.drawing.getBoundingClientRect();
      const scale = this.width / bounds.width;
      const [x, y] = [(event.clientX - bounds.left) * scale, (event.clientY - bounds.top) * scale];
      const far = (item) => (item.x - x) ** 2 + (this.flat ? 0 : (item.y - y) ** 2);
      let best = null;
      this.items.forEach((item, index) => { if (best === null || far(item) < far(this.items[best])) best = index; });
      this.choose(best);
    }

    /** Points at an item; null at none. */
    choose(index) {
      this.index = index;
      const item = this.items[index];
      this.front?.replaceChildren(...(item ? [this.highlight(item)] : []));
      this.said.textContent = item ? item.text : this.spec.hint ?? '';
      this.drawing.setAttribute('aria-valuemin', 0);
      this.drawing.setAttribute('aria-valuemax', Math.max(this.items.length - 1, 0));
      this.drawing.setAttribute('aria-valuenow', index ?? 0);
      this.drawing.setAttribute('aria-valuetext', this.said.textContent || 'nothing chosen');
    }

    highlight(item) {
      return shape('circle', { class: 'ring', cx: px(item.x), cy: px(item.y), r: 6 });
    }
  }

  /**
   * How often each range of values occurred, the series on top of one another, over a logarithmic
   * axis. `bins` are edges in ascending order, one more than each series' `y` has counts.
   */
  class Histogram extends ItemChart {
    get flat() { return true; }

    paint() {
      const { bins } = this.spec;
      const { left, right, bottom } = this.box;
      const sums = bins.slice(1).map((_, index) => this.shown.reduce((sum, series) => sum + series.y[index], 0));
      const all = sums.reduce((a, b) => a + b, 0);
      this.vertical(Math.max(0, ...sums));
      if (bins.length < 2) return;
      const x = logarithmic(bins[0], bins[bins.length - 1], left, right);
      const ticks = powerTicks(bins[0], bins[bins.length - 1]).filter((tick) => tick >= bins[0] * 0.999);
      this.horizontal(ticks, x, format.roundTime);
      const below = sums.map(() => 0);
      for (const series of this.shown) {
        let path = '';
        series.y.forEach((count, index) => {
          if (!count) return;
          const [from, to] = [x(bins[index]), x(bins[index + 1]) - 1];
          const [high, low] = [this.y(below[index] + count), this.y(below[index])];
          // What occurred once among millions is still a hairline.
          path += `M${px(from)} ${px(low)}V${px(Math.min(high, low - 1))}H${px(Math.max(to, from + 1))}V${px(low)}Z`;
          below[index] += count;
        });
        this.drawing.append(shape('path', { class: `area ${series.kind}`, 'data-series': series.name, d: path }));
      }
      sums.forEach((sum, index) => {
        if (!sum) return;
        const counts = this.shown.map((series) => `${format.count(series.y[index])} ${series.name.toLowerCase()}`);
        this.items.push({
          x: (x(bins[index]) + x(bins[index + 1])) / 2, y: this.y(sum), from: x(bins[index]), to: x(bins[index + 1]), bottom,
          text: `${format.time(bins[index])} to ${format.time(bins[index + 1])}: ${counts.join(', ')}`
            + ` (${format.percent((sum / all) * 100)})`,
        });
      });
    }

    highlight(item) {
      return shape('rect', { class: 'chosen', x: px(item.from - 0.5), y: px(item.y - 1),
        width: px(item.to - item.from), height: px(item.bottom - item.y + 1) });
    }
  }

  /** Percentiles by how many nines they have. */
  const NINES = new Map([[0, '0%'], [Math.log10(2), '50%'], [1, '90%'], [2, '99%']]);
  for (let nines = 3; nines < 10; nines += 1) NINES.set(nines, `99.${'9'.repeat(nines - 2)}%`);

  /**
   * The whole distribution, its tail spread out: the horizontal axis is how many nines a percentile
   * has. Each series has `points`: [nines, value].
   */
  class Spectrum extends ItemChart {
    paint() {
      const points = this.shown.flatMap((series) => series.points);
      const end = Math.max(1, ...points.map(([nines]) => nines));
      const values = points.map(([, value]) => value);
      this.vertical(Math.max(0, ...values), Math.min(...values.filter((value) => value > 0)));
      const x = linear(0, end, this.box.left, this.box.right);
      this.horizontal([...NINES.keys()], x, (nines) => NINES.get(nines), true);
      for (const series of this.shown) {
        const places = series.points.map(([nines, value]) => [x(nines), this.y(value)]);
        this.drawing.append(shape('path', { class: `line ${series.kind}`, 'data-series': series.name, d: line(places) }));
        series.points.forEach(([nines, value], index) => {
          const last = index === series.points.length - 1;
          const share = last ? 'all' : format.percent(Number(((1 - 10 ** -nines) * 100).toPrecision(nines < 2 ? 3 : nines + 3)));
          this.items.push({ x: places[index][0], y: places[index][1],
            text: `${share} of ${series.name.toLowerCase()} within ${format.time(value)}` });
        });
      }
    }
  }

  /** Of how many colours a scatter plot's dots are, from the first to the last. */
  const AGES = 6;

  /**
   * One dot per stretch of a run: `x` against `y` (nulls are left out), coloured by `at`, the moment.
   * `across` is the unit of x, `names` says what x and y are.
   */
  class Scatter extends ItemChart {
    constructor(host, spec) {
      super(host, { ...spec, series: [] });
      const ages = Array.from({ length: AGES }, (_, age) => shape('circle', { class: `age age${age}`, cx: 6 + age * 11, cy: 5, r: 4.5 }));
      this.legend.append(element('span', { class: 'ages' }, 'start ',
        shape('svg', { class: 'ramp', viewBox: `0 0 ${AGES * 11 + 1} 10`, 'aria-hidden': 'true' }, ...ages), ' end'));
    }

    paint() {
      const { x, y, at, across, names, unit } = this.spec;
      const there = x.map((_, index) => index).filter((index) => x[index] !== null && y[index] !== null);
      const values = there.map((index) => y[index]);
      this.vertical(Math.max(0, ...values), Math.min(...values.filter((value) => value > 0)));
      const ticks = evenTicks(Math.max(0, ...there.map((index) => x[index])), across === 'count', 6);
      const place = linear(0, ticks[ticks.length - 1], this.box.left, this.box.right);
      this.horizontal(ticks, place, format.number, true);
      const end = at[at.length - 1] || 1;
      for (const index of there) {
        const age = Math.min(Math.floor((at[index] / end) * AGES), AGES - 1);
        const [cx, cy] = [place(x[index]), this.y(y[index])];
        this.drawing.append(shape('circle', { class: `age age${age}`, cx: px(cx), cy: px(cy), r: 3.5 }));
        this.items.push({ x: cx, y: cy, at: at[index],
          text: `${names[0]} ${UNITS[across].read(x[index])}, ${names[1]} ${UNITS[unit].read(y[index])} after ${format.span(at[index])}` });
      }
      this.drawing.append(label(this.box.right, this.box.bottom - 6, 'end', names[0], 'axis-name'));
    }

    /** Points at the dot of a moment; null at none. */
    follow(at) {
      const index = at === null ? -1 : this.items.findIndex((item) => Math.abs(item.at - at) < 1e-6);
      this.choose(index < 0 ? null : index);
    }
  }

  return { Timeline, Histogram, Spectrum, Scatter, element, format };
})();
