/** @satisfies {typeof import('../en/predictions.js').default} */
const predictions = {
  names: { epsilon: '噪声 ε', sample: '图像 x₀', v: 'v，两者的混合', flow: '流的速度 u' },
  definitions: {
    epsilon: '',
    sample: '',
    v: '这里 v = √ᾱ ε − √(1−ᾱ) x₀，在这个混合里，噪声越少的地方，噪声越重要。',
    flow: '这里 u = ε − x₀，是从图像直通噪声的方向：时刻 s 的 x 是 (1−s) x₀ + s ε，其中 s = t/1000。',
  },
};

export default predictions;
