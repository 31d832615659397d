/**
 * One value per process, however many instances of a module there are. server.ts and the route
 * handlers load their modules separately, and only globalThis is shared between them.
 *
 * @param name unique in the process
 * @param create called once, at the first use
 */
export function remember<T>(name: string, create: () => T): T {
  const shared = globalThis as unknown as { patternbook?: Map<string, unknown> };
  shared.patternbook ??= new Map();
  if (!shared.patternbook.has(name)) shared.patternbook.set(name, create());
  return shared.patternbook.get(name) as T;
}
