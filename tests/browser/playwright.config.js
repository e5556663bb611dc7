import { defineConfig } from '@playwright/test';

/** WebGPU without a graphics card: Chromium's own software adapter. */
const SWIFTSHADER = [
  '--enable-unsafe-webgpu',
  '--enable-unsafe-swiftshader',
  '--use-webgpu-adapter=swiftshader',
];

/** @param {string[]} flags */
const launch = (flags) => ({
  launchOptions: {
    executablePath: process.env.CHROME ?? '/usr/bin/chromium',
    // A busy machine takes longer over a kernel in software than the watchdog waits before it ends the GPU's process.
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu-watchdog', ...flags],
  },
});

export default defineConfig({
  // The page is served by whoever starts the tests: `cargo xtask test page` does, or `cargo xtask serve` beside them.
  use: { baseURL: process.env.PAGE ?? 'http://127.0.0.1:8080/', viewport: { width: 1280, height: 900 } },
  projects: [
    { name: 'webgpu', use: launch(SWIFTSHADER) },
    { name: 'cpu', use: launch(['--disable-features=WebGPU']) },
  ],
  // Software rendering and training share the machine's processors: one at a time.
  workers: 1,
  timeout: 180_000,
  expect: { timeout: 60_000 },
  reporter: 'list',
});
