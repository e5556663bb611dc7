/** Why the module computes with this device, as it says it in English. */
const REASONS = /** @type {[RegExp, string][]} */ ([
  [/^the CPU was asked for$/, '指定了使用 CPU'],
  [/^no graphics adapter was offered$/, '没有可用的显卡'],
  [/^the graphics adapter, (.+), is a program on the CPU$/, '显卡 $1 其实是 CPU 上的程序'],
  [/^the graphics adapter is a program on the CPU$/, '显卡其实是 CPU 上的程序'],
  [/^the page was not opened over https .+$/, '页面不是通过 https 或从本机打开的，浏览器因此隐藏了 GPU'],
]);

/** @satisfies {typeof import('../en/device.js').default} */
const device = {
  looking: '正在寻找显卡……',
  because: (reason) =>
    `因为${REASONS.reduce((said, [english, chinese]) => said.replace(english, chinese), reason)}`,
  cpu: '在 CPU 上运行。',
  cpuBecause: '在 CPU 上运行，{why}。',
  gpu: '在 WebGPU 上运行：{adapter}。',
  gpuBecause: '在 WebGPU 上运行：{adapter}。会比较慢，{why}。',
};

export default device;
