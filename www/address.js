// The article's settings start from its address (#t=400&schedule=cosine) and are written back there, so that an address
// can be shared. Embedded elements leave the address of their host alone.

import { client } from './client.js';
import { strings } from './language.js';
import { names } from './properties.js';
import { settings } from './settings.js';

const WRITE_DELAY_MS = 300;

/** @type {ReturnType<typeof setTimeout> | undefined} */
let pendingWrite;

function read() {
  settings.complaints = [];
  for (const [key, text] of new URLSearchParams(location.hash.slice(1))) {
    const name = names.find((known) => known === key);
    if (name) settings.take(name, text, strings.address.theAddress);
    else if (text) settings.complaints.push(strings.address.unknown(key));
  }
}

function write() {
  const hash = new URLSearchParams(settings.changes().map(([name, value]) => [name, `${value}`]));
  const address = `${location.pathname}${location.search}${hash.size ? `#${hash}` : ''}`;
  if (address !== `${location.pathname}${location.search}${location.hash}`)
    history.replaceState(null, '', address);
}

read();
addEventListener('hashchange', () => {
  read();
  settings.changed();
  // It may name a section: that stays until a setting changes.
  clearTimeout(pendingWrite);
});
settings.subscribe(() => {
  clearTimeout(pendingWrite);
  pendingWrite = setTimeout(write, WRITE_DELAY_MS);
});

// Tests, and readers whose driver misbehaves, choose with `?device=cpu` or `?device=gpu`.
client.options = { device: new URLSearchParams(location.search).get('device') ?? 'auto', prefetch: true };
