// Keeping the page for reading offline.

export default {
  states: {
    off: 'Some megabytes, and the digits. Without a network the page then opens from here.',
    saving: 'Saving …',
    on: 'Saved: this page works offline. Clear the box to remove it.',
    failed: 'It could not be saved. Is there room on this device?',
  },
  keep: 'Keep this page for reading offline',
};
