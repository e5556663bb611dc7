/** @satisfies {typeof import('../en/forward.js').default} */
const forward = {
  withNoise: (t) => `一张真实图像，加上 t = ${t} 的噪声`,
  journeyDigit: '一个手写数字，噪声越来越多。下面由你来定要多少。',
  journeyPicture: '一张图，噪声越来越多。下面由你来定要多少。',
  choose: '选一张图',
  otherDigits: '换一批数字',
  otherPictures: '换一批图',
  noisyWhat: (what, t) => `${what}加噪声，t = ${t}`,
  noisy: '带噪的图',
  willSee: '网络会看到的',
  picture: '图像',
  clean: '没有噪声的图像',
  noise: '噪声',
  added: '加上的噪声',
  yours: '你的图片',
  end: '末端剩得太多。',
  tooMuch:
    '在 {t} 时，数字还剩 {left}，足以分辨图像是亮还是暗。而采样是从什么也不透露的噪声开始的，这样的起点，这个调度从没给网络看过：于是画出来的既不会很亮，也不会很暗。',
  fine: '在 {t} 时，数字还剩 {left}：等于什么也没有。采样正是从这样的噪声开始的。',
  byValue: '{xt} 的像素，按数值统计',
  pixelsOf: '{xt} 的像素',
  normal: '纯噪声：标准正态曲线',
  moments: (mean, deviation) => `均值 ${mean}，标准差 ${deviation}；只有噪声时是 0 和 1`,
  histogramEmpty: '像素的直方图：图像到来之前是空的。',
  histogram: (t, mean, deviation) =>
    `t = ${t} 时带噪图像像素的直方图：均值 ${mean}，标准差 ${deviation}。纯噪声的曲线均值为 0，标准差为 1。`,
  black: '黑',
  white: '白',
  curve: (here, t, end, last) =>
    `alpha-bar 随 t 的曲线：t = 0 时为 1，t = ${t} 时为 ${here}，t = ${last} 时为 ${end}。`,
  snrCurve: (here, t) => `log SNR 随 t 的曲线：t = ${t} 时为 ${here}；为 0 处数字与噪声一样重。`,
  logSnr: 'log SNR，即 ᾱ/(1−ᾱ) 的对数：为 0 处数字与噪声一样重',
  walked: (t) =>
    `现在的 ε 是 ${t} 小步的新噪声加起来的结果。它是另一份噪声，图也是另一张图，但出自同一个钟形：直方图看不出差别，所以跳一次就够了。`,
  signalLeft: 'ᾱ，剩下的信号（方差）',
  digitWeight: '√ᾱ，数字的权重',
  noiseWeight: '√(1−ᾱ)，噪声的权重',
  ownGroup: '你自己的图片',
  chooseYours: '选择你的图片',
  orDrop: '也可以拖到这里，或者粘贴。图片正中会变成 28 × 28 个灰度像素，只留在这个标签页里。',
  unreadable: (name) => `${name} 不能当作图片读取：浏览器认识 PNG、JPEG、WebP 和 GIF。一切照旧。`,
  drawOne: '画一个',
  emptyPad: '空白的画板',
  yourDrawing: '你画的图',
  useDrawing: '用这幅画',
  howToDraw:
    '用手指、笔或鼠标来画。画的内容会像 MNIST 的数字那样缩放并居中，并立刻沉入噪声。没有指点设备时，选一张测试图像：看到的是一样的。',
};

export default forward;
