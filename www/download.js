// A file that the page made, into the reader's downloads.

/** @param {string} name @param {Blob} content */
export function download(name, content) {
  const url = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken hold of it long before.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
