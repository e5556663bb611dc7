// The article's elements. Each brings what it needs, and the first of them starts the module.

import './elements/compare.js';
import './elements/device.js';
import './elements/estimate.js';
import './elements/forward.js';
import './elements/guidance.js';
import './elements/journey.js';
import './elements/network.js';
import './elements/notice.js';
import './elements/objective.js';
import './elements/open.js';
import './elements/points.js';
import './elements/sample.js';
import './elements/save.js';
import './elements/slow-motion.js';
import './elements/time-machine.js';
import './elements/train.js';
