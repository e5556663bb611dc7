/** @satisfies {typeof import('../en/timeMachine.js').default} */
const timeMachine = {
  empty: '还没有。这轮训练每画一次，这里就多一行。',
  step: '训练步',
  kept: (count) => `保存的画：${count}。拉到最右端，它就跟着最新的走。`,
  reading:
    '图像 p 离它所在行的终点 e 平均每像素有多远，黑为 −1，白为 1。它往下降的地方，就是画面拿定主意的时候。',
  soFar: '目前的画面',
  guess: '对数字的猜测',
  end: '路的尽头',
  at: (what, t) => `t = ${t} 时${what}`,
  words: (what, step, where) => `${what}，由第 ${step} 步的网络画出：${where}。`,
  noise: '噪声',
  denoising: '→ 去噪 →',
  theEnd: '终点',
  sheet: (what, moments, stages) =>
    `${what}：训练的 ${moments} 个时刻，每个一行，以及从噪声走来的 ${stages} 个阶段`,
  toStep: (step) => `↓ 训练，到第 ${step} 步`,
};

export default timeMachine;
