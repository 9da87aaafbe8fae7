// Leaving at once: a link that is first on every screen, and the key Esc pressed two times.

const TWICE_WITHIN = 2000; // milliseconds

/**
 * The address of the signed manifest, or while there is none the server's own way out. It takes this page's
 * place in the list of the tab, so that the button "back" does not lead here; the browser's list of visits no
 * page can reach.
 */
export function wayOut(leave: string | undefined): string {
  return leave !== undefined && leave.startsWith("https://") ? leave : "/leave";
}

/** `wipe` forgets what was written, before anything else can fail; `address` is asked at that moment. */
export function watchForLeaving(link: HTMLElement, wipe: () => void, address: () => string): void {
  const leave = (): void => {
    wipe();
    // The answer tells the browser to drop what it keeps of this page; to one asked for without credentials
    // Chromium does not listen. It must not hold up whoever leaves.
    const asked = { cache: "no-store", redirect: "manual", keepalive: true } as const;
    fetch("/leave", { credentials: "same-origin", ...asked }).catch(() => undefined);
    location.replace(address());
  };
  link.addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  });
  let pressed = -Infinity;
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.repeat) return;
    if (event.timeStamp - pressed <= TWICE_WITHIN) leave();
    else pressed = event.timeStamp;
  });
  // A browser may keep the page as it stands for its button "back".
  addEventListener("pagehide", wipe);
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
}
