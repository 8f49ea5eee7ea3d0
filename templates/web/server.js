/**
 * The server: what is asked of it, and what it pushes.
 *
 * Owns addresses (relative to the page, so that a base path or a proxy does not matter) and the
 * coming back after a lost connection. Must not know the page.
 */

/** What the server says no to: its words, and the host that would have to be typed. */
export class Refused extends Error {
  constructor(problem, status, host) {
    super(problem);
    this.status = status;
    this.host = host;
  }
}

async function answer(response) {
  if (response.status === 401) {
    // The session is over: the door asks again.
    location.reload();
  }
  let body = null;
  try {
    body = await response.json();
  } catch {
    throw new Refused(`the server answered ${response.status} without saying why`, response.status);
  }
  if (!response.ok) throw new Refused(body.error ?? `status ${response.status}`, response.status, body.confirm_host);
  return body;
}

/** Looks something up. */
export const get = async (path) => answer(await fetch(path));

/** Asks for something. */
export const post = async (path, body = {}) =>
  answer(await fetch(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  }));

/** Calls `onState` with each state, and `onConnection` with whether there is a connection. */
export function follow(onState, onConnection) {
  const connect = () => {
    const events = new EventSource('api/v1/events');
    events.addEventListener('open', () => onConnection(true));
    events.addEventListener('state', (event) => onState(JSON.parse(event.data)));
    events.addEventListener('error', () => {
      onConnection(false);
      // A browser gives up by itself when the answer was no stream.
      if (events.readyState !== EventSource.CLOSED) return;
      // It does not say why; another question tells whether the session is over.
      get('api/v1/state').catch(() => {});
      setTimeout(connect, 3000);
    });
  };
  connect();
}
