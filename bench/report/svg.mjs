export function text(x, y, content, attributes = '') {
  return `<text x="${round(x)}" y="${round(y)}"${attributes && ` ${attributes}`}>${escapeText(content)}</text>`;
}

export function line(x1, y1, x2, y2, attributes) {
  return `<path d="M${round(x1)} ${round(y1)} L${round(x2)} ${round(y2)}" ${attributes}/>`;
}

function round(value) {
  return Number(value.toFixed(1));
}

function escapeText(content) {
  return `${content}`.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
