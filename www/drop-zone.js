// Files that are dropped on one element, and not just anywhere on the page.

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
