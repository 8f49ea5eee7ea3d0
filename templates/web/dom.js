/**
 * The page's elements, and tables that are kept up to date row by row.
 *
 * A row that stays keeps its focus and what was opened in it. Texts only ever become text nodes.
 */

export const byId = (id) => document.getElementById(id);
export const { element, format } = Charts;

/** Shows or hides. */
export function show(node, is) {
  if (node.hidden === is) node.hidden = !is;
}

/** Sets a text, if it is another. */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Sets a class list, if it is another. */
export function dress(node, kind) {
  if (node.className !== kind) node.className = kind;
}

/** What stands where there is no figure. */
export const MISSING = '–';

/**
 * The rows of a table body. `key` tells which item a row is of; `cells` gives, for an item, a list of
 * `{ text, kind, head }`: the text of a cell, its class, and whether it is the row's heading.
 */
export class Rows {
  constructor(body, key, cells) {
    Object.assign(this, { body, key, cells });
    this.rows = new Map();
  }

  /** Shows these items, in this order. */
  update(items) {
    const wanted = new Set(items.map(this.key));
    for (const [key, row] of this.rows) {
      if (wanted.has(key)) continue;
      row.panel?.remove();
      row.node.remove();
      this.rows.delete(key);
    }
    let before = this.body.firstChild;
    for (const item of items) {
      const row = this.row(item);
      if (row.node === before) {
        before = (row.panel ?? row.node).nextSibling;
      } else {
        this.body.insertBefore(row.node, before);
        if (row.panel) this.body.insertBefore(row.panel, before);
      }
    }
  }

  row(item) {
    const key = this.key(item);
    const cells = this.cells(item);
    let row = this.rows.get(key);
    if (!row) {
      const nodes = cells.map(({ head }) => element(head ? 'th' : 'td', head ? { scope: 'row' } : {}));
      row = { node: element('tr', {}, ...nodes), nodes, panel: null };
      this.rows.set(key, row);
    }
    row.item = item;
    cells.forEach(({ text, kind, before, control }, index) => {
      const node = row.nodes[index];
      dress(node, kind ?? '');
      if (control) {
        if (!node.firstChild) node.append(control(row));
        say(node.firstChild, text);
        return;
      }
      if (before !== undefined) {
        if (!node.firstChild) node.append(element('span', { class: 'method' }), ' ', element('span'));
        say(node.firstChild, before);
        say(node.lastChild, text);
        return;
      }
      say(node, text);
    });
    return row;
  }

  /** Opens or closes a panel below a row. */
  toggle(row, content) {
    if (row.panel) {
      row.panel.remove();
      row.panel = null;
      return false;
    }
    const cell = element('td', { colspan: row.nodes.length, class: 'panel' }, content());
    row.panel = element('tr', { class: 'sub' }, cell);
    row.node.after(row.panel);
    return true;
  }
}

/** Tiles: `[label, value, note, kind]` each. */
export function tiles(host, wanted) {
  const same = host.children.length === wanted.length;
  if (!same) {
    host.replaceChildren(...wanted.map(() => element('div', { class: 'card tile' },
      element('dt'), element('dd', { class: 'value' }), element('dd', { class: 'note' }))));
  }
  wanted.forEach(([label, value, note, kind], index) => {
    const [name, figure, small] = host.children[index].children;
    say(name, label);
    say(figure, value);
    say(small, note ?? '');
    dress(host.children[index], `card tile ${kind ?? ''}`.trim());
  });
}
