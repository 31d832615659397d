import { config } from "zod";

// Next evaluates this before any module of a page. Without it zod asks, for each object schema, whether it may compile
// code (`new Function("")`): every page would break its own Content-Security-Policy, which forbids that.
config({ jitless: true });
