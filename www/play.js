// Lets a slider run to its end by itself: those with `data-plays` at a press of Space, and whichever a button asks for.

/** Milliseconds from one step to the next. */
const PACE = 120;
/** However many steps there are, the whole way takes about as long as so many. */
const MOST_STEPS = 40;

/** @type {{ input: HTMLInputElement, timer: ReturnType<typeof setInterval> } | undefined} */
let running;

/** @param {HTMLInputElement | null} input */
export const isPlaying = (input) => running !== undefined && running.input === input;

/** Starts or stops; from the end it begins anew. The slider gets the events `play` and `pause`. @param {HTMLInputElement} input */
export function togglePlay(input) {
  const wasPlaying = isPlaying(input);
  stop();
  if (wasPlaying || input.disabled) return;
  const [min, max, step] = [Number(input.min), Number(input.max), Number(input.step) || 1];
  const stride = step * Math.max(1, Math.round((max - min) / step / MOST_STEPS));
  let next = input.valueAsNumber >= max ? min : input.valueAsNumber + stride;
  const go = () => {
    if (!input.isConnected || input.disabled) return stop();
    input.valueAsNumber = Math.min(next, max);
    input.dispatchEvent(new Event('input', { bubbles: true, composed: true }));
    next += stride;
    if (next - stride >= max) stop();
  };
  running = { input, timer: setInterval(go, PACE) };
  input.addEventListener('input', yieldToReader);
  input.dispatchEvent(new Event('play'));
  go();
}

function stop() {
  if (!running) return;
  const { input, timer } = running;
  clearInterval(timer);
  input.removeEventListener('input', yieldToReader);
  running = undefined;
  input.dispatchEvent(new Event('pause'));
}

/** Who takes the slider has it. @param {Event} event */
function yieldToReader(event) {
  if (event.isTrusted) stop();
}

document.addEventListener('keydown', (event) => {
  const [input] = event.composedPath();
  if (event.key !== ' ' || !(input instanceof HTMLInputElement) || !('plays' in input.dataset)) return;
  event.preventDefault();
  if (!event.repeat) togglePlay(input);
});
