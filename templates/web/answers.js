/**
 * What a service answered when it failed: fetched when somebody opens a failure.
 *
 * It is hostile until proven otherwise: texts only ever become text nodes.
 */

import { element, format } from './dom.js';
import { bytes, time } from './figures.js';
import { get } from './server.js';

export class Answers {
  /** The first answers of a failure. */
  of(failure) {
    const host = element('div', { class: 'samples' }, element('p', { class: 'soft' }, 'Looking …'));
    this.fill(host, failure).catch((error) => {
      host.replaceChildren(element('p', { class: 'problem' }, error.message));
    });
    return host;
  }

  async fill(host, failure) {
    const { failures } = await get('api/v1/failures');
    const same = (row) => row.error === failure.error && row.endpoint.name === failure.endpoint.name
      && row.endpoint.method === failure.endpoint.method;
    const answers = failures.find(same)?.answers ?? [];
    const none = element('p', { class: 'soft' }, 'No answer was kept.');
    host.replaceChildren(...(answers.length ? answers.map(sample) : [none]));
  }
}

/** One answer: what was asked, what came back. */
function sample(answer) {
  const status = answer.status === null ? 'no answer' : `status ${answer.status}`;
  const head = `after ${format.span(answer.at)}: ${status} in ${time(answer.time)}, ${bytes(answer.bytes)}`;
  const headers = answer.headers.map(([name, value]) => `${name}: ${value}`).join('\n');
  return element('div', { class: 'sample' },
    element('p', { class: 'asked' }, element('strong', {}, answer.method), ' ', answer.url),
    element('p', { class: 'soft' }, head),
    ...part('Request body', answer.request_body),
    ...part('Headers', headers),
    ...part('Body', answer.body));
}

const part = (title, text) => (text ? [element('h4', {}, title), element('pre', {}, text)] : []);
