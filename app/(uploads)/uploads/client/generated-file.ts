const BLOCK_BYTES = 8_000_000;

/**
 * A file of any size that takes no room: one block of noise, again and again. The browser keeps
 * references to the block. The noise is the same each time, so that an upload that was interrupted
 * goes on after a reload.
 */
export function generateFile(bytes: number, name: string): File {
  const block = new Blob([noise(Math.min(bytes, BLOCK_BYTES))]);
  const blocks: Blob[] = Array(Math.floor(bytes / block.size)).fill(block);
  const rest = block.slice(0, bytes % block.size);
  return new File([...blocks, rest], name, { type: "application/octet-stream", lastModified: 0 });
}

/** xorshift32: fast, and noise enough not to be compressed. */
function noise(bytes: number): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array(Math.ceil(bytes / 4));
  let state = 0x9e3779b9;
  for (let i = 0; i < words.length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[i] = state;
  }
  return new Uint8Array(words.buffer, 0, bytes);
}
