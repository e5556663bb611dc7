// What the network makes of the digit in the forward section.

export default {
  otherSchedule:
    'It was trained with another noise schedule than the one above, and sees the digit with its own.',
  ownPicture: 'It is asked about a picture of your own, without being told a class.',
  foreign: (/** @type {string} */ name) =>
    `It learned from ${name}: this picture is of another kind, and it is told no class.`,
  section: 'What the network makes of it',
  head: 'What the network in training makes of it',
  atZero: 'At t = 0 there is no noise to find, and the network is never asked.',
  sees: 'what it sees',
  guess: 'its guess at the noise',
  follows: 'the picture that follows',
  reading: (/** @type {string} */ steps, /** @type {number} */ t, /** @type {string} */ error) =>
    `After ${steps}, at t = ${t}: the mean squared error of the noise is ${error}.`,
  asking: 'The network is being asked.',
};
