/** @satisfies {typeof import('../en/objective.js').default} */
const objective = {
  group: '测量变分界',
  stop: '停止测量',
  measure: '测量',
  terms: '变分界的各项，比特每维',
  lastStep: '最后一步，到灰度值',
  stepsBefore: '之前的各步',
  theStart: '起点',
  errorOf: '{simple}，{what}的误差',
  minimised: '训练要最小化的：每个时间步同等看待。',
  settings: '测量的设置',
  whole: '整个界，估计值',
  simple: '{simple}，估计值',
  termsShort: '项数',
  of: (done, total) => `${done} / ${total}`,
  running: (images) => `正在 ${images} 张测试图像上测量。`,
  done: (how, terms, calls, time, by) => `${how}：${time} 内调用网络 ${calls} 次，测了${by}的 ${terms} 项。`,
  noNetwork: '没有网络就没有可测的。先在第二节训练一个。',
  untrained: '网络还什么都没学会：界会很大。',
  known: (terms) => `比特每维，由 ${terms} 项得出；中间的各项取图中连线上的值。`,
  soFar: (terms) => `比特每维，由目前的 ${terms} 项得出；中间的各项取图中连线上的值。`,
  unknown: '以比特每维计：如果由网络来压缩这张图，每个像素要用多少比特。',
  axis: '时间步 t',
  bitsEmpty: '变分界各项随 t 的变化：还是空的。',
  simpleEmpty: '噪声误差随 t 的变化：还是空的。',
  simpleChart: (first, from, last, to) => `L_simple 随 t 的变化：${from} 处为 ${first}，${to} 处为 ${last}。`,
  bitsChart: (l0, at, bits, lT) =>
    `变分界各项随 t 的变化，比特每维，两轴都是对数：L_0 是 ${l0}，最后一项在 ${at}，是 ${bits}，L_T 是 ${lT}。`,
};

export default objective;
