// What the page may take of its reader's patience, measured in the browser: the first paint, how long the page's own thread
// is busy at a time, and how far anything moves. A busy machine makes everything longer: the thread's time is that which the
// processor gave it, and of the paints the best counts.

import { drawn, expect, open, test, trained } from './playground.js';

/** Milliseconds. */
const FIRST_PAINT = 1000;
const BLOCKED = 100;
const VISITS = 3;
/** The sum of all layout shifts that no reader asked for. */
const SHIFTED = 0.01;

/** What moved, how far, and meanwhile. @param {import('@playwright/test').Page} page */
const watchShifts = (page) =>
  page.addInitScript(() => {
    const shifts = /** @type {any[]} */ ([]);
    Object.assign(globalThis, { shifts });
    new PerformanceObserver((list) => {
      for (const { hadRecentInput, value, sources } of /** @type {any[]} */ (list.getEntries())) {
        if (hadRecentInput) continue;
        const names = sources.map((/** @type {any} */ { node, previousRect, currentRect }) =>
          [
            node?.getRootNode?.().host?.localName,
            node?.localName,
            node?.className,
            previousRect.y,
            currentRect.y,
          ].join(' '),
        );
        shifts.push({ value, names });
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });

/**
 * Records every task of the pages' own threads, and gives a function that ends that and gives their processor times in ms.
 * @param {import('@playwright/test').Page} page
 */
async function watchTasks(page) {
  const session = await page.context().newCDPSession(page);
  /** @type {any[]} */
  const events = [];
  session.on('Tracing.dataCollected', ({ value }) => events.push(...value));
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['toplevel', '__metadata'] },
  });
  return async () => {
    const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
    await session.send('Tracing.end');
    await complete;
    const threads = events.filter(
      ({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain',
    );
    const isPage = (/** @type {any} */ { pid, tid }) =>
      threads.some((thread) => thread.pid === pid && thread.tid === tid);
    const mine = events.filter((event) => event.tdur && isPage(event));
    // What the test itself asks of the page is no part of a visit.
    const asked = mine.filter(
      ({ args }) => args.chrome_mojo_event_info?.mojo_interface_tag === 'blink.mojom.DevToolsSession',
    );
    expect(asked.length).toBeGreaterThan(0);
    const isAsked = (/** @type {any} */ { ts, dur }) =>
      asked.some((inner) => inner.ts >= ts && inner.ts + inner.dur <= ts + dur);
    return mine.filter((event) => !isAsked(event)).map(({ tdur }) => tdur / 1000);
  };
}

test('the page’s own thread is never busy for long, and nothing moves by itself', async ({ page }) => {
  await watchShifts(page);
  const tasks = await watchTasks(page);
  await open(page, '#preset=tiny&batchSize=4&gridEvery=5&steps=3&count=4');
  await drawn(page.locator('diffusion-forward diffusion-picture.mix'));
  await page.evaluate(async () => {
    for (let y = 0; y < document.body.scrollHeight; y += innerHeight / 2) {
      scrollTo(0, y);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  });
  await page.getByRole('button', { name: 'Start training' }).click();
  await trained(page, 6);
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  const sample = page.locator('diffusion-sample');
  await sample.getByRole('button', { name: 'Sample', exact: true }).click();
  await sample.getByText(/^Done: /).waitFor();

  const times = await tasks();
  expect(times.length).toBeGreaterThan(100);
  expect(Math.max(...times)).toBeLessThan(BLOCKED);
  const shifts = await page.evaluate(() => /** @type {any} */ (globalThis).shifts);
  const sum = shifts.reduce((/** @type {number} */ sum, /** @type {any} */ { value }) => sum + value, 0);
  expect(sum, JSON.stringify(shifts, undefined, 1)).toBeLessThan(SHIFTED);
});

test('the first paint comes within a second', async ({ context }, { project }) => {
  test.skip(project.name === 'webgpu', 'the same on every device');
  const paints = [];
  for (let visit = 0; visit < VISITS; visit++) {
    const page = await context.newPage();
    await open(page);
    paints.push(
      await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0].startTime),
    );
    await page.close();
  }
  expect(Math.min(...paints), `${paints}`).toBeLessThan(FIRST_PAINT);
});
