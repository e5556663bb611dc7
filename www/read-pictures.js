// A folder or a zip of pictures as a data set. Everything is read in this tab; nothing leaves it.

import { unzipSync } from 'fflate';
import { decodePicture, SIDE } from './decode-picture.js';
import { strings } from './language.js';

/**
 * @typedef {object} Pictures
 * @property {string} title that of the folder or the zip
 * @property {string[]} classes in the order of their folders' names
 * @property {Uint8Array} labels
 * @property {Uint8Array} pixels SIDE x SIDE of each
 * @property {string[]} skipped paths of what could not be read as a picture
 */

/** A file that may be a picture. @typedef {{ path: string, load: () => Blob }} Candidate */

export const MOST_FILES = 100_000;
/** The networks know ten classes. */
const MOST_CLASSES = 10;
/** Decoded side by side. */
const AT_ONCE = 8;
/** Files of a zip that are unpacked together. */
const GROUP = 100;
/** Bytes of a file in a zip; no picture of a data set is larger. */
const LARGEST = 64e6;
/** What the class is called where there are no folders. */
const ONLY_CLASS = 'picture';

/**
 * @param {import('./open-model.js').PlacedFile[]} files
 * @param {{ signal: AbortSignal, onProgress: (done: number, total: number) => void }} options
 * @returns {Promise<Pictures>} throws, in a sentence, where there is nothing to learn from
 */
export async function readPictures(files, { signal, onProgress }) {
  const candidates = await candidatesOf(files);
  const folders = [...new Set(candidates.map(folderOf))].sort(byName);
  if (folders.length > MOST_CLASSES) {
    throw new Error(strings.ownData.tooManyFolders(folders.length, MOST_CLASSES));
  }
  /** @type {(Uint8Array | undefined)[]} */
  const decoded = [];
  for (let start = 0; start < candidates.length; start += AT_ONCE) {
    signal.throwIfAborted();
    onProgress(start, candidates.length);
    const some = candidates.slice(start, start + AT_ONCE);
    decoded.push(...(await Promise.all(some.map(decode))));
  }
  const isPicture = (/** @type {unknown} */ _, /** @type {number} */ index) => decoded[index] !== undefined;
  const pictures = candidates.filter(isPicture);
  const skipped = candidates.filter((_, index) => !isPicture(_, index)).map(({ path }) => path);
  if (!pictures.length) {
    throw new Error(strings.ownData.noPictures(candidates.length));
  }
  const found = folders.filter((folder) => pictures.some((picture) => folderOf(picture) === folder));
  const labels = Uint8Array.from(pictures, (picture) => found.indexOf(folderOf(picture)));
  if (found.every((_, label) => labels.indexOf(label) === labels.lastIndexOf(label))) {
    throw new Error(strings.ownData.tooFew);
  }
  const pixels = new Uint8Array(pictures.length * SIDE * SIDE);
  for (const [index, picture] of decoded.filter((picture) => picture !== undefined).entries()) {
    pixels.set(picture, index * picture.length);
  }
  const classes = found.length > 1 ? found : [ONLY_CLASS];
  return { title: titleOf(files), classes, labels, pixels, skipped };
}

/** @param {Candidate} candidate */
async function decode({ load }) {
  try {
    return await decodePicture(load());
  } catch {
    return undefined;
  }
}

/** @param {import('./open-model.js').PlacedFile[]} files */
async function candidatesOf(files) {
  /** @type {Candidate[]} */
  const found = [];
  for (const { path, file } of files) {
    if (path.toLowerCase().endsWith('.zip'))
      found.push(...unzipped(path, new Uint8Array(await file.arrayBuffer())));
    else found.push({ path, load: () => file });
  }
  const visible = found.filter(({ path }) => !isHidden(path)).sort((a, b) => byName(a.path, b.path));
  if (visible.length > MOST_FILES) throw new Error(strings.ownData.tooMany(MOST_FILES));
  return visible;
}

/** The files of a zip, unpacked some at a time. @param {string} path @param {Uint8Array} zip @returns {Candidate[]} */
function unzipped(path, zip) {
  /** @type {string[]} */
  const names = [];
  try {
    unzipSync(zip, {
      filter: ({ name, originalSize }) => {
        if (!name.endsWith('/') && originalSize <= LARGEST) names.push(name);
        return false;
      },
    });
  } catch {
    throw new Error(strings.ownData.damaged(path));
  }
  names.sort(byName);
  /** @type {Record<string, Uint8Array>} */
  let unpacked = {};
  return names.map((name, index) => ({
    path: name,
    load: () => {
      if (!unpacked[name]) {
        const group = new Set(names.slice(index, index + GROUP));
        unpacked = unzipSync(zip, { filter: (file) => group.has(file.name) });
      }
      return new Blob([/** @type {BlobPart} */ (unpacked[name])]);
    },
  }));
}

/** What systems leave in folders. @param {string} path */
const isHidden = (path) =>
  path.split('/').some((part) => /^(\.|__MACOSX$|Thumbs\.db$|desktop\.ini$)/i.test(part));

/** The folder that a file lies in. @param {Candidate} candidate */
const folderOf = ({ path }) => path.split('/').at(-2) ?? '';

/** @param {import('./open-model.js').PlacedFile[]} files */
function titleOf(files) {
  const [{ path }] = files;
  if (path.includes('/')) return path.split('/')[0];
  return files.length === 1 ? path.replace(/\.zip$/i, '') : strings.ownData.yours;
}

/** @param {string} a @param {string} b */
const byName = (a, b) => a.localeCompare(b, 'en', { numeric: true });
