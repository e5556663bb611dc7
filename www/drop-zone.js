// Files of the reader's: dropped on one element, and not just anywhere on the page, or chosen.

/**
 * @param {HTMLElement} element
 * @param {(hovering: boolean) => void} hover whether files are held over it
 * @param {(transfer: DataTransfer) => void} take
 */
export function acceptDrops(element, hover, take) {
  const holdsFiles = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes('Files');
  element.addEventListener('dragover', (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    hover(true);
  });
  element.addEventListener('dragleave', ({ relatedTarget }) => {
    if (!(relatedTarget instanceof Node && element.contains(relatedTarget))) hover(false);
  });
  element.addEventListener('drop', (event) => {
    if (!event.dataTransfer || !holdsFiles(event)) return;
    event.preventDefault();
    hover(false);
    take(event.dataTransfer);
  });
}

/**
 * Lets the reader choose files.
 * @param {{ accept?: string, multiple?: boolean, folder?: boolean }} kind
 * @param {(files: FileList) => void} take
 */
export function chooseFiles({ accept = '', multiple = false, folder = false }, take) {
  const input = document.createElement('input');
  Object.assign(input, { type: 'file', accept, multiple, webkitdirectory: folder });
  input.addEventListener('change', () => {
    if (input.files?.length) take(input.files);
  });
  input.click();
}
