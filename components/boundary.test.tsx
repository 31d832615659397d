import { isValidElement } from "react";
import { expect, it } from "vitest";
import { Boundary } from "./boundary";

/** As React does it: the children have thrown, and the state is what follows from it. */
function afterAnError(props: { fallback?: string }) {
  const boundary = new Boundary({ children: "the children", ...props });
  expect(boundary.render()).toBe("the children");
  boundary.state = Boundary.getDerivedStateFromError();
  return boundary.render();
}

it("shows what is to stand in for children that throw", () => {
  expect(afterAnError({ fallback: "as text" })).toBe("as text");
});

it("says that a part of the page failed where nothing is to stand in", () => {
  expect(isValidElement(afterAnError({}))).toBe(true);
});
