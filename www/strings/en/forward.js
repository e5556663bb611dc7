// The forward process.

export default {
  withNoise: (/** @type {number} */ t) => `A real picture with the noise of t = ${t}`,
  journeyDigit: 'One handwritten digit, with more and more noise. Below, you decide how much.',
  journeyPicture: 'One picture, with more and more noise. Below, you decide how much.',
  choose: 'Choose a picture',
  otherDigits: 'Other digits',
  otherPictures: 'Other pictures',
  noisyWhat: (/** @type {string} */ what, /** @type {number} */ t) => `${what} with noise, at t = ${t}`,
  noisy: 'The noisy picture',
  willSee: 'what the network will see',
  picture: 'the picture',
  clean: 'The picture without noise',
  noise: 'the noise',
  added: 'The noise that is added',
  yours: 'Your picture',
  end: 'Too much is left at the end.',
  tooMuch:
    'At {t}, {left} of the digit is left, enough to tell a bright picture from a dark one. Sampling starts from noise that tells nothing, a start this schedule never shows to the network: what it draws comes out neither very bright nor very dark.',
  fine: 'At {t}, {left} of the digit is left: as good as nothing. Sampling starts from noise just like that.',
  byValue: 'The pixels of {xt}, by their value',
  pixelsOf: 'pixels of {xt}',
  normal: 'pure noise: the standard normal curve',
  moments: (/** @type {string} */ mean, /** @type {string} */ deviation) =>
    `mean ${mean}, standard deviation ${deviation}; noise alone has 0 and 1`,
  histogramEmpty: 'Histogram of the pixels: empty until the images are there.',
  histogram: (/** @type {number} */ t, /** @type {string} */ mean, /** @type {string} */ deviation) =>
    `Histogram of the noisy picture’s pixels at t = ${t}: mean ${mean}, standard deviation ${deviation}. The curve of pure noise has mean 0 and standard deviation 1.`,
  black: 'black',
  white: 'white',
  curve: (
    /** @type {string} */ here,
    /** @type {number} */ t,
    /** @type {string} */ end,
    /** @type {number} */ last,
  ) => `Curve of alpha-bar over t: 1 at t = 0, ${here} at t = ${t}, ${end} at t = ${last}.`,
  snrCurve: (/** @type {string} */ here, /** @type {number} */ t) =>
    `Curve of log SNR over t: ${here} at t = ${t}; 0 where digit and noise weigh the same.`,
  logSnr: 'log SNR, of ᾱ/(1−ᾱ): at 0 digit and noise weigh the same',
  walked: (/** @type {number} */ t) =>
    `ε is now what the fresh noises of ${t} small steps add up to. It is another noise, and another picture, but drawn from the same bell: the histogram tells no difference, and so the jump will do.`,
  signalLeft: 'ᾱ, signal left (variance)',
  digitWeight: '√ᾱ, weight of the digit',
  noiseWeight: '√(1−ᾱ), weight of the noise',
  ownGroup: 'A picture of your own',
  chooseYours: 'Choose your picture',
  orDrop: 'Or drop one here, or paste it. Its middle becomes 28 × 28 grey pixels, in this tab alone.',
  unreadable: (/** @type {string} */ name) =>
    `${name} cannot be read as a picture: browsers know PNG, JPEG, WebP and GIF. All stays as it was.`,
  drawOne: 'Draw one',
  emptyPad: 'An empty pad to draw on',
  yourDrawing: 'Your drawing',
  useDrawing: 'Use the drawing',
  howToDraw:
    'Draw with a finger, a pen or the mouse. What you draw is scaled and centred as MNIST’s digits are, and sinks into the noise at once. Without a pointer, choose a test image: it shows the same.',
};
