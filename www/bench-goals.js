// What a visitor waits for: the first digits after opening the page, and digits of a network that began from nothing.

/** Pictures that are read at a time. */
const COUNT = 100;
/** Training steps between two readings. */
const EVERY = 100;
/** As on the page: few steps, and guidance enough for plain digits. */
const DRAWING = { sampler: 'ddim', steps: 20, guidanceScale: 2, count: COUNT, useClippedModelOutput: true };

/**
 * Opens the page in a frame, and stays with the English one. Whoever wants a first visit clears the cache.
 * @returns {Promise<number>} seconds from opening it until its first digits are finished
 */
export async function secondsToFirstDigits() {
  const frame = document.createElement('iframe');
  frame.src = 'index.html?lang=en';
  frame.style.cssText = 'position: fixed; inset: 0; width: 100%; height: 100%';
  const start = performance.now();
  document.body.append(frame);
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    const opening = frame.contentDocument?.querySelector('diffusion-opening');
    // What is out of sight does not begin.
    opening?.scrollIntoView();
    const failed = opening?.shadowRoot?.querySelector('[role="alert"]');
    if (failed) throw new Error(failed.textContent?.trim());
    const mark = frame.contentWindow?.performance.getEntriesByName('first digits')[0];
    if (!mark) continue;
    const opened = /** @type {Window} */ (frame.contentWindow).performance.timeOrigin;
    frame.remove();
    return (opened + mark.startTime - performance.timeOrigin - start) / 1e3;
  }
}

/**
 * Trains until a classifier reads so many of the samples as asked.
 * @param {{ post(request: any): void }} worker with a run that has just begun
 * @param {(...types: string[]) => Promise<any>} next
 * @param {number} goal a share
 * @param {(text: string) => void} say
 */
export async function trainUntilRead(worker, next, goal, say) {
  const manifest = await (await fetch('models/manifest.json')).json();
  const classifier = await fetch(`models/${manifest.classifier.file}`);
  worker.post({ type: 'classifier', bytes: new Uint8Array(await classifier.arrayBuffer()) });
  await next('classifier');
  const labels = Uint8Array.from({ length: COUNT }, (_, index) => index % 10);
  const readings = [];
  const start = performance.now();
  let step = 0;
  for (;;) {
    worker.post({ type: 'train' });
    for (const until = step + EVERY; step < until; ) step = (await next('train')).reports.at(-1).step;
    worker.post({ type: 'pause' });
    ({ step } = await next('paused'));
    const training = (performance.now() - start) / 1e3;
    worker.post({ type: 'rows', at: 'draw', configs: [{ ...DRAWING, seed: step }], labels });
    let last = await next('rowStep');
    while (last.step < last.steps) last = await next('rowStep');
    const { width, height, pixels } = last.x0Hat;
    worker.post({ type: 'judge', row: 0, pictures: { width, height, labels, pixels } });
    const { classes } = await next('verdicts');
    const share = labels.filter((label, index) => classes[index] === label).length / COUNT;
    readings.push({ step, seconds: training, share });
    say(`After ${step} steps and ${training.toFixed(1)} s, ${Math.round(100 * share)} % are read as asked`);
    if (share >= goal) return readings;
  }
}
