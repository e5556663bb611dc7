/** @satisfies {typeof import('../en/format.js').default} */
const format = {
  list: (parts) => parts.join('、'),
  trainingSteps: (whole) => `${whole} 个训练步`,
  labelled: (name, what) => `${name}：${what}`,
};

export default format;
