// What computes, and why that.

export default {
  looking: 'Looking for a graphics card …',
  because: (/** @type {string} */ reason) => `because ${reason}`,
  cpu: 'Running on the CPU.',
  cpuBecause: 'Running on the CPU, {why}.',
  gpu: 'Running on WebGPU: {adapter}.',
  gpuBecause: 'Running on WebGPU: {adapter}. It will be slow, {why}.',
};
