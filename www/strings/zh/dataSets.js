import { said } from './said.js';

/** @satisfies {typeof import('../en/dataSets.js').default} */
const dataSets = {
  any: '任意',
  class: (label) => `类别 ${label}`,
  digit: (name) => `数字 ${name}`,
  classes: {
    'T-shirt/top': 'T 恤',
    Trouser: '裤子',
    Pullover: '套头衫',
    Dress: '连衣裙',
    Coat: '外套',
    Sandal: '凉鞋',
    Shirt: '衬衫',
    Sneaker: '运动鞋',
    Bag: '包',
    'Ankle boot': '短靴',
  },
  missing: (chosen, message, shown) => `这里拿不到 ${chosen}：${said(message)}。继续使用 ${shown}。`,
  bring: (place) => `请在${place}放入你的图片。在那之前继续使用 MNIST。`,
  inSectionTwo: '第二节',
  below: '下面',
};

export default dataSets;
