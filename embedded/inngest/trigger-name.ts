/** Whether a trigger may name its events so: by a whole name, or by its beginning, up to a "/" or ".", and "*". */
export const isTriggerName = (name: string): boolean => /^[^*]+([/.]\*)?$/.test(name);

/** Whether an event of this name is one that a trigger names: `app/*`, `app/user.*`, `app/user.created`. */
export function isTriggeredBy(trigger: string, event: string): boolean {
  if (!trigger.endsWith("*")) return trigger === event;
  const start = trigger.slice(0, -1);
  return event.length > start.length && event.startsWith(start);
}
