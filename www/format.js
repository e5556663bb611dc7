// Numbers as the page writes them.

import { strings } from './language.js';

/**
 * @param {number} value
 * @param {number} digits after the point
 */
export const fixed = (value, digits) => value.toFixed(digits);

/** @param {number} value */
export const whole = (value) => value.toLocaleString('en');

/** @param {number} count */
export const trainingSteps = (count) => strings.format.trainingSteps(whole(count), count);

/**
 * Three figures, whatever the size; tiny and huge ones as a power of ten.
 * @param {number | null | undefined} value not finite where a division by zero stands for infinity
 */
export function three(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return '∞';
  if (value === 0) return '0';
  const exponent = Math.floor(Math.log10(Math.abs(value)));
  if (exponent >= -3 && exponent < 4) return value.toFixed(Math.max(0, 2 - exponent));
  return `${(value / 10 ** exponent).toFixed(2)} × 10${superscript(exponent)}`;
}

const SIZES = ['', ' k', ' M', ' G', ' T'];

/** A count by its size: 950, 2.74 M. @param {number} count */
export function compact(count) {
  if (count < 1000) return `${count}`;
  const size = Math.min(SIZES.length - 1, Math.floor(Math.log10(count) / 3));
  return `${Number((count / 1000 ** size).toPrecision(3))}${SIZES[size]}`;
}

/** @param {number} part @param {number} all */
export function percent(part, all) {
  const share = all ? (100 * part) / all : 0;
  return share > 0 && share < 0.1 ? '<0.1 %' : `${share.toFixed(share < 9.95 ? 1 : 0)} %`;
}

/** The sizes of a tensor. @param {readonly number[]} sizes */
export const shape = (sizes) => sizes.join(' × ');

/** What went wrong, in the page's language; ends a sentence that may have no end. @param {string} text */
export function sentence(text) {
  const said = strings.format.said(text);
  return /[.!?。！？]$/.test(said) ? said : said + strings.format.stop;
}

/** @param {number} bytes */
export const megabytes = (bytes) => (bytes / 1e6).toFixed(1);

/** @param {number} seconds */
export const duration = (seconds) => (seconds < 10 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds)} s`);

/** A short time. @param {number} seconds */
export const milliseconds = (seconds) => `${three(1000 * seconds)} ms`;

/** Times to compare with each other. @param {number} seconds */
export const shortDuration = (seconds) =>
  seconds < 1 ? `${Math.round(seconds * 1000)} ms` : duration(seconds);

/** @param {number} exponent */
export const superscript = (exponent) =>
  `${exponent}`.replace(/./g, (digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'['0123456789'.indexOf(digit)] ?? '⁻');
