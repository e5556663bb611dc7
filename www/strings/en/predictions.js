// What a network may predict.

export default {
  names: {
    epsilon: 'the noise ε',
    sample: 'the picture x₀',
    v: 'v, a mix of both',
    flow: 'the flow’s velocity u',
  },
  definitions: {
    epsilon: '',
    sample: '',
    v: 'Here v = √ᾱ ε − √(1−ᾱ) x₀, a mix in which the noise counts most where there is little of it.',
    flow: 'Here u = ε − x₀, the way from the picture straight to the noise: x at time s is (1−s) x₀ + s ε, with s = t/1000.',
  },
};
