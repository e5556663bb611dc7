/** @satisfies {typeof import('../en/control.js').default} */
const control = {
  new: '换一个',
  play: (label) => `播放：${label}`,
  pause: '暂停',
  complaint: (complaint) => `这里${complaint}。`,
  untilThen: (complaint, value) => `这里${complaint}。在那之前仍用 ${value}。`,
};

export default control;
