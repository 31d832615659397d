import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A site of somebody else's: one empty page, on a port of its own. */
export async function openForeignSite() {
  const server = createServer((_request, response) => {
    response.setHeader("content-type", "text/html");
    response.end("<!doctype html><title>Elsewhere</title><p>Nothing to see");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    port,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/**
 * Everything a page can try against another origin; runs in the page. Answers what it could read,
 * by how: an error or nothing is null.
 */
export async function tryEverything({ base, upload }: { base: string; upload: string }) {
  const tried: Record<string, unknown> = {};
  const attempt = async (name: string, work: () => Promise<unknown>) => {
    const late = new Promise((resolve) => setTimeout(resolve, 10_000, "no answer"));
    tried[name] = await Promise.race([work(), late]).catch(() => null);
  };
  const credentials = "include";
  const url = (path: string) => new URL(path, base).href;
  const text = async (response: Response) => (response.type === "opaque" ? null : response.text());
  const json = { "content-type": "application/json" };
  const settles = (element: HTMLElement & { src: string }, path: string) => {
    element.src = url(path);
    document.body.append(element);
    return new Promise<boolean>((resolve) => {
      element.onload = () => resolve(true);
      element.onerror = () => resolve(false);
    });
  };

  for (const path of [
    "/api/session",
    "/api/uploads",
    "/api/limits/token-bucket",
    "/api/openapi.json",
    "/",
  ])
    await attempt(`read ${path}`, () => fetch(url(path), { credentials }).then(text));
  await attempt("delete the session", () =>
    fetch(url("/api/session"), { method: "DELETE", credentials }).then(text),
  );
  await attempt("delete an upload", () =>
    fetch(url(`/api/uploads/${upload}`), { method: "DELETE", credentials }).then(text),
  );
  await attempt("post JSON", () =>
    fetch(url("/api/tasks"), {
      method: "POST",
      credentials,
      headers: json,
      body: '{"note":"x"}',
    }).then(text),
  );
  for (const path of [
    "/api/tasks",
    "/api/session",
    "/api/events",
    "/api/items/mine",
    "/api/uploads/simple",
  ])
    await attempt(`post ${path} without asking first`, () =>
      fetch(url(path), {
        method: "POST",
        mode: "no-cors",
        credentials,
        body: '{"name":"Mallory"}',
      }).then(text),
    );
  await attempt("beacon", async () => {
    navigator.sendBeacon(url("/api/session"), '{"name":"Mallory"}');
    return null;
  });
  await attempt("picture", async () => {
    const image = new Image();
    return (await settles(image, `/api/uploads/${upload}/content`)) ? image.naturalWidth : null;
  });
  await attempt("script", async () =>
    (await settles(document.createElement("script"), "/api/session")) ? "ran" : null,
  );
  await attempt("frame", async () => {
    const frame = document.createElement("iframe");
    await settles(frame, "/chat");
    return frame.contentDocument?.body.textContent ?? null;
  });
  await attempt("events", () => {
    const source = new EventSource(url("/api/events/me"), { withCredentials: true });
    return new Promise((resolve) => {
      source.onopen = () => resolve("open");
      source.onerror = () => resolve(null);
    }).finally(() => source.close());
  });
  await attempt("socket", () => {
    const socket = new WebSocket(
      url("/socket.io/?EIO=4&transport=websocket").replace("http", "ws"),
    );
    return new Promise((resolve) => {
      socket.onmessage = ({ data }) => resolve(data);
      socket.onerror = () => resolve(null);
    });
  });
  await attempt("window", async () => {
    const opened = window.open(url("/"), "opened");
    await new Promise((resolve) => setTimeout(resolve, 500));
    try {
      return opened?.document.title || null;
    } finally {
      opened?.close();
    }
  });
  return tried;
}

/** Sends a form, as a page may to any origin; the answer takes the page's place. */
export function sendForm({ action, enctype }: { action: string; enctype: string }) {
  const form = Object.assign(document.createElement("form"), { action, enctype, method: "post" });
  form.innerHTML = '<input name=\'{"name":"Mallory","x":"\' value=\'"}\'>';
  document.body.append(form);
  form.submit();
}
