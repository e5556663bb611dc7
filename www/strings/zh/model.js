/** @satisfies {typeof import('../en/model.js').default} */
const model = {
  noClasses: '打开的网络不认识类别：它想画什么就画什么。',
  opened: (name) => `打开的网络 ${name}`,
  after: (steps) => `训练了 ${steps} 步的网络`,
  readyOpened: (name) => `准备好了：由打开的网络 ${name} 来画。`,
  ready: (steps) => `准备好了：网络已经学了 ${steps} 步。`,
  done: '完成',
  stopped: '已停止',
  callsBy: (how, calls, time, by) => `${how}：${time} 内调用网络 ${calls} 次，作画者是${by}。`,
  callsInAll: (how, calls, by) => `${how}：共调用网络 ${calls} 次，作画者是${by}。`,
  untrained: '网络还什么都没学会：画出来的会是噪声。',
};

export default model;
