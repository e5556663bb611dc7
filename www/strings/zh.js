// All that the page says in Chinese, by the names of `en.js`; the article's own text is in zh/article.txt.

import address from './zh/address.js';
import builder from './zh/builder.js';
import compare from './zh/compare.js';
import complaints from './zh/complaints.js';
import control from './zh/control.js';
import dataSets from './zh/dataSets.js';
import device from './zh/device.js';
import embed from './zh/embed.js';
import estimate from './zh/estimate.js';
import format from './zh/format.js';
import forward from './zh/forward.js';
import guidance from './zh/guidance.js';
import latent from './zh/latent.js';
import model from './zh/model.js';
import network from './zh/network.js';
import notice from './zh/notice.js';
import objective from './zh/objective.js';
import offline from './zh/offline.js';
import open from './zh/open.js';
import opening from './zh/opening.js';
import ownData from './zh/ownData.js';
import points from './zh/points.js';
import posters from './zh/posters.js';
import predictions from './zh/predictions.js';
import properties from './zh/properties.js';
import race from './zh/race.js';
import sample from './zh/sample.js';
import slowMotion from './zh/slowMotion.js';
import steer from './zh/steer.js';
import timeMachine from './zh/timeMachine.js';
import train from './zh/train.js';

/** @satisfies {import('../language.js').Strings} */
const strings = {
  address,
  builder,
  compare,
  complaints,
  control,
  dataSets,
  device,
  embed,
  estimate,
  format,
  forward,
  guidance,
  latent,
  model,
  network,
  notice,
  objective,
  offline,
  open,
  opening,
  ownData,
  points,
  posters,
  predictions,
  properties,
  race,
  sample,
  slowMotion,
  steer,
  timeMachine,
  train,
};

export default strings;
