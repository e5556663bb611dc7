// The embedded element, around its view.

export default {
  start: 'Start',
  loading: 'Loading …',
  again: 'Try again',
  problem: 'The program did not arrive. Is this device online?',
  note: 'Loads some megabytes, then your own machine computes.',
  noNetwork: 'This works with a network, and there is none on this page yet.',
  train: 'Train one here',
};
