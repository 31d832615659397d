/** Containers inside each other (quotes, lists), and columns of indentation, that are still rendered. */
const MAX_DEPTH = 20;
const MAX_INDENT = 100;
/** Characters with a meaning in Markdown, line breaks included, that are still rendered. */
const MAX_MARKS = 2_000;

const MARK = /[*_~[\]!|<`&\\\n]/g;
const CONTAINER = /[ \t]*(?:>|[-+*](?=[ \t]|$)|\d{1,9}[.)](?=[ \t]|$))/y;

/**
 * Whether a text costs too much to be rendered as Markdown. The parser and the renderer take time with the
 * square of what may nest, and call themselves for each level: 3,000 quotes in each other overflow the stack,
 * and a few thousand asterisks hold up the page for minutes. No answer that means well comes near.
 */
export function isTooCostly(text: string): boolean {
  const marks = text.match(MARK)?.length ?? 0;
  return marks > MAX_MARKS || text.split("\n").some(isTooDeep);
}

function isTooDeep(line: string): boolean {
  const indent = /^[ \t]*/.exec(line)?.[0].length ?? 0;
  if (indent > MAX_INDENT) return true;
  let depth = 0;
  CONTAINER.lastIndex = 0;
  while (CONTAINER.test(line)) if (++depth > MAX_DEPTH) return true;
  return false;
}
