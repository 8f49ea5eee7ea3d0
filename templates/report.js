/**
 * The report made live: charts in place of the still ones, tables that sort, endpoints that open.
 * Owns the page's behaviour. Must not draw (charts.js does) or compute figures (the page has them).
 * Texts only ever become text nodes.
 */
(() => {
  'use strict';

  performance.mark('report-start');
  const { Timeline, Histogram, Spectrum, Scatter, element, format } = Charts;
  const byId = (id) => document.getElementById(id);
  const data = JSON.parse(byId('data').textContent);
  document.documentElement.classList.add('live');

  // ---- The data ------------------------------------------------------------------------------

  // Columns are texts, their values parted by commas. What nothing stands for is 0 in counts and a
  // gap in measurements; `=` stands for the value of the column before.
  const counts = (text) => text.split(',').map(Number);
  const known = (text) => text.split(',').map((value) => (value === '' ? null : Number(value)));

  /** p50, p95 and p99. */
  function percentilesOf(texts) {
    const columns = [];
    texts.forEach((text, index) => {
      columns.push(text.split(',').map((value, place) => {
        if (value === '=') return columns[index - 1][place];
        return value === '' ? null : Number(value);
      }));
    });
    return columns;
  }

  const at = data.at === '' ? [] : counts(data.at);
  /** Length of each stretch in seconds. */
  const lengths = at.map((end, index) => end - (at[index - 1] ?? 0));
  const zeros = () => at.map(() => 0);
  const course = {
    users: counts(data.users),
    target: counts(data.target),
    requests: counts(data.requests),
    failures: data.failures ? counts(data.failures) : zeros(),
    times: percentilesOf(data.times),
    failed: data.failed ? percentilesOf(data.failed) : [],
  };

  /** Every `step`th value, the last of each group; the last of all too. */
  const thinned = (values, step) => values.filter((_, index) => index % step === step - 1 || index === values.length - 1);

  /** Sums over groups of `step`. */
  function summed(values, step) {
    const sums = [];
    values.forEach((value, index) => { sums[Math.floor(index / step)] = (sums[Math.floor(index / step)] ?? 0) + value; });
    return sums;
  }

  const timeline = new Timeline({
    to: at[at.length - 1] ?? 0, start: data.start, bands: data.bands, marks: data.marks, shades: data.limited,
  });

  /** The colours' names of the percentiles. */
  const NAMES = ['p50', 'p95', 'p99'];
  const MIXED = 'All requests, failed ones included.';
  const percentiles = (columns) => NAMES.map((name, index) => ({ name, kind: name, y: columns[index] }));

  // ---- Charts over time ----------------------------------------------------------------------

  function rateSeries(requests, failures, limited) {
    const series = [
      { name: 'Requests/s', kind: 'all', y: requests, hint: 'Finished requests, failed ones included' },
      { name: 'Failures/s', kind: 'failures', y: failures, hint: 'Failed requests' },
    ];
    if (limited) series.push({ name: 'Rate limited/s', kind: 'limited', y: limited, hint: 'Answers of status 429' });
    return series;
  }

  function timeSeries() {
    const failed = course.failed.map((y, index) => ({
      name: `failed ${NAMES[index]}`, kind: 'failed', y, off: NAMES[index] !== 'p95', hint: 'Failed requests alone',
    }));
    return [...percentiles(course.times), ...failed];
  }

  /** Answers per second by class of status: success at the bottom, no answer on top. */
  function classSeries() {
    const names = ['no answer', '1xx', '2xx', '3xx', '4xx', '5xx'];
    const present = [2, 1, 3, 4, 5, 0].filter((index) => data.statuses[index] !== null);
    return present.map((index) => ({
      name: names[index], kind: `s${index}`,
      y: counts(data.statuses[index]).map((count, place) => count / lengths[place]),
    }));
  }

  function drawCourse() {
    const host = byId('charts');
    if (!host) return;
    host.replaceChildren();
    const separate = 'Successful requests; failed ones have lines of their own.';
    const times = data.failures ? (data.mixed ? MIXED : separate) : '';
    const add = (spec) => timeline.add(host, { x: at, ...spec });
    add({ title: 'Requests per second', unit: 'rate', height: 220, labels: true,
      series: rateSeries(course.requests, course.failures, data.rate_limited && counts(data.rate_limited)) });
    add({ title: 'Response times', unit: 'ms', height: 250, log: true, series: timeSeries(), note: times });
    add({ title: 'Users', unit: 'count', whole: true, height: 150, series: [
      { name: 'running', kind: 'users', y: course.users },
      { name: 'wanted', kind: 'target', y: course.target },
    ] });
    const share = (rate, index) => (rate > 0 ? (course.failures[index] / rate) * 100 : null);
    add({ title: 'Error rate', unit: 'percent', least: 1, height: 150, filled: true, series: [
      { name: 'failed', kind: 'failures', y: course.requests.map(share) },
    ] });
    if (data.statuses) {
      add({ title: 'Answers per second by class of status', unit: 'rate', height: 170, stacked: true, filled: true,
        series: classSeries() });
    }
    host.before(toolbar());
  }

  /** What the charts can do, what is drawn over them, and the way back from a zoom. */
  function toolbar() {
    const reset = element('button', { type: 'button', class: 'plain push', disabled: '' }, 'Show all');
    reset.addEventListener('click', () => timeline.zoom(null));
    const shown = element('span', { class: 'shown', 'aria-live': 'polite' });
    timeline.listen(() => {
      const { zoomed } = timeline;
      if (reset.disabled !== !zoomed) reset.disabled = !zoomed;
      const text = zoomed ? `${format.span(zoomed[0])} to ${format.span(zoomed[1])}` : '';
      if (shown.textContent !== text) shown.textContent = text;
    });
    const bar = element('div', { class: 'above' },
      element('span', {}, 'Drag to zoom, double-click for all; keys ← → + − Esc'));
    if (data.limited.length) {
      bar.append(element('span', { class: 'limits' }, element('span', { class: 'swab' }),
        'the load generator was the bottleneck: these times are partly its own'));
    }
    if (data.marks.length) bar.append(element('span', {}, '▾ events'));
    bar.append(shown, reset);
    return bar;
  }

  // ---- Distributions -------------------------------------------------------------------------

  /** The series of what succeeded and failed, or of all where a record does not tell them apart. */
  function split(of) {
    const name = data.mixed ? 'All' : 'Successful';
    return [{ name, kind: 'ok', value: of.ok }, { name: 'Failed', kind: 'failures', value: of.failed }].filter(({ value }) => value);
  }

  function drawDistribution(host, { bins, spectrum }) {
    if (!bins) return;
    const length = Math.max(...[bins.ok, bins.failed].map((counts) => counts?.length ?? 0));
    const edges = Array.from({ length: length + 1 }, (_, index) => 10 ** ((bins.from + index) / bins.per_decade) / 1e3);
    const padded = (counts) => edges.slice(1).map((_, index) => counts[index] ?? 0);
    const sum = (counts) => format.count(counts.reduce((a, b) => a + b, 0));
    new Histogram(host, { title: 'Response-time histogram', unit: 'count', whole: true, filled: true, height: 230, bins: edges,
      hint: 'How many requests took how long; the axis is logarithmic.',
      series: split(bins).map((series) => ({ ...series, y: padded(series.value), total: sum(series.value) })) });
    const points = ({ count, values }) => values.map((value, index) => [
      index === values.length - 1 ? Math.log10(Math.max(count, 1)) : index / spectrum.per_nine, value]);
    new Spectrum(host, { title: 'Percentile spectrum', unit: 'ms', height: 230, log: true,
      hint: 'What share of requests was done within which time: the tail, spread out.',
      series: split(spectrum).map((series) => ({ ...series, points: points(series.value) })) });
  }

  /** Draws both; returns what makes them forget the shared crosshair again. */
  function drawScatter(host, { users, rate, times, moments, p95 }) {
    const common = { unit: 'ms', height: 230, log: true, y: times, at: moments };
    const plots = [
      new Scatter(host, { ...common, title: 'Users and response time', x: users, across: 'count', names: ['users', p95],
        hint: 'Rising to the right: it saturates. Late dots above early ones: it slows with time.' }),
      new Scatter(host, { ...common, title: 'Rate and response time', x: rate, across: 'rate', names: ['requests/s', p95],
        hint: 'Where times climb and the rate no longer does, the capacity is reached.' }),
    ];
    return timeline.listen(() => plots.forEach((plot) => plot.follow(timeline.at)));
  }

  function drawTogether() {
    if (!at.length || !data.together?.bins) return;
    const host = byId('together-charts');
    drawDistribution(host, data.together);
    drawScatter(host, { users: course.users, rate: course.requests, times: course.times[1], moments: at,
      p95: data.mixed ? 'p95' : 'p95 of successful requests' });
  }

  /** What declared answers were: a chart for each figure that was ever known. */
  function drawAnswers() {
    const host = byId('answer-charts');
    const { answers } = data;
    if (!host || !answers) return;
    const add = (title, unit, series, spec) => timeline.add(host, { title, unit, x: at, height: 200, series, ...spec });
    if (answers.ttft) add('TTFT', 'ms', percentiles(percentilesOf(answers.ttft)), { log: true });
    if (answers.tpot) add('TPOT', 'ms', percentiles(percentilesOf(answers.tpot)));
    if (answers.tokens) add('Output tokens per second, all users', 'rate', [{ name: 'tokens/s', kind: 'all', y: known(answers.tokens) }]);
    const shares = [['good', 'users', answers.good], ['degraded', 'failures', answers.degraded], ['recall', 'p95', answers.recall]]
      .filter(([, , text]) => text).map(([name, kind, text]) => ({ name, kind, y: known(text) }));
    if (shares.length) add('Shares of answers', 'percent', shares, { least: 100 });
    if (answers.sources) add('Sources of an answer', 'count', [{ name: 'mean', kind: 'users', y: known(answers.sources) }]);
  }

  function drawGenerator() {
    const host = byId('generator-charts');
    const add = (title, columns, spec) => {
      const series = columns.filter(([, , text]) => text).map(([name, kind, text]) => ({ name, kind, y: known(text) }));
      if (series.length) timeline.add(host, { title, x: at, height: 140, series, ...spec });
    };
    add('CPU', [['of one core', 'cpu', data.cpu], ['busiest thread', 'busy', data.busy]], { unit: 'percent', least: 100 });
    add('Timers late', [['worst', 'lag', data.lag]], { unit: 'ms', least: 10 });
    add('Memory', [['resident', 'memory', data.memory]], { unit: 'megabytes' });
    add('Files and connections', [['open', 'users', data.open_files]], { unit: 'count', whole: true });
  }

  // ---- Endpoints -----------------------------------------------------------------------------

  /** Draws an endpoint's charts; returns what takes them off the shared axis again. */
  function drawEndpoint(host, endpoint) {
    const ends = [];
    const { step } = data;
    const moments = thinned(at, step);
    const stretch = summed(lengths, step);
    const per = (text) => counts(text).map((count, index) => count / stretch[index]);
    const rate = endpoint.requests !== undefined && per(endpoint.requests);
    const times = rate && percentilesOf(endpoint.times);
    if (rate) {
      const failures = endpoint.failures ? per(endpoint.failures) : rate.map(() => 0);
      const joined = step > 1 ? `${step} neighbouring stretches are joined: counts added up, the worst percentile kept. ` : '';
      const add = (spec) => {
        const chart = timeline.add(host, { height: 200, x: moments, ...spec });
        ends.push(() => timeline.remove(chart));
      };
      add({ title: 'Requests per second', unit: 'rate', note: joined, series: rateSeries(rate, failures) });
      add({ title: 'Response times', unit: 'ms', log: true, series: percentiles(times),
        note: joined + (endpoint.failures ? MIXED : '') });
    }
    drawDistribution(host, endpoint);
    if (rate) {
      const users = thinned(course.users, step);
      ends.push(drawScatter(host, { users, rate, times: times[1], moments, p95: 'p95' }));
    }
    return () => ends.forEach((end) => end());
  }

  /** What else was measured of an endpoint, in a table like that of all requests together. */
  function measureTable(measures) {
    const rows = measures.map(([name, ...cells]) => element('tr', {},
      element('th', { class: 'name', scope: 'row' }, name), ...cells.map((cell) => element('td', {}, cell))));
    const head = (byId('measures') ?? byId('answer-figures')).tHead.cloneNode(true);
    return element('div', { class: 'card scroll' }, element('table', {}, head, element('tbody', {}, ...rows)));
  }

  /** Puts a place of the page into its address, where the page has one of its own. */
  function address(place) {
    try {
      history.replaceState(null, '', `#${encodeURIComponent(place)}`);
    } catch {
      // Shown within another page.
    }
  }

  function openable(body, index) {
    const row = body.rows[0];
    const [head] = row.cells;
    const name = head.textContent;
    const button = element('button', { type: 'button', class: 'opener', 'aria-expanded': false });
    button.append(...head.childNodes);
    head.append(button);
    let forget = null;
    const set = (open) => {
      if (open === (forget !== null)) return;
      button.setAttribute('aria-expanded', open);
      row.classList.toggle('open', open);
      if (!open) {
        forget();
        forget = null;
        body.rows[1].remove();
        return;
      }
      const charts = element('div', { class: 'pairs' });
      const id = `endpoint-${index}`;
      button.setAttribute('aria-controls', id);
      body.append(element('tr', { class: 'detail' }, element('td', { class: 'panel', id, colspan: row.cells.length }, charts)));
      const endpoint = data.endpoints[index];
      if (endpoint.measures) charts.after(measureTable(endpoint.measures));
      forget = drawEndpoint(charts, endpoint);
    };
    button.addEventListener('click', () => {
      const open = forget === null;
      set(open);
      address(open ? name : 'endpoints');
    });
    return { name, body, button, set };
  }

  function drawEndpoints() {
    const table = byId('endpoint-table');
    if (!table) return;
    const entries = [...table.tBodies].map(openable);
    const show = () => {
      let wanted = location.hash.slice(1);
      try {
        wanted = decodeURIComponent(wanted);
      } catch {
        return; // No address of this page.
      }
      const entry = entries.find(({ name }) => name === wanted);
      if (!entry) return;
      entry.set(true);
      entry.body.scrollIntoView();
      entry.button.focus({ preventScroll: true });
    };
    if (entries.length > 10) table.parentElement.before(filter(entries));
    addEventListener('hashchange', show);
    show();
  }

  /** A box that leaves only the endpoints whose names have what is typed. */
  function filter(entries) {
    const input = element('input', { type: 'search', placeholder: 'Filter endpoints', 'aria-label': 'Filter endpoints' });
    const count = element('span', { 'aria-live': 'polite' }, `${entries.length} endpoints`);
    input.addEventListener('input', () => {
      const words = input.value.toLowerCase().split(/\s+/);
      const left = entries.filter(({ name, body }) => {
        body.hidden = !words.every((word) => name.toLowerCase().includes(word));
        return !body.hidden;
      });
      count.textContent = left.length < entries.length ? `${left.length} of ${entries.length} endpoints` : `${entries.length} endpoints`;
    });
    return element('div', { class: 'above' }, input, count);
  }

  // ---- Tables --------------------------------------------------------------------------------

  /** What a cell sorts by: a number where it has one, else its text; null where it has nothing. */
  function sortKey(cell) {
    const text = cell.dataset.v ?? cell.textContent;
    if (text === '' || text === '–') return null;
    const number = Number.parseFloat(text.replace(/[\s<>]/g, ''));
    return Number.isNaN(number) || cell.tagName === 'TH' || cell.matches('.name, .text, .answers') ? text.toLowerCase() : number;
  }

  function compare(a, b) {
    return typeof a === 'number' ? a - b : a.localeCompare(b, 'en', { numeric: true });
  }

  /** Sorts the bodies of a table, one per entry, by a column; what has no value stays at the end. */
  function sort(table, index, descending) {
    const keyed = [...table.tBodies].map((body) => [sortKey(body.rows[0].cells[index]), body]);
    const there = keyed.filter(([key]) => key !== null).sort(([a], [b]) => (descending ? compare(b, a) : compare(a, b)));
    const missing = keyed.filter(([key]) => key === null);
    const end = table.tFoot;
    [...there, ...missing].forEach(([, body]) => table.insertBefore(body, end));
  }

  function sortable(table) {
    [...table.tHead.rows[0].cells].forEach((head, index) => {
      const button = element('button', { type: 'button', class: 'sort' });
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener('click', () => {
        const before = head.getAttribute('aria-sort');
        const descending = before ? before === 'ascending' : !head.classList.contains('left');
        [...table.tHead.rows[0].cells].forEach((cell) => cell.removeAttribute('aria-sort'));
        head.setAttribute('aria-sort', descending ? 'descending' : 'ascending');
        sort(table, index, descending);
      });
    });
  }

  // ---- The rest of the page ------------------------------------------------------------------

  function themeButton() {
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const root = document.documentElement;
    const isDark = () => (root.dataset.theme ? root.dataset.theme === 'dark' : dark.matches);
    const button = element('button', { type: 'button', class: 'plain' });
    const name = () => { button.textContent = isDark() ? 'Light' : 'Dark'; };
    button.addEventListener('click', () => {
      root.dataset.theme = isDark() ? 'light' : 'dark';
      name();
    });
    dark.addEventListener('change', name);
    name();
    document.querySelector('nav ul').append(element('li', { class: 'end' }, button));
  }

  function copyButton() {
    const details = byId('resolved');
    if (!details) return;
    const text = details.querySelector('pre');
    const button = element('button', { type: 'button', class: 'plain' }, 'Copy');
    const select = () => {
      details.open = true;
      getSelection().selectAllChildren(text);
      button.textContent = document.execCommand('copy') ? 'Copied' : 'Selected';
    };
    button.addEventListener('click', () => {
      const copied = navigator.clipboard?.writeText(text.textContent);
      if (copied) copied.then(() => { button.textContent = 'Copied'; }, select);
      else select();
    });
    byId('scenario-head').append(button);
  }

  document.querySelectorAll('table[data-sortable]').forEach(sortable);
  if (at.length) {
    drawCourse();
    drawGenerator();
    drawEndpoints();
    drawTogether();
    drawAnswers();
  }
  themeButton();
  copyButton();
  performance.mark('report-ready');
  performance.measure('report', 'report-start', 'report-ready');
})();
