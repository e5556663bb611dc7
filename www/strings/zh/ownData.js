/** @satisfies {typeof import('../en/ownData.js').default} */
const ownData = {
  drop: '把一个图片文件夹或 zip 拖到这里，或者',
  folder: '选择文件夹',
  files: '选择文件或 zip',
  help: '文件夹里每个类别一个子文件夹，最多十个；没有子文件夹时，所有图片算一个类别。每张图的正中会变成 28 × 28 个灰度像素。什么也不上传：你的图片只留在这个标签页里。',
  problem: (problem) => `这些图片用不了：${problem}。原来的东西都还在。`,
  dismiss: '知道了',
  reading: (done, total) => `正在读第 ${done} 张图片，共 ${total} 张`,
  cancel: '取消',
  summary: '{title}：{pictures} 张图片。每十张留一张用来测试。',
  summaryClasses: '{title}：{pictures} 张图片，{classes} 个类别：{counts}。每十张留一张用来测试。',
  skipped: (names) => `跳过了，因为不能当作图片读取：${names}。`,
  skippedMore: (names, more) => `跳过了，因为不能当作图片读取：${names}，还有 ${more} 个。`,
  tooManyFolders: (count, most) =>
    `有 ${count} 个含文件的文件夹，每个算一个类别：这里的网络最多认识 ${most} 个`,
  noPictures: (count) => `${count} 个文件里没有一个是浏览器能读的图片，例如 PNG 和 JPEG`,
  tooFew: '一个类别至少要两张图片：一张用来学，一张用来测试',
  tooMany: (most) => `超过 ${most} 个文件就太多了`,
  damaged: (path) => `${path} 解不开：它损坏了，或者不是 zip`,
  yours: '你的图片',
};

export default ownData;
