/// The script of a page: it reads the rows of tables from the page's stream, and sorts, searches and scrolls them. Text
/// becomes text of the page and nothing else.
enum PageScript {
  static let text = #"""

    'use strict';
    (() => {
      const root = document.documentElement;
      const collator = new Intl.Collator('en', { numeric: true });
      const margin = 8, page = 50, few = 12;

      /** The bytes of a base64 text. */
      function bytesOf(text) {
        if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
        const letters = atob(text), bytes = new Uint8Array(letters.length);
        for (let i = 0; i < letters.length; i++) bytes[i] = letters.charCodeAt(i);
        return bytes;
      }

      async function inflated(bytes) {
        const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
        return new Uint8Array(await new Response(stream).arrayBuffer());
      }

      /** An element with text and attributes. */
      function element(name, text, attributes) {
        const made = document.createElement(name);
        if (text !== undefined) made.textContent = text;
        for (const key in attributes) made.setAttribute(key, attributes[key]);
        return made;
      }

      /** A column: a number for each row, NaN where there is none; those of words are places in a list. */
      class Column {
        constructor(about, lists, rows, bytes, at) {
          this.title = about.title;
          this.digits = about.digits ?? 0;
          this.words = about.words === undefined ? null : lists[about.words];
          this.values = new Float64Array(rows);
          let last = 0;
          for (let row = 0; row < rows; row++) {
            let value = 0, unit = 1, byte;
            do { byte = bytes[at++]; value += (byte & 127) * unit; unit *= 128; } while (byte > 127);
            if (value === 0) { this.values[row] = NaN; continue; }
            value -= 1;
            const number = value % 2 ? -(value + 1) / 2 : value / 2;
            last = about.delta ? last + number : number;
            this.values[row] = last;
          }
          this.end = at;
        }

        text(row) {
          const value = this.values[row];
          if (this.words) return this.words[value];
          if (Number.isNaN(value)) return '-';
          if (!this.digits) return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
          const digits = String(Math.abs(value)).padStart(this.digits + 1, '0');
          return (value < 0 ? '-' : '') + digits.slice(0, -this.digits) + '.' + digits.slice(-this.digits);
        }

        number(row) { return this.values[row] / 10 ** this.digits; }

        /** The most letters of a cell. */
        get width() {
          if (this.words) return this.words.reduce((most, word) => Math.max(most, word.length), 0);
          let most = 1;
          for (const value of this.values) most = Math.max(most, Math.abs(value) || 0);
          return String(most).length + 2;
        }

        /** By row, a number that sorts it. */
        get keys() {
          if (!this.words) return this.values;
          const order = this.words.map((_, i) => i).sort((a, b) => collator.compare(this.words[a], this.words[b]));
          const places = new Float64Array(order.length);
          order.forEach((word, place) => { places[word] = place; });
          return this.values.map(value => places[value]);
        }
      }

      /** The rows of a table that a search leaves: words that must all occur, and conditions as score>0.5. */
      function found(columns, rows, query) {
        const tests = query.toLowerCase().split(/\s+/).filter(part => part).map(part => {
          const condition = /^([^<>=]+)(>=|<=|>|<|=)(.+)$/.exec(part);
          const name = text => text.toLowerCase().replace(/\s/g, '');
          const column = condition && (columns.find(c => name(c.title) === condition[1])
            ?? columns.find(c => name(c.title).startsWith(condition[1])));
          if (column && column.words && condition[2] === '=') {
            return row => column.text(row).toLowerCase() === condition[3];
          }
          const bound = condition ? Number(condition[3]) : NaN;
          if (column && !column.words && !Number.isNaN(bound)) {
            const holds = { '>': (a, b) => a > b, '<': (a, b) => a < b, '>=': (a, b) => a >= b, '<=': (a, b) => a <= b,
              '=': (a, b) => Math.abs(a - b) < 1e-12 }[condition[2]];
            return row => holds(column.number(row), bound);
          }
          const hits = columns.filter(c => c.words)
            .map(c => [c.values, c.words.map(word => word.toLowerCase().includes(part))]);
          return row => hits.some(([values, isHit]) => isHit[values[row]]);
        });
        const left = [];
        for (let row = 0; row < rows; row++) if (tests.every(test => test(row))) left.push(row);
        return left;
      }

      /** A table of which only the rows in sight are elements. */
      class Grid {
        constructor(place, about, columns) {
          this.columns = columns;
          this.rows = about.rows;
          this.id = about.id;
          this.sorted = { column: -1, sign: 1 };
          this.active = { place: 0, column: 0 };
          this.order = found(columns, about.rows, '');
          this.scroll = place.querySelector('.scroll');
          this.table = place.querySelector('table');
          this.body = this.table.tBodies[0];
          const title = place.querySelector('h3');
          this.table.classList.add('virtual');
          for (const [key, value] of Object.entries({ role: 'grid', 'aria-colcount': columns.length,
            'aria-labelledby': title.id })) this.table.setAttribute(key, value);
          this.heads(this.table.tHead.rows[0]);
          if (about.rows > few) this.tools(title);
          this.scroll.tabIndex = -1;
          this.scroll.addEventListener('scroll', () => this.draw());
          this.body.addEventListener('keydown', event => this.key(event));
          this.body.addEventListener('focusin', event => {
            const cell = event.target.closest('td');
            if (cell?.dataset.place) this.active = { place: +cell.dataset.place, column: cell.cellIndex };
          });
          this.height = this.body.rows[0]?.getBoundingClientRect().height || 30;
          this.draw();
        }

        heads(row) {
          row.setAttribute('aria-rowindex', 1);
          this.columns.forEach((column, index) => {
            const head = row.cells[index];
            const button = element('button', column.title, { type: 'button' });
            button.addEventListener('click', () => this.sort(index));
            head.replaceChildren(button);
            head.style.minWidth = Math.min(40, Math.max(column.width, column.title.length) + 2) + 'ch';
          });
          this.row = row;
        }

        tools(title) {
          const tools = element('div', undefined, { class: 'tools' });
          const label = element('label', 'Search ');
          this.input = element('input', undefined, { type: 'search', placeholder: 'words, or a condition as score>0.5',
            spellcheck: 'false' });
          label.append(this.input);
          this.count = element('span', undefined, { class: 'count', role: 'status' });
          const save = element('button', 'Save as CSV', { type: 'button' });
          let timer;
          this.input.addEventListener('input', () => {
            clearTimeout(timer);
            timer = setTimeout(() => this.search(), 120);
          });
          save.addEventListener('click', () => this.save());
          tools.append(label, save, this.count);
          title.after(tools);
        }

        search() {
          this.order = found(this.columns, this.rows, this.input.value);
          this.arrange();
          const all = this.rows.toLocaleString('en');
          this.count.textContent = this.input.value ? `${this.order.length.toLocaleString('en')} of ${all} rows` : '';
        }

        sort(column) {
          const isAgain = this.sorted.column === column;
          this.sorted = { column, sign: isAgain ? -this.sorted.sign : 1 };
          [...this.row.cells].forEach((head, index) => {
            if (index === column) head.setAttribute('aria-sort', this.sorted.sign > 0 ? 'ascending' : 'descending');
            else head.removeAttribute('aria-sort');
          });
          this.arrange();
          const words = this.sorted.sign > 0 ? 'ascending' : 'descending';
          if (this.count) this.count.textContent = `sorted by ${this.columns[column].title}, ${words}`;
        }

        /** Rows without a number come last in either direction. */
        arrange() {
          const { column, sign } = this.sorted;
          if (column >= 0) {
            const keys = this.columns[column].keys;
            this.order.sort((a, b) => {
              const x = keys[a], y = keys[b];
              if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) - Number.isNaN(y) || a - b;
              return sign * (x - y) || a - b;
            });
          }
          this.active = { place: 0, column: 0 };
          this.scroll.scrollTop = 0;
          this.draw();
        }

        /** Makes the rows in sight, and gaps as high as those above and below. */
        draw(all) {
          const isFocused = this.body.contains(document.activeElement);
          const seen = Math.ceil(this.scroll.clientHeight / this.height) + 2 * margin;
          const first = all ? 0 : Math.max(0, Math.floor(this.scroll.scrollTop / this.height) - margin);
          const last = Math.min(this.order.length, all ? page : first + seen);
          const rows = [];
          const gap = count => {
            const row = element('tr', undefined, { 'aria-hidden': 'true' });
            const cell = element('td', undefined, { class: 'gap', colspan: this.columns.length });
            cell.style.height = count * this.height + 'px';
            row.append(cell);
            rows.push(row);
          };
          if (first > 0) gap(first);
          for (let place = first; place < last; place++) {
            const row = element('tr', undefined, { 'aria-rowindex': place + 2 });
            this.columns.forEach((column, index) => {
              const text = column.text(this.order[place]);
              const cell = element('td', text, { class: column.words ? '' : 'n', tabindex: -1, 'data-place': place });
              if (column.words && text.length > 30) cell.title = text;
              if (place === this.active.place && index === this.active.column) cell.tabIndex = 0;
              row.append(cell);
            });
            rows.push(row);
          }
          if (!all && last < this.order.length) gap(this.order.length - last);
          this.table.setAttribute('aria-rowcount', this.order.length + 1);
          this.body.replaceChildren(...rows);
          this.first = first;
          const active = this.cell();
          if (isFocused) active?.focus({ preventScroll: true });
          // A tab comes to a cell in any case.
          if (!active) {
            const cell = this.body.querySelector('td[data-place]');
            if (cell) cell.tabIndex = 0;
          }
        }

        cell() { return this.body.querySelector('td[data-place][tabindex="0"]'); }

        key(event) {
          const steps = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1],
            PageDown: [15, 0], PageUp: [-15, 0], Home: [0, -1e9], End: [0, 1e9] };
          let step = steps[event.key];
          if (!step) return;
          if (event.ctrlKey && event.key === 'Home') step = [-1e9, 0];
          if (event.ctrlKey && event.key === 'End') step = [1e9, 0];
          event.preventDefault();
          const bound = (value, count) => Math.max(0, Math.min(count - 1, value));
          this.active = { place: bound(this.active.place + step[0], this.order.length),
            column: bound(this.active.column + step[1], this.columns.length) };
          const top = this.active.place * this.height, space = this.scroll.clientHeight - 3 * this.height;
          if (top < this.scroll.scrollTop) this.scroll.scrollTop = top;
          if (top > this.scroll.scrollTop + space) this.scroll.scrollTop = top - space;
          this.draw();
          this.cell()?.focus({ preventScroll: true });
          this.cell()?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
        }

