/** @satisfies {typeof import('../en/posters.js').default} */
const posters = {
  opening: {
    title: '数字从噪声中成形',
    promise: '一个训练好的网络在你自己的机器上画出十个数字。你可以一步步往回看。',
  },
  forward: { title: '数字沉入噪声', promise: '拖动时间步，找到你再也认不出它的地方。' },
  train: { title: '网络学着看见噪声', promise: '它在你的浏览器里从零开始，样本从雪花点变成数字。' },
  estimate: {
    title: '网络怎么看它',
    promise: '网络看到旁边那个视图里带噪声的数字，说出其中的噪声是哪一份。',
  },
  'slow-motion': {
    title: '慢动作的一个训练步',
    promise: '一张图、它的噪声、网络的回答、回答的误差，然后同一个问题再问一次。',
  },
  'time-machine': {
    title: '训练的时光机',
    promise: '训练的每个时刻都从同样的噪声出发：一个方向看它学习，另一个方向看它作画。',
  },
  sample: { title: '没有人写过的数字', promise: '从纯噪声出发，一步一步走来，也能一步一步退回去。' },
  compare: { title: '采样器并排', promise: '一个噪声，一个网络，每条下山的路占一行。' },
  steer: { title: '参与决定画什么', promise: '在两个噪声之间，从你的一张图片出发，绕着数字里的一个洞。' },
  guidance: { title: '把引导调大', promise: '每一个数字，它的名字越来越被当真。' },
  bound: { title: '一个网络值多少比特', promise: '用它来存一个数字，能存得多好？每个测过的时间步一个点。' },
  network: { title: '网络的内部', promise: '每一个模块，连同它的形状和权重，以及它怎样看一个数字。' },
  race: { title: '两个网络，一场比赛', promise: '它们按同样的顺序学同样的图。谁画得更好，谁先画好？' },
  points: {
    title: '噪声找到自己的形状',
    promise: '网络学习平面上的点，也可以是你画的点，再把噪声移回它们那里。',
  },
  latent: { title: '更小空间里的扩散', promise: '自编码器学着把数字压缩，网络再学着画出压缩后的东西。' },
};

export default posters;
