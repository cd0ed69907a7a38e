// What is asked of every state of a page beside what axe finds, and is worked out in the browser: WCAG 2.2 reflow, text spacing, target size, names and roles,
// focus, order, forced colours, print. `inspect` gives findings, a line each.
const SPACED = '* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important } p { margin-bottom: 2em !important }';
const TAB = '\ue004';

// What the functions below share, put into the page once: they run there.
const HELPERS = `globalThis.access ??= (() => {
  const CONTROLS = 'a[href], button, input, select, textarea, summary';
  const isShown = (each) => each.checkVisibility({ visibilityProperty: true }) && !each.closest('.unseen, .skip, [aria-hidden=true]') && each.getBoundingClientRect().width > 0;
  // Of a question that must be answered first nothing else can be reached.
  const root = () => document.querySelector('dialog:modal') ?? document;
  const controls = () => [...root().querySelectorAll(CONTROLS)].filter(isShown);
  const nameOf = (each) => each.outerHTML.replace(/\\s+/g, ' ').slice(0, 90);
  // What is seen and pressed of a control: of a choice its whole row.
  const targetOf = (each) => each.closest('.option') ?? each;
  // A link in a sentence or a list of texts is as high as its line.
  const isInText = (each) => each.matches('a') && getComputedStyle(each).display === 'inline';
  return { root, controls, isShown, nameOf, targetOf, isInText };
})()`;

const wide = () => {
  const { scrollWidth, clientWidth } = document.documentElement;
  return scrollWidth > clientWidth ? [`${scrollWidth} pixels wide where ${clientWidth} are there`] : [];
};

// Text that is cut off: its box hides what does not fit.
const cutOff = () =>
  [...document.querySelectorAll('body *')]
    .filter((each) => access.isShown(each) && !each.matches('input, textarea, select, progress, svg, svg *') && each.textContent.trim() !== '')
    .filter((each) => each.clientWidth > 1 && /hidden|clip/.test(getComputedStyle(each).overflow) && (each.scrollWidth > each.clientWidth + 1 || each.scrollHeight > each.clientHeight + 1))
    .map((each) => `text is cut off: ${access.nameOf(each)}`);

// 44 pixels for what stands by itself; in a text 24, or as much room around it (2.5.8).
const smallTargets = () => {
  const boxes = access.controls().map((each) => ({ each, box: access.targetOf(each).getBoundingClientRect() }));
  return boxes
    .filter(({ each, box }) => !access.isInText(each) && (box.height < 43.5 || box.width < 43.5))
    .map(({ each, box }) => `target of ${Math.round(box.width)} by ${Math.round(box.height)}: ${access.nameOf(each)}`);
};

const heads = () => {
  const all = [...document.querySelectorAll('h1')].filter(access.isShown);
  const [first] = all;
  const findings = [];
  if (all.length !== 1) findings.push(`${all.length} headings of the first level`);
  if (first && !document.title.includes(first.textContent.trim())) findings.push(`the title '${document.title}' does not name '${first.textContent}'`);
  return findings;
};

const focusOfNewcomer = () => {
  const { activeElement: active } = document;
  return active?.matches('h1, #faults') ? [] : [`the focus of who comes here is on ${active ? access.nameOf(active) : 'nothing'}`];
};

// Whether a control, and what is chosen, can be told by what forced colours leave: lines, letters, drawings of the browser's own.
const lostInForcedColours = () => {
  const lines = (each) => {
    const style = getComputedStyle(each);
    const borders = ['Top', 'Bottom', 'Left', 'Right'].map((side) => [style[`border${side}Style`], style[`border${side}Width`]]);
    return { style, borders, hasBorder: borders.some(([kind, width]) => kind !== 'none' && parseFloat(width) >= 1) };
  };
  const isDrawn = (each) => {
    const { style, hasBorder } = lines(each);
    if (each.matches('input[type=radio], input[type=checkbox], select, summary')) return style.opacity !== '0';
    return hasBorder || style.textDecorationLine.includes('underline') || each.matches('header a, nav a, .card h2 a');
  };
  const findings = access.controls().filter((each) => !isDrawn(each)).map((each) => `not seen in forced colours: ${access.nameOf(each)}`);
  const looks = (each) => JSON.stringify([lines(each).borders, lines(each).style.fontWeight, lines(each).style.textDecorationLine, lines(each).style.backgroundColor, lines(each).style.borderColor, getComputedStyle(each, '::after').content, getComputedStyle(each, '::before').content]);
  for (const [chosen, other] of [['[aria-current=page]', 'nav a:not([aria-current])'], ['[aria-pressed=true]', '[aria-pressed=false]'], ['.option input:checked + span', '.option input:not(:checked) + span']]) {
    const [a, b] = [document.querySelector(`main ${chosen}, header ${chosen}`), document.querySelector(`main ${other}, header ${other}`)];
    if (a && b && access.isShown(a) && access.isShown(b) && looks(a) === looks(b)) findings.push(`looks as if it were not chosen: ${access.nameOf(a)}`);
  }
  const canvas = getComputedStyle(document.body).backgroundColor;
  for (const part of document.querySelectorAll('.drawing :is(.dot, .interval, .bar-of, .course, .whisker, text)')) {
    const { fill, stroke } = getComputedStyle(part);
    if ([fill, stroke].every((colour) => colour === 'none' || colour === canvas)) findings.push(`drawn in the colour of the page: ${access.nameOf(part)}`);
  }
  return findings;
};

