// What is to be said of the chosen data set, in the place of its explanation.

import { dataSets, titleOf } from '../data-sets.js';
import { strings } from '../language.js';
import { settings } from '../settings.js';

/**
 * @param {string} place where pictures of one's own can be brought
 * @returns {string} nothing where all is as it was chosen
 */
export function dataSetNote(place) {
  const { problem, chosen, shown, own } = dataSets;
  if (problem?.name === chosen && chosen !== shown) {
    return strings.dataSets.missing(titleOf(chosen), problem.message, titleOf(shown));
  }
  if (settings.get('dataSet') === 'own' && !own) return strings.dataSets.bring(place);
  return '';
}
