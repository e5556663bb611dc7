/** What views.js brings: its elements register themselves, and concern no one's types. */

export { client } from './client.js';
export { Settings, settings } from './settings.js';