const moving = () => {
  const isLong = (times) => times.split(',').some((time) => parseFloat(time) > 0);
  const still = [...document.querySelectorAll('body *')].filter((each) => access.isShown(each));
  return [
    ...document.getAnimations().filter((each) => each instanceof CSSAnimation).map(({ effect }) => `moves: ${access.nameOf(effect.target)}`),
    ...still.filter((each) => isLong(getComputedStyle(each).transitionDuration)).map((each) => `may move: ${access.nameOf(each)}`),
  ];
};

// Notes, of all that the focus comes to, whether it is seen there: in the window, over what else there is, with a line around it.
const watchFocus = () => {
  const first = access.root().querySelector('.skip, a[href], button');
  first.focus({ focusVisible: true });
  const walk = { at: [first], findings: [] };
  const { left } = first.getBoundingClientRect();
  if (left < 0) walk.findings.push('the link to the content is not seen when it has the focus');
  access.walk = walk;
  const rimOf = (each) => [each, each.closest('.card'), each.nextElementSibling].filter(Boolean).some((one) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(one);
    return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;
  });
  walk.stop = new AbortController();
  const how = { signal: walk.stop.signal };
  document.addEventListener('focusin', ({ target }) => {
    walk.at.push(target);
    if (!rimOf(target)) walk.findings.push(`no line around what has the focus: ${access.nameOf(target)}`);
  }, how);
  document.addEventListener('focusout', ({ target }) => {
    if (target === first) return;
    const box = access.targetOf(target).getBoundingClientRect();
    const [x, y] = [Math.max(box.left, 0) + 2, Math.min(Math.max(box.top + box.height / 2, 1), innerHeight - 1)];
    if (box.bottom <= 0 || box.top >= innerHeight) walk.findings.push(`the focus is out of sight: ${access.nameOf(target)}`);
    else if (box.bottom <= innerHeight && box.top >= 0) {
      const on = document.elementFromPoint(x, y);
      if (on && !access.targetOf(target).contains(on) && !on.contains(target) && !on.closest('.card')?.contains(target)) walk.findings.push(`covered where it has the focus: ${access.nameOf(target)} by ${access.nameOf(on)}`);
    }
  }, how);
};

// One of each group of radio buttons, as the tab key has it: the chosen one, or the first.
const tabStops = () => {
  const isTheOne = (each) => {
    if (each.type !== 'radio') return true;
    const group = [...document.querySelectorAll('input[type=radio]')].filter((one) => one.name === each.name && one.form === each.form && access.isShown(one));
    return each === (group.find((one) => one.checked) ?? group[0]);
  };
  return [...access.root().querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')].filter((each) =>
    each.tabIndex >= 0 && (access.isShown(each) || each.matches('.skip')) && isTheOne(each));
};

const orderOf = (stops) => {
  const { at, findings, stop } = access.walk;
  stop.abort();
  const seen = at.filter((each, i) => each !== at[i - 1]).slice(0, stops.length);
  stops.forEach((each, i) => {
    if (seen[i] !== each && !findings.some((line) => line.startsWith('the tab key'))) findings.push(`the tab key comes to ${seen[i] ? access.nameOf(seen[i]) : 'nothing'} where ${access.nameOf(each)} stands`);
  });
  return findings;
};

// What comes later in the document stands below, or in a column to the right.
const readingOrder = (stops) => {
  const boxes = stops.filter((each) => !each.matches('.skip')).map((each) => ({ each, box: access.targetOf(each).getBoundingClientRect() }));
  return boxes.slice(1).flatMap(({ each, box }, i) => {
    const before = boxes[i].box;
    const isBack = box.bottom <= before.top + 1 && box.left < before.right;
    const isLeft = box.right <= before.left + 1 && box.top < before.bottom - 1 && box.bottom > before.top + 1;
    return isBack || isLeft ? [`read after what stands below or beside it: ${access.nameOf(each)}`] : [];
  });
};

