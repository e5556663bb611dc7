/** @satisfies {typeof import('../en/offline.js').default} */
const offline = {
  states: {
    off: '几兆字节，加上数字。之后没有网络时，页面就从这里打开。',
    saving: '正在保存……',
    on: '已保存：这个页面离线也能用。取消勾选就会删除。',
    failed: '没能保存。这台设备上还有空间吗？',
  },
  keep: '保存这个页面，供离线阅读',
};

export default offline;
