// All that the page says in Chinese, by the names of `en.js`; the article's own text is in zh/article.txt.

import address from './zh/address.js';
import complaints from './zh/complaints.js';
import control from './zh/control.js';
import dataSets from './zh/dataSets.js';
import device from './zh/device.js';
import embed from './zh/embed.js';
import estimate from './zh/estimate.js';
import format from './zh/format.js';
import forward from './zh/forward.js';
import notice from './zh/notice.js';
import open from './zh/open.js';
import opening from './zh/opening.js';
import ownData from './zh/ownData.js';
import posters from './zh/posters.js';
import predictions from './zh/predictions.js';
import properties from './zh/properties.js';
import race from './zh/race.js';
import slowMotion from './zh/slowMotion.js';
import timeMachine from './zh/timeMachine.js';
import train from './zh/train.js';

/** @satisfies {import('../language.js').Strings} */
const strings = {
  address,
  complaints,
  control,
  dataSets,
  device,
  embed,
  estimate,
  format,
  forward,
  notice,
  open,
  opening,
  ownData,
  posters,
  predictions,
  properties,
  race,
  slowMotion,
  timeMachine,
  train,
};

export default strings;
