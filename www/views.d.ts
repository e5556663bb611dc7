/** What views.js brings: its elements register themselves, and concern no one's types. */

export { client } from './client.js';
export { speak } from './language.js';
export { Settings, settings } from './settings.js';
