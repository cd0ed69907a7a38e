// Elements, the one file that makes them. What others wrote only ever becomes text: nothing here takes markup.
//
//   el(name, attributes, ...children)   an element. attributes: true is an empty one, false, null and undefined none; `on` holds
//                                       listeners by event; `value` and `checked` are set on the element itself. children: elements,
//                                       texts, lists of both; null, undefined and false are passed over
//   put(parent, ...children)            in place of what was in it. Where that had the focus, it goes to what stands for it now, by id or by
//                                       its words, a main heading for a main heading, or to the parent: nobody is thrown back to the
//                                       top of the page
//   svg(name, attributes, ...children)  the same for a part of a drawing
//   icon(name)                          a drawing that says nothing to who does not see it
//   byId(id)
//   leadTitle(words, isLed)             the document's title led by words, as of a page with faults, or no longer
const SVG = 'http://www.w3.org/2000/svg';

// Lines on a square of 24, two wide.
const ICONS = {
  check: 'M4.5 12.5l5 5 10-11',
  clock: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M12 7.5v5l3.5 2',
  cross: 'M6 6l12 12M18 6L6 18',
  warning: 'M12 3.5L22 20.5H2zM12 10v4.5M12 17.4v.1',
  news: 'M4 5h16v11H10l-6 4.5zM8 9h8M8 12.5h5',
  shield: 'M12 3l8 3v6c0 5-3.5 8-8 9-4.5-1-8-4-8-9V6zM8.5 12l2.5 2.5 4.5-5',
  back: 'M15 5l-7 7 7 7',
  next: 'M9 5l7 7-7 7',
  key: 'M14 10a4 4 0 1 0-1 2.6L15 14.5h2v2h2v2h2.5v-2.5L14 10M9 9v.1',
  pen: 'M5 19l1-4L16 5l3 3L9 18z',
};

const isNothing = (value) => value === null || value === undefined || value === false;
const append = (parent, children) => parent.append(...children.flat(Infinity).filter((child) => !isNothing(child)));

function setAttribute(element, name, value) {
  if (name === 'on') for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
  else if (name === 'value' || name === 'checked') element[name] = value;
  else if (!isNothing(value)) element.setAttribute(name, value === true ? '' : value);
}

export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  append(element, children);
  for (const [key, value] of Object.entries(attributes)) setAttribute(element, key, value);
  return element;
}

export function svg(name, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, name);
  append(element, children);
  for (const [key, value] of Object.entries(attributes)) setAttribute(element, key, value);
  return element;
}

function keepFocus(parent, held) {
  const isAlike = (each) => (held.id ? each.id === held.id : held.tagName === 'H1' || each.textContent === held.textContent);
  const heir = [...parent.querySelectorAll(held.tagName)].find(isAlike) ?? parent;
  if (heir === parent && !parent.hasAttribute('tabindex')) parent.tabIndex = -1;
  heir.focus({ preventScroll: true });
}

export function put(parent, ...children) {
  const held = document.activeElement;
  const isIn = held !== parent && parent.contains(held);
  parent.replaceChildren();
  append(parent, children);
  if (isIn) keepFocus(parent, held);
  return parent;
}

export const icon = (name) =>
  svg('svg', { viewBox: '0 0 24 24', class: 'icon', 'aria-hidden': 'true', focusable: 'false' }, svg('path', { d: ICONS[name] }));

export const byId = (id) => document.getElementById(id);

export function leadTitle(words, isLed) {
  const bare = document.title.startsWith(`${words}: `) ? document.title.slice(words.length + 2) : document.title;
  document.title = isLed ? `${words}: ${bare}` : bare;
}
