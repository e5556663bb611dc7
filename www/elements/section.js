// A section of the article. It stands alone as well: then its attributes are its settings.

import { names, propertyOf } from '../properties.js';
import { settings } from '../settings.js';
import { PlaygroundElement } from './element.js';

export class Section extends PlaygroundElement {
  connectedCallback() {
    super.connectedCallback();
    this.watch(settings);
    this.hold();
  }

  /**
   * Attributes named as the properties of one section are that section's settings.
   * @param {import('../properties.js').Property['section']} section
   */
  adoptAttributes(section) {
    for (const name of names) {
      const text = this.getAttribute(name);
      if (text !== null && propertyOf(name).section === section) settings.adopt(name, text);
    }
  }
}
