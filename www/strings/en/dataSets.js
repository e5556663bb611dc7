// The data sets and their classes.

export default {
  any: 'any',
  class: (/** @type {number} */ label) => `class ${label}`,
  digit: (/** @type {string} */ name) => `digit ${name}`,
  classes: {
    'T-shirt/top': 'T-shirt/top',
    Trouser: 'Trouser',
    Pullover: 'Pullover',
    Dress: 'Dress',
    Coat: 'Coat',
    Sandal: 'Sandal',
    Shirt: 'Shirt',
    Sneaker: 'Sneaker',
    Bag: 'Bag',
    'Ankle boot': 'Ankle boot',
  },
  missing: (/** @type {string} */ chosen, /** @type {string} */ message, /** @type {string} */ shown) =>
    `${chosen} is not to be had here: ${message}. ${shown} stays.`,
  bring: (/** @type {string} */ place) => `Bring them ${place}. Until then MNIST stays.`,
  inSectionTwo: 'in section two',
  below: 'below',
};
