"use client";

import { Component, type ReactNode } from "react";
import { Button } from "./ui/button";

interface Props {
  children: ReactNode;
  /** Shown instead, once the children have thrown. Without it: that this part failed, and a way to try again. */
  fallback?: ReactNode;
}

/**
 * An error boundary: what throws while it is rendered is replaced, and the rest of the page stays. It stands
 * around everything that shows what somebody else has written.
 */
export class Boundary extends Component<Props, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    const { children, fallback } = this.props;
    if (!this.state.failed) return children;
    if (fallback !== undefined) return fallback;
    return (
      <div role="alert" className="rounded-md border border-rule px-4 py-3 text-[0.875rem]">
        <p className="text-bad">This part of the page failed. The rest still works.</p>
        <Button className="mt-2" onClick={() => this.setState({ failed: false })}>
          Show it again
        </Button>
      </div>
    );
  }
}
