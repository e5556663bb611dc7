/** @satisfies {typeof import('../en/opening.js').default} */
const opening = {
  noise: '纯噪声',
  done: '完成',
  step: (position, of) => `第 ${position} 步，共 ${of} 步`,
  forming: '从噪声中成形的数字',
  noneYet: (name) => `还没有${name}`,
  group: '画数字',
  others: '另画一些',
  train: '自己训练一个',
  slider: '从噪声到数字',
  back: '一步步往回看。',
  problem: (problem) => `训练好的网络没有送达：${problem}没有它，其他一切照常：自己训练一个吧。`,
  again: '再试一次',
  received: (received) => `${received} MB`,
  receivedOf: (received, total) => `${received} / ${total} MB`,
  recording: '录像',
  recorded: '这期间放的是 MNIST DiT 的录像。',
  fetching: '正在取一个训练好的网络。',
  nothing: '这里还没有能作画的网络。',
  noDigits: '打开的网络不认识这十个数字。',
  drawing: '正在画。',
  untrained: '网络还什么都没学会：画出来的会是噪声。',
  drawn: (seconds, looks, by) => `用时 ${seconds}，看了 ${looks} 次噪声，作画者是${by}。`,
};

export default opening;
