import type { Metadata } from "next";
import { Reference } from "./reference";

export const metadata: Metadata = { title: "API reference" };

export default function Docs() {
  return (
    <>
      <header className="max-w-[44rem] pt-9 pb-6 sm:pt-14">
        <h1 className="display text-[2.5rem] sm:text-[3.5rem]">API reference</h1>
        <p className="mt-5 font-display text-[1.1875rem] leading-normal">
          Every operation of every pattern: what it takes, each status it answers, each kind of
          problem. It is made of the contracts that the handlers themselves parse with, and
          generated requests hold the running server against it.
        </p>
        <p className="mt-3">
          As a file:{" "}
          <a className="link" href="/api/openapi.json">
            openapi.json
          </a>
          , OpenAPI 3.1.
        </p>
      </header>
      <Reference />
    </>
  );
}
