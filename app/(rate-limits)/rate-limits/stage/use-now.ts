import { useEffect, useState } from "react";

const EVERY_MS = 100;

/** This page's clock, ten times a second while it is seen. */
export function useNow(): number {
  const [now, setNow] = useState(0);
  useEffect(() => {
    const tick = () => !document.hidden && setNow(performance.now());
    tick();
    const timer = setInterval(tick, EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return now;
}
