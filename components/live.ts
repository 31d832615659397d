import { useEffect, useState, useSyncExternalStore } from "react";
import type { SessionResponse } from "@/app/api/session/contract";
import { beginSession, keepSession } from "./session";
import type { Store } from "./store";
import type { WireFrame } from "./wire";
import type { WireStore } from "./wire-store";

/** What a page has made once it came alive, or why it could not. */
export interface Live<T> {
  live: T | null;
  problem: string | null;
}

/** Before a page has come alive, and on the server. */
export const notAlive = { live: null, problem: null };

/**
 * Makes what a page shows once there is a guest, keeps the guest's session while the page is open, and
 * ends both when it goes.
 *
 * @param begin begins it for this guest; answers it, and how it ends
 * @param life another one ends what there is, and begins anew
 */
export function useLiveFor<T>(
  begin: (guest: SessionResponse) => { live: T; close(): void },
  life = 0,
): Live<T> {
  const [state, setState] = useState<Live<T>>(notAlive);
  // biome-ignore lint/correctness/useExhaustiveDependencies: begun once in each life, whatever is rendered.
  useEffect(() => {
    let over = false;
    let end = () => {};
    beginSession().then(
      (guest) => {
        if (over) return;
        const { live, close } = begin(guest);
        const stopRenewing = keepSession(guest.expiresAt);
        end = () => {
          close();
          stopRenewing();
        };
        setState({ live, problem: null });
      },
      (error: Error) => setState((before) => ({ ...before, problem: error.message })),
    );
    return () => {
      over = true;
      end();
    };
  }, [life]);
  return state;
}

/** What is known now by something that tells of its changes; the initial value until it is there. */
export function useKnown<T>(
  subscribe: ((listener: () => void) => () => void) | undefined,
  get: (() => T) | undefined,
  initial: T,
): T {
  const getInitial = () => initial;
  return useSyncExternalStore(subscribe ?? never, get ?? getInitial, getInitial);
}

export const useStore = <T>(store: Store<T> | undefined, initial: T): T =>
  useKnown(store?.subscribe, store?.get, initial);

const noFrames: readonly WireFrame[] = [];

/** The last frames that went over the wire. */
export const useWireFrames = (wire: WireStore | null | undefined): readonly WireFrame[] =>
  useKnown(wire?.subscribe, wire?.frames, noFrames);

const never = () => () => {};
