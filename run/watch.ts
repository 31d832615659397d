import { watch } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** What Next's hot reload does not reach: the modules of the process itself. */
const FOLDERS = ["server", "lib", "app"];
const SOCKET = /\/(socket\/.+|socket[^/]*|live)\.ts$/;

/**
 * Calls back, once for a burst of changes, when server.ts, server/, lib/ or a slice's sockets
 * (socket/, socket*.ts, live.ts) change. Tests and generated files do not count, nor does anything
 * that Next writes.
 */
export function watchServer(onChange: (file: string) => void): void {
  let timer: NodeJS.Timeout | undefined;
  const changed = (file: string) => {
    clearTimeout(timer);
    timer = setTimeout(() => onChange(file), 200);
  };
  // The folder, not the file: editors replace files.
  watch(root, (_, name) => {
    if (name === "server.ts") changed(name);
  });
  for (const folder of FOLDERS) {
    watch(join(root, folder), { recursive: true }, (_, name) => {
      const file = `${folder}/${String(name).replaceAll("\\", "/")}`;
      if (!/\.ts$/.test(file) || /\.test\.ts$/.test(file)) return;
      if (file.startsWith("lib/db/generated/")) return;
      if (folder !== "app" || SOCKET.test(file)) changed(file);
    });
  }
}
