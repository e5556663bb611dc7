/** @satisfies {typeof import('../en/sample.js').default} */
const sample = {
  etaIsForDdim: '这里只有 DDIM 可以选：DDPM 总是加满自己那一份，其余的都不加。',
  group: '采样',
  stop: '停止',
  sample: '采样',
  single: '单步采样',
  goOn: '从这里往下走',
  settings: '回程的设置',
  picture: (number, what) => `第 ${number} 张：${what}`,
  latentsSoFar: '目前的潜变量，已解码',
  soFar: '目前的画面',
  latentNoise: '四个通道里的噪声，猜测',
  noise: '噪声，网络的猜测',
  digit: '数字，网络的猜测',
  stepAt: (step, of, t) => `第 ${step} 步，共 ${of} 步，t = ${t}`,
  end: '终点',
  rests: (step, of) => `已走 ${step} 步，共 ${of} 步`,
  change: '退回任意一步，想改什么就改，再从那里继续。只有种子和图的张数在开头就定了。',
  scrub: '在各步之间来回',
  side: '并排画出的图',
  look: (number) => `看第 ${number} 张`,
  running: (step, of) => `第 ${step} 步，共 ${of} 步。`,
  noNetwork: '还没有网络。先在上面训练一个；几百步就有形状了。',
  film: (steps) => `${steps} 步的胶片条：上面是目前的画面，下面是对数字的猜测`,
};

export default sample;
