/** @param {number} value */
const plain = (value) => value.toLocaleString('zh', { maximumFractionDigits: 6 });

/** @satisfies {typeof import('../en/complaints.js').default} */
const complaints = {
  oneOf: (choices) => `必须是以下之一：${choices.join('、')}`,
  whole: (min, max) => `必须是 ${plain(min)} 到 ${plain(max)} 之间的整数`,
  number: (min, max) => `必须是 ${plain(min)} 到 ${plain(max)} 之间的数`,
};

export default complaints;
