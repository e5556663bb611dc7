/** @satisfies {typeof import('../en/estimate.js').default} */
const estimate = {
  otherSchedule: '它训练时用的噪声调度和上面的不同，它是按自己的调度来看这个数字的。',
  ownPicture: '问它的是你自己的图片，没有告诉它类别。',
  foreign: (name) => `它学的是 ${name}：这张图是另一类的，没有告诉它类别。`,
  section: '网络怎么看它',
  head: '训练中的网络怎么看它',
  atZero: 't = 0 时没有噪声可找，从来不会问网络。',
  sees: '它看到的',
  guess: '它对噪声的猜测',
  follows: '由此得出的图像',
  reading: (steps, t, error) => `经过 ${steps}，在 t = ${t} 时：噪声的均方误差是 ${error}。`,
  asking: '正在问网络。',
};

export default estimate;
