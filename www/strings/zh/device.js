import { said } from './said.js';

/** @satisfies {typeof import('../en/device.js').default} */
const device = {
  looking: '正在寻找显卡……',
  because: (reason) => `因为${said(reason)}`,
  cpu: '在 CPU 上运行。',
  cpuBecause: '在 CPU 上运行，{why}。',
  gpu: '在 WebGPU 上运行：{adapter}。',
  gpuBecause: '在 WebGPU 上运行：{adapter}。会比较慢，{why}。',
};

export default device;
