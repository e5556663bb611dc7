// A section of the article. It stands alone as well: then its attributes are its settings.

import { names, propertyOf } from '../properties.js';
import { PlaygroundElement } from './element.js';

export class Section extends PlaygroundElement {
  /** Its own, where they are not the page's: set before it is put there. @type {import('../settings.js').Settings | undefined} */
  ownSettings;

  connectedCallback() {
    super.connectedCallback();
    this.watch(this.settings);
    this.hold();
  }

  /**
   * Attributes named as the properties of one section are that section's settings.
   * @param {import('../properties.js').Property['section']} section
   */
  adoptAttributes(section) {
    for (const name of names) {
      const text = this.getAttribute(name);
      if (text !== null && propertyOf(name).section === section) this.settings.adopt(name, text);
    }
  }
}
