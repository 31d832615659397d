import { remember } from "@/lib/remember";

/** What the routes may ask of the socket side, which lives in another module instance. */
export const liveChat = () =>
  remember("chat", () => ({
    /** How many people are in a room, on all instances. */
    people: (_room: string): number => 0,
  }));
