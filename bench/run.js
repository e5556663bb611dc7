// Opens bench.html in a browser without a window and prints what it found, as a table and as JSON:
// `node bench/run.js <address>`. CHROME names the browser, CHROME_FLAGS adds to its flags. `cargo xtask bench` does all.

import { chromium } from '@playwright/test';
import { kernelRows } from '../www/kernel-rows.js';

/** Linux hides its graphics card from a browser without a window unless it is asked for. */
const CARD = [
  ...['--use-angle=vulkan', '--enable-features=Vulkan', '--disable-vulkan-surface'],
  ...['--ignore-gpu-blocklist', '--disable-gpu-sandbox'],
];
const SOFTWARE = [
  '--enable-unsafe-swiftshader',
  '--use-webgpu-adapter=swiftshader',
  '--disable-gpu-watchdog',
];

const [address, software] = process.argv.slice(2);
const adapter = software === 'software' ? SOFTWARE : process.platform === 'linux' ? CARD : [];
const browser = await chromium.launch({
  executablePath: process.env.CHROME,
  args: [
    ...['--no-sandbox', '--disable-dev-shm-usage', '--enable-unsafe-webgpu'],
    ...adapter,
    ...(process.env.CHROME_FLAGS ?? '').split(' ').filter(Boolean),
  ],
});
const page = await browser.newPage();
await page.goto(address);
const status = page.getByRole('status');
let said = '';
for (;;) {
  const text = (await status.textContent()) ?? '';
  if (text !== said) console.error(text);
  said = text;
  if (text === 'Done' || text === 'Failed') break;
  await new Promise((resolve) => setTimeout(resolve, 500));
}
const result = JSON.parse((await page.locator('#result').textContent()) ?? '{}');
await browser.close();

const ms = (/** @type {any} */ spread) =>
  spread ? `${spread.median.toFixed(2)} (${spread.p10.toFixed(2)}-${spread.p90.toFixed(2)})` : '';
if (result.stepMilliseconds) {
  console.log(`${result.preset}, batch ${result.batchSize}, on ${result.adapter}`);
  console.table({
    'training step': { milliseconds: ms(result.stepMilliseconds) },
    'first step': { milliseconds: (result.firstStepSeconds * 1e3).toFixed(0) },
    'sampling, a model call': { milliseconds: ms(result.samplingMillisecondsPerCall) },
  });
}
if (result.memory) {
  const mib = (/** @type {number} */ bytes) => (bytes / 2 ** 20).toFixed(1);
  console.log('Memory, MiB');
  console.table(
    result.memory.map((/** @type {any} */ row) => ({
      when: row.when,
      'GPU, tensors': mib(row.inUse),
      'GPU, reserved': mib(row.reserved),
      'the module': mib(row.heapBytes),
    })),
  );
}
if (result.kernels) {
  console.log('One training step');
  console.table(kernelRows(result.kernels.step));
  console.log('One forward pass');
  console.table(kernelRows(result.kernels.pass));
}
if (result.peers) {
  const { preset, batch, adapter: device, rows } = result.peers;
  console.log(
    `Forward passes of ${preset}, batch ${batch}, on ${device}; milliseconds: median (10 % - 90 %)`,
  );
  console.table(
    rows.map((/** @type {any} */ row) => ({
      library: `${row.name} ${row.version ?? ''}`,
      'pass and read-back': row.error ?? ms(row.single),
      'pass, ten queued': ms(row.queued),
      'ours takes': row.ratio ? `${row.ratio.toFixed(2)} of it` : '',
      'largest difference': row.difference?.toExponential(1) ?? '',
    })),
  );
}
console.log(JSON.stringify(result, null, 2));
process.exit('error' in result ? 1 : 0);
