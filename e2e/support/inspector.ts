import { once } from "node:events";
import { WebSocket } from "ws";
import type { OwnInstance } from "./own-instance";

/** For startInstance: the debugger's protocol on a free port. It costs nothing until it is spoken to. */
export const inspected = { NODE_OPTIONS: "--inspect=127.0.0.1:0" };

/** What a process holds, after its garbage was collected. */
export interface Inspector {
  heapBytes(): Promise<number>;
  /** The live objects of a class, by an expression that makes one: `setTimeout(() => {})`. */
  count(example: string): Promise<number>;
  close(): void;
}

/** Speaks the Chrome DevTools Protocol with an instance that was started with `inspected`. */
export async function inspect({ output }: OwnInstance): Promise<Inspector> {
  const [address = ""] = /ws:\/\/\S+/.exec(output()) ?? [];
  const socket = new WebSocket(address);
  const waiting = new Map<number, (answer: { result: Answer; error?: object }) => void>();
  let last = 0;
  socket.on("message", (data) => {
    const answer = JSON.parse(String(data));
    waiting.get(answer.id)?.(answer);
    waiting.delete(answer.id);
  });
  await once(socket, "open");

  async function ask(method: string, params: object = {}): Promise<Answer> {
    const id = ++last;
    const answered = new Promise<{ result: Answer; error?: object }>((resolve) =>
      waiting.set(id, resolve),
    );
    socket.send(JSON.stringify({ id, method, params }));
    const { result, error } = await answered;
    if (error) throw new Error(`${method}: ${JSON.stringify(error)}`);
    return result;
  }

  await ask("HeapProfiler.enable");
  return {
    async heapBytes() {
      await ask("HeapProfiler.collectGarbage");
      return (await ask("Runtime.getHeapUsage")).usedSize ?? Number.NaN;
    },
    async count(example) {
      const objectGroup = "count";
      const prototype = await ask("Runtime.evaluate", {
        expression: `Object.getPrototypeOf(${example})`,
        objectGroup,
      });
      const { objects } = await ask("Runtime.queryObjects", {
        prototypeObjectId: prototype.result?.objectId,
        objectGroup,
      });
      const length = await ask("Runtime.callFunctionOn", {
        functionDeclaration: "function () { return this.length; }",
        objectId: objects?.objectId,
        returnByValue: true,
      });
      await ask("Runtime.releaseObjectGroup", { objectGroup });
      return length.result?.value ?? Number.NaN;
    },
    close: () => socket.close(),
  };
}

interface Answer {
  usedSize?: number;
  result?: { objectId?: string; value?: number };
  objects?: { objectId: string };
}
