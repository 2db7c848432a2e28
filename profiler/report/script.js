// Draws the latency of any condition, as the figures that are always there. The page is complete without it.
'use strict';
(() => {
  const data = JSON.parse(document.getElementById('data').textContent);
  const form = document.getElementById('choose');
  if (!data || !form) return;
  const select = document.getElementById('condition');
  const box = document.getElementById('chosen');
  const width = 480, height = 280, left = 52, right = 474, top = 22, bottom = 236;

  const add = (parent, tag, attributes, words) => {
    const node = document.createElementNS('http://www.w3.org/2000/svg', tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    if (words !== undefined) node.textContent = words;
    return parent.appendChild(node);
  };
  const ticks = (most, wanted) => {
    const rough = most / wanted, ten = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map(f => f * ten).find(s => s >= rough * 0.999);
    const found = [0];
    while (found.at(-1) < most * 0.9999) found.push(step * found.length);
    return found;
  };
  const text = (svg, x, y, words, style, anchor) =>
    add(svg, 'text', { x, y, class: style, 'text-anchor': anchor }, words);

  const frame = (svg, marks, slot) => {
    for (const mark of marks) {
      const y = bottom - mark / marks.at(-1) * (bottom - top);
      add(svg, 'line', { x1: left, x2: right, y1: y, y2: y, class: mark ? 'grid' : 'axis' });
      text(svg, left - 6, y + 4, String(+mark.toPrecision(6)), 'tick', 'end');
    }
    text(svg, left - 6, top - 10, 'ms', 'tick', 'end');
    const every = Math.max(1, Math.ceil(22 / slot));
    data.plans.forEach(([cut], i) => {
      if (i % every === 0) text(svg, left + slot * (i + 0.5), bottom + 17, cut, 'tick', 'middle');
    });
    text(svg, (left + right) / 2, bottom + 36, 'cut', 'label', 'middle');
  };

  const draw = index => {
    const condition = data.conditions[index], count = data.terms.length;
    const totals = data.plans.map((_, p) => condition.ms.slice(p * count, (p + 1) * count).reduce((a, b) => a + b, 0));
    const marks = ticks(Math.max(...totals, ...condition.fitted) * 1.06, 4);
    const slot = (right - left) / data.plans.length, gap = Math.min(3, slot * 0.2);
    const scale = ms => ms / marks.at(-1) * (bottom - top);
    const figure = document.createElement('figure');
    const caption = figure.appendChild(document.createElement('figcaption'));
    caption.textContent = `${data.plans[condition.best][1]} is best: ${condition.fitted[condition.best].toFixed(1)} ms, ` +
      `confidence ${condition.confidence.toFixed(1)} %`;
    const svg = add(figure, 'svg', { viewBox: `0 0 ${width} ${height}`, role: 'img' });
    svg.setAttribute('aria-label', `Latency by cut, ${condition.name}. ${caption.textContent}`);
    frame(svg, marks, slot);
    data.plans.forEach(([, plan], p) => {
      let y = bottom;
      data.terms.forEach(([words, style], i) => {
        const ms = condition.ms[p * count + i];
        if (!(scale(ms) >= 0.05)) return;
        y -= scale(ms);
        const bar = add(svg, 'rect', { x: left + slot * p + gap / 2, y, width: slot - gap, height: scale(ms), class: style });
        add(bar, 'title', {}, `${plan}, ${words}: ${ms.toFixed(2)} ms`);
      });
      const fitted = bottom - scale(condition.fitted[p]);
      add(svg, 'line', { x1: left + slot * p, x2: left + slot * (p + 1), y1: fitted, y2: fitted, class: 'fitted' });
      if (p === condition.best)
        add(svg, 'path', { d: `M${left + slot * (p + 0.5)} ${Math.min(y, fitted) - 4}l5 -8h-10z`, class: 'best' });
    });
    box.replaceChildren(figure);
  };

  form.hidden = false;
  form.addEventListener('submit', event => event.preventDefault());
  select.addEventListener('change', () => draw(Number(select.value)));
  for (const cell of document.querySelectorAll('.cell')) {
    const index = [...cell.classList].find(name => /^c\d+$/.test(name)).slice(1);
    cell.style.cursor = 'pointer';
    cell.addEventListener('click', () => {
      select.value = index;
      draw(Number(index));
      form.scrollIntoView({ block: 'center' });
    });
  }
  draw(Number(select.value));
})();
