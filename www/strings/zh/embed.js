/** @satisfies {typeof import('../en/embed.js').default} */
const embed = {
  start: '开始',
  loading: '正在加载……',
  again: '再试一次',
  problem: '程序没有送达。这台设备联网了吗？',
  note: '先加载几兆字节，然后由你自己的机器来计算。',
  noNetwork: '这个视图需要一个网络，而这个页面上还没有。',
  train: '就在这里训练一个',
};

export default embed;
