// The article: its address, its views and what is around them. The first of the elements starts the module.

import './page-language.js';
import './address.js';
import './elements/device.js';
import './elements/embed-builder.js';
import './elements/export.js';
import './elements/journey.js';
import './elements/notice.js';
import './elements/offline.js';
import './elements/open.js';
import './elements/opening.js';
import './elements/phrase.js';
import './elements/save.js';
import './elements/shipped.js';
import './views.js';
