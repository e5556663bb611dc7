/** @satisfies {typeof import('../en/address.js').default} */
const address = {
  theAddress: '网址',
  theAttribute: '属性',
  unknown: (key) => `网址里设置了“${key}”，本页没有这个设置。`,
  wrong: (source, name, text, complaint, used) =>
    `${source}把 ${name} 设为“${text}”，但它${complaint}；改用 ${used}。`,
};

export default address;
