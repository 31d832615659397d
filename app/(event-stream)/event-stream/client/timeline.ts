import { createWireStore } from "@/components/wire-store";
import { createLink, type Link } from "./link";
import { type Happening, initialState, reduce, type TimelineState } from "./state";
import { createTabs, type TabMessage } from "./tabs";

const COUNT_MS = 1_000;

/** The stream as this tab sees it, and who holds its connection. */
export interface TimelineView extends TimelineState {
  tabs: number;
  leads: boolean;
}

export const initialView: TimelineView = { ...initialState, tabs: 1, leads: false };

/** One connection for all tabs of a guest: the leader holds it and tells the others what happens. */
export function createTimeline(userId: string, ensureSession: () => Promise<unknown>) {
  const listeners = new Set<() => void>();
  const wire = createWireStore();
  let view = initialView;
  let link: Link | undefined;

  function set(change: Partial<TimelineView>): void {
    view = { ...view, ...change };
    for (const listener of listeners) listener();
  }

  /** Here and in every other tab. */
  function happen(happening: Happening): void {
    set(reduce(view, happening));
    tabs.tell({ kind: "happening", happening });
  }

  function onFrame(direction: "in" | "out", label: string, body: string, bytes?: number): void {
    wire.add(direction, label, body, bytes);
    tabs.tell({ kind: "frame", frame: { direction, label, body, bytes } });
  }

  function lead(): void {
    link = createLink({
      url: "/api/events/me",
      position: () => view.position,
      tell: happen,
      onFrame,
      ensureSession,
    });
    set({ leads: true });
  }

  function receive(message: TabMessage): void {
    if (message.kind === "happening") set(reduce(view, message.happening));
    else if (message.kind === "frame") {
      const { direction, label, body, bytes } = message.frame;
      wire.add(direction, label, body, bytes);
    } else if (message.kind === "snapshot" && message.to === tabs.id) set(message.state);
    else if (message.kind === "command") act(message.command);
    else if (message.kind === "hello" && tabs.leads()) {
      const { tabs: _count, leads: _leads, ...state } = view;
      tabs.tell({ kind: "snapshot", to: message.from, state });
    }
  }

  /** The leader does it; another tab asks the leader. */
  function act(command: "cut" | "come back"): void {
    if (!link) return;
    if (command === "cut") link.cut();
    else link.comeBack();
  }

  function command(command: "cut" | "come back"): void {
    if (link) act(command);
    else tabs.tell({ kind: "command", command });
  }

  const tabs = createTabs({ name: `events:${userId}`, lead, receive });
  tabs.tell({ kind: "hello", from: tabs.id });
  const counting = setInterval(async () => set({ tabs: await tabs.count() }), COUNT_MS);

  return {
    wire,
    view: () => view,
    subscribe(listener: () => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    cut: () => command("cut"),
    comeBack: () => command("come back"),
    /** An event was stored: where it does not come at once, it was missed. */
    published: (id: number) => happen({ kind: "published", id }),
    close(): void {
      clearInterval(counting);
      link?.close();
      tabs.close();
      wire.close();
    },
  };
}

export type Timeline = ReturnType<typeof createTimeline>;
