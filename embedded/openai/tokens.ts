/** Up to eight letters or digits, or up to four signs, with the blanks after them. */
const PIECE = /[\p{L}\p{N}]{1,8}\s*|[^\p{L}\p{N}\s]{1,4}\s*|\s+/gu;

/** The tokens of this answerer: word pieces, which joined are exactly the text. */
export function tokenize(text: string): string[] {
  return text.match(PIECE) ?? [];
}

/**
 * The tokens from a position of the text on. The boundaries are those of the whole text, so a text
 * that is continued after some token has the same tokens as one that was never interrupted.
 */
export function tokensFrom(text: string, offset: number): string[] {
  const rest: string[] = [];
  let start = 0;
  for (const token of tokenize(text)) {
    const end = start + token.length;
    if (end > offset) rest.push(token.slice(Math.max(0, offset - start)));
    start = end;
  }
  return rest;
}

/** Each message costs its text and four tokens for its frame. */
export function countPrompt(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + tokenize(text).length + 4, 0);
}
