// The commands and their buttons.

import { byId, element, setText } from './dom.mjs';
import { commands } from './words.mjs';

export function drawCommands(echoPort) {
  byId('commands').replaceChildren(...commands(location, echoPort).map(([what, command]) => {
    const button = element('button', { type: 'button', ariaLabel: `Copy: ${command}` }, 'Copy');
    const code = element('code', {}, command);
    button.addEventListener('click', async () => {
      const copied = await copy(command);
      button.focus();
      if (!copied) getSelection().selectAllChildren(code);
      setText(byId('copied'), copied ? `Copied: ${command}` : 'The browser refuses to copy. The command is selected: press Ctrl+C.');
      setText(button, copied ? 'Copied' : 'Press Ctrl+C');
      setTimeout(() => setText(button, 'Copy'), copied ? 1500 : 6000);
    });
    return element('li', {}, element('span', { className: 'soft' }, what), code, button);
  }));
}

/** Whether `text` is in the clipboard now. Browsers offer it to pages from https and localhost only, and may still refuse. */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyOfOld(text);
  }
}

function copyOfOld(text) {
  const field = element('textarea', { value: text, ariaHidden: 'true', className: 'unseen' });
  document.body.append(field);
  field.select();
  const copied = document.execCommand('copy');
  field.remove();
  return copied;
}
