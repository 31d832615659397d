/** JSON.parse source text access, which Node has since 21 and TypeScript's libraries do not declare yet. */
interface JSON {
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { source?: string }) => unknown,
  ): unknown;
  /** A value that JSON.stringify writes as this text. */
  rawJSON(text: string): object;
  isRawJSON(value: unknown): boolean;
}
