/** @satisfies {typeof import('../en/guidance.js').default} */
const guidance = {
  group: '引导',
  stop: '停止作画',
  draw: '画出网格',
  stopLooking: '停止查找',
  look: '查找抄袭',
  start: '起点，整列相同',
  noise: (what) => `${what}的起始噪声`,
  unread: (problem) => `没法读这些图：${problem}`,
  again: '再试一次',
  reader: (percent) =>
    `每张图下面：第二个网络读出了什么，以及它认为有多大可能。✓ 是要求的数字，✗ 是别的。真实的测试图像它读对 ${percent} %。`,
  looking: '正在翻查训练图像',
  lookingOf: (searched, of) => `正在翻查训练图像：${searched} / ${of}`,
  distances: ({ grid, test, testImages, least, nearer, pictures }) =>
    `到最近的训练图像，这个网格里的图的距离中位数是 ${grid}，测试集里 ${testImages} 个真实数字的是 ${test}。后者当中最近的距离是 ${least}；${pictures} 张图里${nearer === 0 ? '没有一张' : `有 ${nearer} 张`}比这更近。百分数表示真实数字里有多少比这张图更近。距离是欧氏距离，像素值从 −1 到 1。`,
  stepOf: (step, of) => `第 ${step} 步，共 ${of} 步`,
  none: '不加引导',
  times: (scale) => `${scale} 倍的差`,
  share: (right, of, percent) => `读作所求：${right} / ${of}，${percent}`,
  picture: (what, scale, progress, read) => `${what}，引导强度 ${scale}，${progress}${read}`,
  noPicture: (what, scale) => `还没有引导强度 ${scale} 的${what}`,
  nearest: (what, distance) => `离它最近的训练图像，${what}：距离 ${distance}`,
  readAs: (digit, probability) => `，读作 ${digit}，可能性 ${probability}`,
  running: '各行同时画，每次几步。',
  noDigits: '打开的网络不认识这十个数字：没有可以引导的方向。',
  noNetwork: '引导要作用在网络上，而现在还没有。先在第二节训练一个。',
  untrained: '网络还什么都没学会：没有什么可夸大的。',
  reading: (rescaling) => `网格每一行里，带数字名字 c 的猜测，和不带名字 ∅ 的猜测。${rescaling}`,
  rescaled: (percent) => `增加的对比度收回 ${percent} %。`,
  unscaled: '增加的对比度全部保留。',
};

export default guidance;
