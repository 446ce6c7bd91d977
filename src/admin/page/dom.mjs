// Small helpers for the document. Names that come from a client or the host are only ever set as text.

export const byId = (id) => document.getElementById(id);

/** A new element; `properties` are set on it, `children` are elements or texts. */
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key in made) made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

/** A new SVG element with attributes. */
export function svg(name, attributes = {}, ...children) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** Changes the text only if it differs, so that nothing is announced or laid out for nothing. */
export function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

export function show(target, visible) {
  if (target.hidden === visible) target.hidden = !visible;
}