const ROLES = { A: 'link', BUTTON: 'button', SELECT: 'combobox', TEXTAREA: 'textbox', SUMMARY: 'DisclosureTriangle' };
const INPUTS = { text: 'textbox', password: 'textbox', search: 'searchbox', radio: 'radio', checkbox: 'checkbox', file: 'button' };
const expectedControls = (roles, inputs) =>
  access.controls().map((each) => ({ role: each.getAttribute('role') ?? roles[each.tagName] ?? inputs[each.type], text: each.matches('a, button, summary') ? each.innerText.replace(/\s+/g, ' ').trim() : '', html: access.nameOf(each) }));

const printed = () => [
  ...[...document.querySelectorAll('button, input, select, textarea, nav a')].filter((each) => access.isShown(each) && !each.closest('th')).map((each) => `printed: ${access.nameOf(each)}`),
  ...[...document.querySelectorAll('#recovery > span:not(.dash)')].filter((each) => !access.isShown(each) || each.scrollWidth > each.clientWidth + 1).map((each) => `not whole on paper: ${access.nameOf(each)}`),
];

// Wide spacing, and what it breaks.
const brokenBySpacing = (text) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  document.adoptedStyleSheets.push(sheet);
  const findings = [...access.wide(), ...access.cutOff()].map((line) => `wide spacing: ${line}`);
  document.adoptedStyleSheets.splice(document.adoptedStyleSheets.indexOf(sheet), 1);
  return findings;
};

const LOOKS = { wide, cutOff, smallTargets, heads, focusOfNewcomer, lostInForcedColours, moving, watchFocus, tabStops, orderOf, readingOrder, expectedControls, printed, brokenBySpacing };
const PUT = `${HELPERS}; ${Object.entries(LOOKS).map(([name, look]) => `access.${name} = ${look};`).join('\n')}`;

const plain = (text) => text.replace(/\s+/g, ' ').trim().toLowerCase();
const emulate = (browser, media, ...features) => browser.cdp('Emulation.setEmulatedMedia', { media, features: features.map(([name, value]) => ({ name, value })) });

// The roles and names that the browser hands to a screen reader, held against what stands on the page: each control is there, has a name, and what is read on
// it is in that name.
async function inspectNames(browser) {
  const { nodes } = await browser.cdp('Accessibility.getFullAXTree');
  const told = nodes.filter(({ ignored }) => !ignored).map(({ role, name }) => ({ role: role?.value, name: plain(name?.value ?? '') }));
  const controls = await browser.run('return access.expectedControls(...arguments)', ROLES, INPUTS);
  const take = (isIt) => ({ role, text }) => {
    const at = told.findIndex((one) => one.role === role && one.name !== '' && isIt(one.name, plain(text)));
    if (at >= 0) told.splice(at, 1);
    return at < 0;
  };
  const left = controls.filter(take((name, text) => name === text)).filter(take((name, text) => name.includes(text)));
  return left.map(({ role, html }) => `no ${role} of that name is told: ${html}`);
}

// At 320 pixels, which is 400 % of 1280.
async function inspectNarrow(browser) {
  await browser.resize(320, 256, 4);
  return browser.run('return [...access.wide(), ...access.smallTargets(), ...access.brokenBySpacing(...arguments)]', SPACED);
}

// As large still, in forced colours and without motion, by the tab key from the first to the last.
async function inspectForced(browser) {
  await emulate(browser, 'screen', ['forced-colors', 'active'], ['prefers-reduced-motion', 'reduce']);
  const findings = await browser.run('return [...access.lostInForcedColours(), ...access.moving()]');
  const stops = await browser.run('access.watchFocus(); access.stops = access.tabStops(); return access.stops.length');
  await browser.press(...Array(stops).fill(TAB));
  findings.push(...(await browser.run('return [...access.orderOf(access.stops), ...access.readingOrder(access.stops)]')));
  await emulate(browser, '');
  return findings;
}

async function inspectPaper(browser) {
  await browser.resize(718, 1000);
  await emulate(browser, 'print');
  const findings = await browser.run('return [...access.printed(), ...access.wide().map((line) => `on paper: ${line}`)]');
  await emulate(browser, '');
  return findings;
}

export async function inspect(browser, { isArrived = false } = {}) {
  await browser.cdp('Emulation.setFocusEmulationEnabled', { enabled: true });
  const findings = await browser.run(`${PUT}; return [...(arguments[0] ? access.focusOfNewcomer() : []), ...access.heads()]`, isArrived);
  for (const look of [inspectNames, inspectNarrow, inspectForced, inspectPaper]) findings.push(...(await look(browser)));
  await browser.resize(1280, 900);
  findings.push(...(await browser.run('return [...access.wide(), ...access.readingOrder(access.tabStops())]')));
  return [...new Set(findings)];
}
