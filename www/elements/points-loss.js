// The loss of the run on points.

import { points } from '../points.js';
import { DiffusionLossChart } from './loss-chart.js';

class DiffusionPointsLoss extends DiffusionLossChart {
  get store() {
    return points;
  }
}

customElements.define('diffusion-points-loss', DiffusionPointsLoss);
