// What the page says, in both languages, and GraphiQL's own words in Chinese: it has no
// translations of its own, so the few dozen it shows are replaced where they stand.
export const LANG = new URLSearchParams(location.search).get('lang') === 'en' ? 'en' : 'zh';

const OURS = {
  title: ['GraphiQL · 接口探索', 'GraphiQL · explore the API'],
  token: ['令牌', 'Token'],
  enter: ['进入', 'Enter'],
  wrong: ['这不是有效的令牌，或已过期', 'That is no token, or it has run out'],
  how: ['没有令牌？在服务器上运行：./quanke token --role integrator', 'No token? On the server: ./quanke token --role integrator'],
  leave: ['退出', 'Leave'],
  other: ['English', '中文'],
};
export const say = (key) => OURS[key][LANG === 'en' ? 1 : 0];

const CHINESE = {
  'Show Documentation Explorer': '查看文档',
  'Hide Documentation Explorer': '收起文档',
  'Documentation Explorer': '文档',
  'Show History': '查看历史',
  'Hide History': '收起历史',
  History: '历史',
  'Re-fetch GraphQL schema': '重新读取模式',
  'Open short keys dialog': '快捷键',
  'Open settings dialog': '设置',
  'New tab': '新标签',
  'Close Tab': '关闭标签',
  'Select active operation': '选择当前操作',
  Variables: '变量',
  Headers: '请求头',
  'Show editor tools': '展开变量和请求头',
  'Hide editor tools': '收起变量和请求头',
  'Execute query (Ctrl-Enter)': '执行（Ctrl-Enter）',
  'Execute query (Cmd-Enter)': '执行（⌘-Enter）',
  'Stop query (Ctrl-Enter)': '停止（Ctrl-Enter）',
  'Stop query (Cmd-Enter)': '停止（⌘-Enter）',
  'Prettify query (Shift-Ctrl-P)': '整理格式（Shift-Ctrl-P）',
  'Merge fragments into query (Shift-Ctrl-M)': '合并片段（Shift-Ctrl-M）',
  'Copy query (Shift-Ctrl-C)': '复制（Shift-Ctrl-C）',
  'Query Editor': '查询编辑器',
  'Operation Editor': '操作编辑器',
  'Result Window': '结果',
  'Editor Commands': '编辑命令',
  Docs: '文档',
  'A GraphQL schema provides a root type for each kind of operation.': '模式为每一种操作给出一个根类型。',
  'Root Types': '根类型',
  'All Schema Types': '所有类型',
  Fields: '字段',
  Arguments: '参数',
  Type: '类型',
  'Enum Values': '枚举值',
  'Possible Types': '可能的类型',
  Implements: '实现',
  'Deprecated Fields': '已弃用的字段',
  'Show Deprecated Fields': '显示已弃用的字段',
  Settings: '设置',
  'Short Keys': '快捷键',
  Theme: '主题',
  'Adjust how the interface appears.': '调整界面外观。',
  System: '跟随系统',
  Light: '浅色',
  Dark: '深色',
  'Clear storage': '清除存储',
  'Remove all locally stored data and start fresh.': '删除本机保存的内容，重新开始。',
  'Clear data': '清除',
  Close: '关闭',
};
const ATTRIBUTES = ['aria-label', 'title', 'placeholder', 'alt'];

function translate(root) {
  const elements = root instanceof Element ? [root, ...root.querySelectorAll('*')] : [];
  for (const element of elements) {
    if (element.closest('.monaco-editor')) continue;
    for (const name of ATTRIBUTES) {
      const said = CHINESE[element.getAttribute(name)];
      if (said) element.setAttribute(name, said);
    }
    for (const node of element.childNodes) {
      const said = node.nodeType === Node.TEXT_NODE && CHINESE[node.data.trim()];
      if (said) node.data = said;
    }
  }
}

/** Say GraphiQL's words in Chinese, now and whenever it shows new ones. */
export function inChinese(root) {
  const changed = (records) => {
    for (const { target } of records) translate(target instanceof Element ? target : target.parentElement);
  };
  new MutationObserver(changed).observe(root, {
    subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ATTRIBUTES,
  });
  translate(root);
}
