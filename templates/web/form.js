/**
 * The form that starts a run: what it would come to is shown while it is filled in.
 */

import { byId, dress, element, format, say, show } from './dom.js';
import { get, post } from './server.js';
import { span } from './figures.js';

const CLASSES = {
  loopback: 'this machine',
  private: 'private',
  staging: 'a test environment by its name',
  production: 'PRODUCTION by its name',
  public: 'public',
};

/** How long nobody types before the plan is asked for. */
const PAUSE = 300;

export class OrderForm {
  constructor() {
    this.form = byId('order');
    this.fields = this.form.elements;
    this.asked = 0;
    this.form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.start();
    });
    this.form.addEventListener('input', () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.preview(), PAUSE);
    });
    this.fields.scenario.addEventListener('change', () => this.chosen());
  }

  /** Fills in the scenarios there are. */
  async fill() {
    const listed = await get('api/v1/scenarios');
    const names = listed.scenarios.map((scenario) => scenario.name);
    if (!names.includes(listed.default)) names.unshift(listed.default);
    const about = new Map(listed.scenarios.map((scenario) => [scenario.name, scenario]));
    this.fields.scenario.replaceChildren(...names.map((name) => {
      const { description, problems } = about.get(name) ?? {};
      const text = problems ? `${name} (broken)` : [name, description].filter(Boolean).join(': ');
      return element('option', { value: name }, text);
    }));
    this.fields.scenario.value = listed.default;
    await this.chosen();
  }

  /** Another scenario: what was typed for the one before no longer holds. */
  async chosen() {
    for (const name of ['users', 'spawn_rate', 'run_time', 'tags', 'exclude_tags', 'confirm_host']) this.fields[name].value = '';
    byId('classes').querySelector('.checks').replaceChildren();
    await this.preview();
  }

  /** What the form says. */
  order() {
    const order = {};
    for (const name of ['scenario', 'host', 'users', 'spawn_rate', 'run_time', 'tags', 'exclude_tags', 'confirm_host']) {
      const value = this.fields[name].value.trim();
      if (value) order[name] = value;
    }
    const boxes = [...byId('classes').querySelectorAll('input')];
    const chosen = boxes.filter((box) => box.checked).map((box) => box.value);
    if (boxes.length && chosen.length && chosen.length < boxes.length) order.user_classes = chosen;
    return order;
  }

  /** Shows what the form would come to. */
  async preview() {
    const number = (this.asked += 1);
    try {
      const plan = await post('api/v1/plan', this.order());
      if (number === this.asked) this.planned(plan);
    } catch (error) {
      if (number === this.asked) this.wrong(error);
    }
  }

  planned(plan) {
    const { load } = plan;
    const users = load.users ?? load.peak_users;
    const requests = plan.requests === null
      ? 'as many requests as the target answers' : `about ${format.count(plan.requests)} requests, if they are answered at once`;
    const time = load.run_time === null ? 'until stopped' : `for ${span(load.run_time)}`;
    const rate = load.spawn_rate ? `, ${load.spawn_rate} spawned per second` : ' at most, in stages';
    const host = byId('plan');
    dress(host, `plan ${['production', 'public'].includes(plan.host_class) ? 'far' : ''}`.trim());
    host.replaceChildren(
      element('p', {}, element('strong', {}, plan.host), ` (${CLASSES[plan.host_class]})`),
      element('p', {}, `${format.count(users)} ${users === 1 ? 'user' : 'users'}${rate}, ${time}; ${requests}`),
      ...terms('Thresholds', plan.thresholds),
      ...terms('Ends early if', plan.stop_if),
      ...(plan.paid ? [element('p', { class: 'open' }, `${plan.host} may charge for every request (${plan.paid}), and the run has no budget.`)] : []),
      ...plan.warnings.map((warning) => element('p', { class: 'open' }, warning)),
    );
    show(byId('refused'), false);
    this.suggest(plan, load);
    this.confirm(plan.approved ? null : plan.host_name);
    byId('go').disabled = false;
  }

  /** What holds where nothing is typed. */
  suggest(plan, load) {
    const hint = (name, value) => { this.fields[name].placeholder = value ?? ''; };
    if (!this.fields.host.value) hint('host', plan.host);
    if (!this.fields.users.value) hint('users', load.users ?? 'by its stages');
    if (!this.fields.spawn_rate.value) hint('spawn_rate', load.spawn_rate ?? 'by its stages');
    if (!this.fields.run_time.value) hint('run_time', load.run_time === null ? 'until stopped' : span(load.run_time));
    for (const name of ['users', 'spawn_rate', 'run_time']) this.fields[name].disabled = load.users === undefined;
    const tags = new Set(plan.user_classes.flatMap((of) => of.tasks.flatMap((task) => task.tags)));
    if (!this.fields.tags.value && !this.fields.exclude_tags.value) {
      byId('tag-list').replaceChildren(...[...tags].sort().map((tag) => element('option', { value: tag })));
    }
    const checks = byId('classes').querySelector('.checks');
    // Those that were left out are not in the plan: the first plan of a scenario has all.
    if (!checks.children.length) {
      checks.replaceChildren(...plan.user_classes.map((of) => element('label', {},
        element('input', { type: 'checkbox', value: of.name, checked: '' }), ` ${of.name}`)));
    }
  }

  /** Asks for the host's name, when load may not go there unasked. */
  confirm(host) {
    const label = byId('confirm');
    show(label, Boolean(host));
    if (host) say(label.querySelector('span'), `Type ${host} to put it under load`);
    else this.fields.confirm_host.value = '';
  }

  wrong(error) {
    byId('plan').replaceChildren();
    const refused = byId('refused');
    say(refused, error.message);
    show(refused, true);
  }

  async start() {
    const go = byId('go');
    go.disabled = true;
    say(go, 'Asking the target …');
    try {
      await post('api/v1/start', this.order());
      show(byId('refused'), false);
    } catch (error) {
      this.wrong(error);
      if (error.host) this.confirm(error.host);
    } finally {
      go.disabled = false;
      say(go, 'Start');
    }
  }
}

/** A line of conditions, if there are any. */
function terms(title, conditions) {
  const texts = conditions.map(({ condition }) => condition);
  return texts.length ? [element('p', {}, `${title}: ${texts.join(', ')}`)] : [];
}
