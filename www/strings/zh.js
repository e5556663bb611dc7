// All that the page says in Chinese, by the names of `en.js`; the article's own text is in zh/article.txt.

import address from './zh/address.js';
import complaints from './zh/complaints.js';
import control from './zh/control.js';
import embed from './zh/embed.js';
import posters from './zh/posters.js';
import properties from './zh/properties.js';

/** @satisfies {import('../language.js').Strings} */
const strings = {
  address,
  complaints,
  control,
  embed,
  posters,
  properties,
};

export default strings;
