import { said } from './said.js';

/** @satisfies {typeof import('../en/format.js').default} */
const format = {
  said,
  stop: '。',
  list: (parts) => parts.join('、'),
  trainingSteps: (whole) => `${whole} 个训练步`,
  labelled: (name, what) => `${name}：${what}`,
};

export default format;
