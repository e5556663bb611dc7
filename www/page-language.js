// The article is a page in each language: `index.html` in English, `zh.html` in Chinese. The elements speak that of their
// page. Who follows the link to the other keeps the settings, and is not asked again.

import { speak } from './language.js';
import { languageOf } from './languages.js';

const link = /** @type {HTMLAnchorElement | null} */ (document.querySelector('.language a'));

link?.addEventListener('click', () => {
  const query = new URLSearchParams(location.search);
  query.delete('lang');
  link.search = `${query}`;
  link.hash = location.hash;
  try {
    localStorage.setItem('language', link.hreflang);
  } catch {
    // Then the next visit begins with the browser's language.
  }
});

await speak(languageOf(document.documentElement.lang) ?? 'en');
