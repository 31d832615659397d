import { execFileSync } from "node:child_process";

/** A Python that has FastAPI, and what of its faster parts is there. */
export interface Python {
  program: string;
  /** Modules of uvicorn's that make it faster. */
  has: Record<"uvloop" | "httptools" | "websockets" | "asyncpg" | "httpx", boolean>;
  versions: string;
}

const PROGRAMS = ["/usr/bin/python3", "python3"];
const ASK = `
import importlib.util as u, json, platform
import fastapi, uvicorn
names = ["uvloop", "httptools", "websockets", "asyncpg", "httpx"]
print(json.dumps({
  "has": {n: u.find_spec(n) is not None for n in names},
  "versions": f"FastAPI {fastapi.__version__}, uvicorn {uvicorn.__version__}, Python {platform.python_version()}",
}))`;

/** Debian: apt-get install python3-fastapi python3-uvicorn, and the modules above. */
export function findPython(): Python | undefined {
  for (const program of PROGRAMS)
    try {
      const stdio = ["ignore", "pipe", "ignore"] as const;
      const answer = execFileSync(program, ["-c", ASK], { encoding: "utf8", stdio: [...stdio] });
      return { program, ...JSON.parse(answer) };
    } catch {
      // Another may have it.
    }
  return undefined;
}

/** The command line of an application of `peers/fastapi/`. */
export function uvicorn({ program, has }: Python, name: string, port: number): string[] {
  return [
    ...[program, "-m", "uvicorn", `${name}:app`, "--app-dir", "bench/peers/fastapi"],
    ...["--host", "127.0.0.1", "--port", String(port), "--log-level", "error", "--no-access-log"],
    ...["--loop", has.uvloop ? "uvloop" : "asyncio", "--http", has.httptools ? "httptools" : "h11"],
    ...["--backlog", "8192"],
  ];
}
