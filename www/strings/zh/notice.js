import { said } from './said.js';

/** @satisfies {typeof import('../en/notice.js').default} */
const notice = {
  splits: { test: '测试图像', train: '训练图像' },
  deviceLost: (message) => `显卡设备丢失了：${said(message)}`,
  stopped: (message) => `程序停止了：${said(message)}`,
  gone: (lost) => `${lost}它学到的东西已经没有了；你的设置还在。`,
  restart: '重新启动',
  missing: (name, problem) => `${name}没有送达：${problem}`,
  again: '再试一次',
  downloading: (name, loaded) => `正在下载${name}：${loaded} MB`,
  downloadingOf: (name, loaded, total) => `正在下载${name}：${loaded} / ${total} MB`,
  dismiss: '知道了',
};

export default notice;
