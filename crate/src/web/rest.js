// Loads the module's second part: see rest.rs. It takes everything from the exports of the first, and puts its functions
// into the first's table.

const address = () => new URL('diffusion_playground_rest.wasm', import.meta.url);

/** A module that was not split, as in the crate's tests, has no table to offer. */
const isWhole = (first) => !('table0' in first);

/** Holds the thread up until it is there: only a worker may. */
export function loadNow(first) {
  if (isWhole(first)) return;
  const request = new XMLHttpRequest();
  request.open('GET', address(), false);
  request.responseType = 'arraybuffer';
  request.send();
  if (request.status !== 200) throw new Error(`a part of the program could not be loaded (${request.status})`);
  new WebAssembly.Instance(new WebAssembly.Module(request.response), { first });
}

export async function load(first) {
  if (isWhole(first)) return;
  const response = await fetch(address());
  if (!response.ok) throw new Error(`a part of the program could not be loaded (${response.status})`);
  await WebAssembly.instantiate(await response.arrayBuffer(), { first });
}
