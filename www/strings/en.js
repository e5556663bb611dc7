// All that the page says in English, by section; the article's own text is in index.html. A new string needs its
// translation in `zh`, by the same name: the type checker asks for it.

import address from './en/address.js';
import builder from './en/builder.js';
import compare from './en/compare.js';
import complaints from './en/complaints.js';
import control from './en/control.js';
import dataSets from './en/dataSets.js';
import device from './en/device.js';
import embed from './en/embed.js';
import estimate from './en/estimate.js';
import format from './en/format.js';
import forward from './en/forward.js';
import guidance from './en/guidance.js';
import latent from './en/latent.js';
import model from './en/model.js';
import network from './en/network.js';
import notice from './en/notice.js';
import objective from './en/objective.js';
import offline from './en/offline.js';
import open from './en/open.js';
import opening from './en/opening.js';
import ownData from './en/ownData.js';
import points from './en/points.js';
import posters from './en/posters.js';
import predictions from './en/predictions.js';
import properties from './en/properties.js';
import race from './en/race.js';
import sample from './en/sample.js';
import slowMotion from './en/slowMotion.js';
import steer from './en/steer.js';
import timeMachine from './en/timeMachine.js';
import train from './en/train.js';

export default {
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
