// Whether a run's pipelines are compiled side by side before its first step, and the step is the same as without that.

import { drawn, expect, figure, open, test } from './playground.js';

/** @typedef {import('@playwright/test').Page} Page */

const TINY = 'preset=tiny&batchSize=2';

/** Counts how the worker has pipelines compiled, in its global `pipelines`. */
const COUNTING = `
  globalThis.pipelines = { now: [], soon: 0, onTheirWay: 0, most: 0 };
  if (globalThis.GPUDevice) {
    const device = GPUDevice.prototype;
    const { createComputePipeline, createComputePipelineAsync } = device;
    device.createComputePipeline = function (descriptor) {
      pipelines.now.push(descriptor.label);
      return createComputePipeline.call(this, descriptor);
    };
    device.createComputePipelineAsync = async function (descriptor) {
      pipelines.soon++;
      pipelines.most = Math.max(pipelines.most, ++pipelines.onTheirWay);
      try {
        return await createComputePipelineAsync.call(this, descriptor);
      } finally {
        pipelines.onTheirWay--;
      }
    };
  }
`;

/** Every compilation on the side fails. */
const FAILING = `
  GPUDevice.prototype.createComputePipelineAsync = () => Promise.reject(new Error('out of threads'));
`;

/**
 * Takes one training step in a page whose worker runs `program` first.
 * @param {Page} page @param {string} program @param {string} [device]
 */
async function oneStep(page, program, device = '') {
  await page.route('**/worker.js', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: program + (await response.text()) });
  });
  await page.goto('about:blank');
  await open(page, `${device}#${TINY}`);
  // What is to be seen at once has some of its own.
  await drawn(page.locator('diffusion-forward diffusion-picture.mix'));
  const worker = page.workers()[0];
  await worker.evaluate('pipelines.now = []');
  await page.getByRole('button', { name: 'One step' }).click();
  await expect(page.getByText('Paused after step 1.')).toBeVisible({ timeout: 170_000 });
  await page.unroute('**/worker.js');
  /** @type {{ now: string[], soon: number, onTheirWay: number, most: number }} */
  const pipelines = await worker.evaluate('pipelines');
  return { pipelines, loss: await figure(page, 'Last loss') };
}

test('a run’s pipelines are compiled side by side, and its first step computes the same', async ({ page }, {
  project,
}) => {
  test.skip(project.name === 'cpu', 'without WebGPU there are no pipelines');
  // A software adapter compiles them, twice.
  test.slow();
  const expected = await oneStep(page, COUNTING, '?device=cpu');
  expect(expected.pipelines).toEqual({ now: [], soon: 0, onTheirWay: 0, most: 0 });

  const { pipelines, loss } = await oneStep(page, COUNTING);
  expect(pipelines.now, 'none is compiled while the step waits').toEqual([]);
  expect(pipelines.soon).toBeGreaterThan(20);
  expect(pipelines.most).toBeGreaterThan(10);
  expect(loss).toBeCloseTo(expected.loss, 3);

  const failed = await oneStep(page, FAILING + COUNTING);
  expect(failed.pipelines.now.length, 'what fails is compiled when it is needed').toBeGreaterThan(20);
  expect(failed.loss).toBeCloseTo(expected.loss, 3);
});
