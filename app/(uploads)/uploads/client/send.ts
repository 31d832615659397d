/** What came back. */
export interface Answer {
  status: number;
  text: string;
  header(name: string): string | null;
}

export interface SendOptions {
  method: "POST" | "PUT";
  url: string;
  headers?: Record<string, string>;
  body: Blob | FormData;
  signal: AbortSignal;
  onProgress(sent: number): void;
  /** All is sent; the server's turn. */
  onSent?(): void;
}

/** The browser sets it itself, to the same. */
const FORBIDDEN = new Set(["content-length", "host"]);

/**
 * Sends a body and tells how far it is. By XMLHttpRequest: fetch tells nothing of what is sent, and
 * streams a body over HTTP/2 only.
 */
export function send(options: SendOptions): Promise<Answer> {
  const { method, url, headers = {}, body, signal, onProgress, onSent } = options;
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    const done = (settle: () => void) => () => {
      signal.removeEventListener("abort", stop);
      settle();
    };
    request.open(method, url);
    for (const [name, value] of Object.entries(headers))
      if (!FORBIDDEN.has(name)) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded }) => onProgress(loaded);
    request.upload.onload = () => onSent?.();
    request.onload = done(() =>
      resolve({
        status: request.status,
        text: request.responseText,
        header: (name) => request.getResponseHeader(name),
      }),
    );
    request.onerror = done(() => reject(new Error("The connection was lost.")));
    request.onabort = done(() => reject(signal.reason));
    signal.addEventListener("abort", stop, { once: true });
    request.send(body);
  });
}
