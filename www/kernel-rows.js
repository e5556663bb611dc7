// A profile's kernels as a table.

/** @typedef {import('../pkg/diffusion_playground.js').KernelTime} KernelTime */

/**
 * A row for each kernel, by the headings of its columns, and one for all.
 * @param {KernelTime[]} kernels
 */
export function kernelRows(kernels) {
  const sum = (/** @type {'count' | 'seconds' | 'flops'} */ of) =>
    kernels.reduce((sum, kernel) => sum + kernel[of], 0);
  const total = sum('seconds');
  // How many bytes Burn's own kernels move is not known.
  const all = { name: 'In all', count: sum('count'), seconds: total, flops: sum('flops'), bytes: 0 };
  return [...kernels, all].map(({ name, count, seconds, flops, bytes }) => {
    const rate = (/** @type {number} */ work) => (work && seconds ? (work / seconds / 1e9).toFixed(2) : '');
    return {
      Kernel: name,
      Launches: `${count}`,
      ms: (seconds * 1e3).toFixed(3),
      Share: total ? `${((100 * seconds) / total).toFixed(1)} %` : '',
      'GFLOP/s': rate(flops),
      'GB/s': rate(bytes),
    };
  });
}
