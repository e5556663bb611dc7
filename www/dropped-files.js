// The files of what was dropped on the page, or chosen: those of whole folders too, with their paths.

import { strings } from './language.js';

/** @typedef {import('./open-model.js').PlacedFile} PlacedFile */

/** More is not a model's folder. */
const MODEL = { most: 500, advice: /** @type {const} */ ('adviceModel') };

/** @param {FileList} files @returns {PlacedFile[]} */
export const chosenFiles = (files) =>
  Array.from(files, (file) => ({ path: file.webkitRelativePath || file.name, file }));

/**
 * @param {DataTransfer} transfer
 * @param {{ most: number, advice: 'adviceModel' | 'adviceData' }} limit what to do where there are more files
 * @returns {Promise<PlacedFile[]>}
 */
export async function droppedFiles(transfer, limit = MODEL) {
  // The list is emptied as soon as the event is over.
  const entries = Array.from(transfer.items, (item) => item.webkitGetAsEntry() ?? item.getAsFile());
  /** @type {PlacedFile[]} */
  const found = [];
  for (const entry of entries) {
    if (entry instanceof File) found.push({ path: entry.name, file: entry });
    else if (entry) await collect(entry, '', found, limit);
  }
  return found;
}

/**
 * @param {FileSystemEntry} entry
 * @param {string} folder
 * @param {PlacedFile[]} found
 * @param {{ most: number, advice: 'adviceModel' | 'adviceData' }} limit
 */
async function collect(entry, folder, found, limit) {
  const path = `${folder}${entry.name}`;
  if (entry.isFile) {
    if (found.length === limit.most)
      throw new Error(strings.open.tooMany(limit.most, strings.open[limit.advice]));
    const { file } = /** @type {FileSystemFileEntry} */ (entry);
    found.push({ path, file: await new Promise((resolve, reject) => file.call(entry, resolve, reject)) });
  } else {
    const reader = /** @type {FileSystemDirectoryEntry} */ (entry).createReader();
    for (;;) {
      /** @type {FileSystemEntry[]} */
      const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
      if (!some.length) break;
      for (const inner of some) await collect(inner, `${path}/`, found, limit);
    }
  }
}
