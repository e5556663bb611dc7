/** @satisfies {typeof import('../en/compare.js').default} */
const compare = {
  samplers: {
    ddpm: '每一步都加新噪声。本是为一千步设计的。',
    ddim: '不加新噪声：一切由起点决定。',
    euler: '还是同一步，换成微分方程的说法。',
    heun: '往前看一眼，在那里再问一次，取平均：一步两次调用。',
    dpmSolverPp2M: '按最近两次猜测的走势把步子弯过去。',
    uniPc: '也把步子弯过去，还回头修正上一步。',
  },
  notDrawn: '还没画',
  calls: (whole) => `调用网络 ${whole} 次`,
  film: (name, count) => `${name}：从噪声到终点，对数字的 ${count} 次猜测`,
  end: (name, step, of) => `${name}：第 ${step} 步之后的画面，共 ${of} 步`,
  noPicture: (name) => `${name}：还没有画面`,
  group: '比较',
  stop: '全部停止',
  compare: '比较',
  noise: '各行共同的起始噪声',
  start: '{xT}，它们共同的起始噪声。每一行展示从第一步到最后一步对数字的猜测 {x0}，以及最后到达的画面。',
  running: '正在画，一行接一行，每次几步。',
  noNetwork: '这需要一个网络。先在第二节训练一个；几百步就能看出它们的差别。',
  untrained: '网络还什么都没学会：它们画出来的都会是噪声。',
  sigma: (formula) => `σ 是以数字为单位的噪声，即 ${formula}。`,
  with: '其中',
  eulerStep: (step, of, sigma) => `Euler 的第 ${step} 步，共 ${of} 步。${sigma}`,
  euler: (sigma) => `Euler 的一步，照公式原样。${sigma}`,
};

export default compare;