        /** The rows that are left, in their order. A text that a spreadsheet would compute gets a sign before it. */
        save() {
          const quoted = text => /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
          const cell = (column, row) => column.words ? quoted(column.text(row).replace(/^[=+\-@\t\r]/, "'$&"))
            : Number.isNaN(column.values[row]) ? '' : column.number(row).toFixed(column.digits);
          const lines = [this.columns.map(c => quoted(c.title)).join(',')];
          for (const row of this.order) lines.push(this.columns.map(c => cell(c, row)).join(','));
          const link = element('a', undefined, { download: this.id + '.csv' });
          link.href = URL.createObjectURL(new Blob([lines.join('\r\n') + '\r\n'], { type: 'text/csv' }));
          link.click();
          setTimeout(() => URL.revokeObjectURL(link.href), 1000);
        }
      }

      async function start() {
        const bytes = await inflated(bytesOf(document.getElementById('stream').textContent));
        const size = bytes[0] + 256 * bytes[1] + 65536 * bytes[2] + 16777216 * bytes[3];
        const head = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + size)));
        let at = 4 + size;
        const tables = head.tables.map(about => [about, about.columns.map(column => {
          const made = new Column(column, head.words, about.rows, bytes, at);
          at = made.end;
          return made;
        })]);
        const grids = [...document.querySelectorAll('.rows')].map(place =>
          new Grid(place, ...tables[place.dataset.table]));
        let opened = [];
        addEventListener('beforeprint', () => {
          opened = [...document.querySelectorAll('details:not([open])')];
          for (const details of opened) details.open = true;
          for (const grid of grids) grid.draw(true);
        });
        addEventListener('afterprint', () => {
          for (const details of opened) details.open = false;
          for (const grid of grids) grid.draw();
        });
        const seconds = Number(root.dataset.reread);
        if (seconds) {
          setInterval(() => { if (!grids.some(grid => grid.input?.value)) location.reload(); }, 1000 * seconds);
        }
        root.dataset.state = 'ready';
      }

      start().catch(error => { root.dataset.state = 'failed: ' + error.message; });
    })();

    """#
}
