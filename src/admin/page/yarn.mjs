// Draws one lane of the loom on a canvas.

/** The colours of the kinds, from the style sheet. */
export function palette(target) {
  const style = getComputedStyle(target);
  const names = ['running', 'wanting', 'waiting', 'stalled', 'ending', 'idle'];
  return Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
}

const kDashes = { stalled: [6, 3], ending: [1.5, 3], idle: [1, 5] };

/** The thickness of a thread that uses `share` of a core. It grows fast at first, so that little work is visible too. */
export function thickness(share, scale, most) {
  return share <= 0 ? 0 : Math.max(1.5, most * Math.sqrt(Math.min(1, share / scale)));
}

/** A line through `[x, y]` points that bends halfway between them. */
function bend(context, points) {
  for (let i = 1; i < points.length; ++i) {
    const [x, y] = points[i];
    const [fromX, fromY] = points[i - 1];
    const half = (fromX + x) / 2;
    context.bezierCurveTo(half, fromY, half, y, x, y);
  }
}

function fillYarn(context, xs, widths, middle, colour) {
  const upper = xs.map((x, i) => [x, middle - widths[i] / 2]);
  const lower = xs.map((x, i) => [x, middle + widths[i] / 2]).reverse();
  context.beginPath();
  context.moveTo(...upper[0]);
  bend(context, upper);
  context.lineTo(...lower[0]);
  bend(context, lower);
  context.fillStyle = colour;
  context.fill();
}

/** The line of the thread itself: a stroke for each run of moments of one kind. */
function drawLine(context, samples, xs, middle, colours, wide) {
  for (let from = 0; from < samples.length - 1;) {
    let to = from + 1;
    while (to < samples.length - 1 && samples[to + 1].kind === samples[to].kind) ++to;
    const kind = samples[to].kind;
    context.beginPath();
    context.moveTo(xs[from], middle);
    context.lineTo(xs[to], middle);
    context.strokeStyle = colours[kind];
    context.lineWidth = kind === 'stalled' || kind === 'ending' ? wide * 2 : wide;
    context.setLineDash(kDashes[kind] ?? []);
    context.stroke();
    from = to;
  }
  context.setLineDash([]);
}

/** Draws nothing where the thread was not seen yet. */
export function drawLane(context, samples, { middle, height, width, now, seconds, scale, colours }) {
  const xs = samples.map((sample) => width * (1 - (now - sample.at) / seconds));
  drawLine(context, samples, xs, middle, colours, height < 13 ? 1 : 1.5);
  const most = Math.max(3, height * (height < 13 ? 0.95 : 0.78));
  const total = samples.map((sample) => thickness(sample.running + sample.wanting, scale, most));
  const running = samples.map((sample, i) =>
    (sample.running > 0 ? total[i] * (sample.running / (sample.running + sample.wanting)) : 0));
  if (samples.length < 2) return;
  fillYarn(context, xs, total, middle, colours.wanting);
  fillYarn(context, xs, running, middle, colours.running);
}
