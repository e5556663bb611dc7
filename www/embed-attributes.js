// What the attributes of an embedded element say. What they cannot mean is warned of and left out.

import { COMMON_PARTS, viewNames, viewOf } from './embed-views.js';
import { languageOf, languages } from './languages.js';
import { names, parse, propertyOf } from './properties.js';

/** @typedef {import('./properties.js').Name} Name */
/** @typedef {import('./embed-views.js').ViewName} ViewName */

/**
 * What an element has besides the settings of its view. The first value is the default; of the language, where the page
 * around does not say its own.
 */
export const CHOICES = {
  start: ['click', 'seen', 'load'],
  theme: ['auto', 'light', 'dark'],
  device: ['auto', 'gpu', 'cpu'],
  lang: /** @type {string[]} */ ([...languages]),
};

const OWN = new Set(['view', 'hide', 'poster', ...Object.keys(CHOICES)]);
const OF_ALL_ELEMENTS =
  /^(class|id|style|slot|part|exportparts|title|dir|hidden|inert|role|tabindex|translate|nonce|is|on.*|data-.*|aria-.*|.*:.*)$/;

/** A property's attribute: `noise-seed` for noiseSeed. `class` is taken in HTML. @param {Name} name */
export const attributeOf = (name) =>
  name === 'class' ? 'digit' : name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** A property's name on the element itself. @param {Name} name */
export const memberOf = (name) => (name === 'class' ? 'digit' : name);

/** @type {Map<string, Name>} */
export const nameOf = new Map(names.map((name) => [attributeOf(name), name]));

export const attributes = [...OWN, ...nameOf.keys()];

/**
 * @typedef {object} Reading
 * @property {ViewName[]} views
 * @property {Map<Name, number | string>} settings
 * @property {string} hidden a selector for what the views shall not show
 * @property {string} start
 * @property {string} theme
 * @property {string} device
 * @property {import('./languages.js').Language} lang
 * @property {string[]} warnings
 */

/**
 * @param {Element} element
 * @returns {Reading}
 */
export function read(element) {
  /** @type {string[]} */
  const warnings = [];
  const views = readViews(element, warnings);
  const own = settingsOf(views);
  return {
    views,
    settings: readSettings(element, own, warnings),
    hidden: readHidden(element, views, warnings),
    start: choice(element, 'start', warnings),
    theme: choice(element, 'theme', warnings),
    device: choice(element, 'device', warnings),
    lang: readLanguage(element, warnings),
    warnings: [...warnings, ...unknown(element, own)],
  };
}

/** The settings that views have. @param {ViewName[]} views @returns {Name[]} */
export const settingsOf = (views) =>
  names.filter((name) => views.some((view) => viewOf(view).sections.includes(propertyOf(name).section)));

/** The settings that a view has controls for. @param {ViewName} view */
export const controlsOf = (view) => {
  const { sections, picked = [] } = viewOf(view);
  return names.filter((name) => propertyOf(name).section === sections[0] && !picked.includes(name));
};

/** What `hide` can name, as selectors in the views' elements. @param {ViewName[]} views @returns {Record<string, string>} */
export const partsOf = (views) =>
  Object.assign(
    {},
    COMMON_PARTS,
    ...views.map((view) => viewOf(view).parts),
    ...views
      .flatMap(controlsOf)
      .map((name) => ({ [attributeOf(name)]: `diffusion-control[name="${name}"]` })),
  );

/** @param {Element} element @param {string[]} warnings @returns {ViewName[]} */
function readViews(element, warnings) {
  const asked = words(element.getAttribute('view'));
  const views = viewNames.filter((name) => asked.includes(name));
  for (const word of asked) {
    if (!views.some((name) => name === word)) {
      warnings.push(`there is no view “${word}”; the views are ${viewNames.join(', ')}`);
    }
  }
  if (!asked.length) warnings.push(`view is missing; it must be one of ${viewNames.join(', ')}`);
  if (!views.length) warnings.push('forward is shown instead');
  return views.length ? views.toSorted((a, b) => asked.indexOf(a) - asked.indexOf(b)) : ['forward'];
}

/** @param {Element} element @param {Name[]} own @param {string[]} warnings */
function readSettings(element, own, warnings) {
  /** @type {Reading['settings']} */
  const settings = new Map();
  for (const name of own) {
    const text = element.getAttribute(attributeOf(name));
    if (text === null) continue;
    const parsed = parse(name, text);
    if ('value' in parsed) settings.set(name, parsed.value);
    else {
      const standard = propertyOf(name).default;
      warnings.push(`${attributeOf(name)}="${text}" ${parsed.complaint}; ${standard} is used instead`);
    }
  }
  return settings;
}

/** @param {Element} element @param {ViewName[]} views @param {string[]} warnings */
function readHidden(element, views, warnings) {
  const parts = partsOf(views);
  const asked = words(element.getAttribute('hide'));
  for (const word of asked.filter((word) => !Object.hasOwn(parts, word))) {
    warnings.push(`hide="${word}" names nothing; it can name ${Object.keys(parts).join(', ')}`);
  }
  return asked.flatMap((word) => (Object.hasOwn(parts, word) ? [parts[word]] : [])).join(', ');
}

/** zh and zh-CN are one; without the attribute, the language of the text around. @param {Element} element @param {string[]} warnings */
function readLanguage(element, warnings) {
  const tag = element.closest('[lang]')?.getAttribute('lang');
  if (!element.hasAttribute('lang')) return languageOf(tag) ?? languages[0];
  return languageOf(tag) ?? languageOf(choice(element, 'lang', warnings)) ?? languages[0];
}

/** @param {Element} element @param {keyof typeof CHOICES} name @param {string[]} warnings */
function choice(element, name, warnings) {
  const [standard] = CHOICES[name];
  const text = element.getAttribute(name);
  if (text === null || CHOICES[name].includes(text)) return text ?? standard;
  warnings.push(`${name}="${text}" must be one of ${CHOICES[name].join(', ')}; ${standard} is used instead`);
  return standard;
}

/** @param {Element} element @param {Name[]} own */
function unknown(element, own) {
  const allowed = own.map(attributeOf);
  return [...element.attributes]
    .map(({ name }) => name)
    .filter((name) => !OWN.has(name) && !allowed.includes(name) && !OF_ALL_ELEMENTS.test(name))
    .map((name) => `${name} is no setting of this view; it has ${allowed.join(', ')}`);
}

/** @param {string | null} text */
const words = (text) => (text ?? '').split(/[\s,]+/).filter(Boolean);
