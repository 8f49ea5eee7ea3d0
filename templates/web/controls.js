/**
 * The buttons that steer a run.
 *
 * What they did shows in the state that follows, for every viewer alike.
 */

import { byId, say, show } from './dom.js';
import { post } from './server.js';

export class Controls {
  /** `onProblem` is told what was refused. */
  constructor(onProblem) {
    this.onProblem = onProblem;
    this.state = {};
    byId('stop').addEventListener('click', () => this.ask(this.state.state === 'stopping' ? 'abort' : 'stop'));
    byId('pause').addEventListener('click', () => this.ask(this.state.paused ? 'resume' : 'pause'));
    byId('edit').addEventListener('click', () => this.edit());
    byId('reset').addEventListener('click', () => byId('reset-dialog').showModal());
    byId('reset-dialog').addEventListener('close', ({ target }) => {
      if (target.returnValue === 'go') this.ask('reset');
    });
    for (const button of document.querySelectorAll('[data-close]')) {
      button.addEventListener('click', () => button.closest('dialog').close('no'));
    }
    byId('users-form').addEventListener('submit', (event) => {
      event.preventDefault();
      this.change();
    });
  }

  /** Shows what can be asked now. */
  update(state) {
    this.state = state;
    const going = ['spawning', 'running'].includes(state.state);
    const busy = going || ['starting', 'stopping'].includes(state.state);
    show(byId('edit'), going);
    show(byId('pause'), going);
    show(byId('reset'), going && Boolean(state.aggregated));
    show(byId('stop'), busy);
    say(byId('pause'), state.paused ? 'Resume' : 'Pause');
    say(byId('stop'), state.state === 'stopping' ? 'Cut off now' : 'Stop');
  }

  async ask(command) {
    try {
      await post(`api/v1/${command}`);
    } catch (error) {
      this.onProblem(error.message);
    }
  }

  edit() {
    const { users, spawn_rate: rate, run_time: time } = byId('users-form').elements;
    users.value = this.state.target_users ?? 1;
    if (!rate.value) rate.value = 1;
    time.value = '';
    this.problem('');
    byId('users-dialog').showModal();
    users.select();
  }

  async change() {
    const { users, spawn_rate: rate, run_time: time } = byId('users-form').elements;
    const wanted = { users: Number(users.value), spawn_rate: Number(rate.value) };
    if (time.value.trim()) wanted.run_time = time.value.trim();
    try {
      await post('api/v1/users', wanted);
      byId('users-dialog').close('go');
    } catch (error) {
      this.problem(error.message);
    }
  }

  problem(text) {
    const line = byId('users-form').querySelector('.problem');
    say(line, text);
    show(line, Boolean(text));
  }

  /** The rate that the plan spawns at, as a beginning. */
  suggest(rate) {
    byId('users-form').elements.spawn_rate.value = rate ?? 1;
  }
}
