// Pictures of the reader’s own as a data set.

export default {
  drop: 'Drop a folder or a zip of pictures here, or',
  folder: 'Choose a folder',
  files: 'Choose files or a zip',
  help: 'In the folder, a folder for each class, ten at most; without such folders all pictures are of one class. The middle of each becomes 28 × 28 grey pixels. Nothing is uploaded: your pictures stay in this tab.',
  problem: (/** @type {string} */ problem) =>
    `These pictures cannot be used: ${problem}. What was here before still is.`,
  dismiss: 'Dismiss',
  reading: (/** @type {string} */ done, /** @type {string} */ total) => `Reading picture ${done} of ${total}`,
  cancel: 'Cancel',
  summary: '{title}: {pictures} pictures. One in ten is kept to test with.',
  summaryClasses:
    '{title}: {pictures} pictures in {classes} classes: {counts}. One in ten is kept to test with.',
  skipped: (/** @type {string} */ names) => `Skipped, because they cannot be read as pictures: ${names}.`,
  skippedMore: (/** @type {string} */ names, /** @type {string} */ more) =>
    `Skipped, because they cannot be read as pictures: ${names} and ${more} more.`,
  tooManyFolders: (/** @type {number} */ count, /** @type {number} */ most) =>
    `there are ${count} folders with files, and each is a class: the networks here know at most ${most}`,
  noPictures: (/** @type {number} */ count) =>
    `of ${count} files none is a picture that this browser can read, as PNG and JPEG are`,
  tooFew: 'at least two pictures of a class are needed: one to learn from, and one to test with',
  tooMany: (/** @type {number} */ most) => `more than ${most} files are too many`,
  damaged: (/** @type {string} */ path) => `${path} cannot be unpacked: it is damaged, or no zip`,
  yours: 'Your pictures',
};
