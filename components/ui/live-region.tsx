export const LIVE_REGION_ID = "live";

/** The one polite region of a page; `announce` speaks through it. */
export function LiveRegion() {
  return <div id={LIVE_REGION_ID} role="status" className="sr-only" />;
}

/** Says something to a screen reader without moving the focus. Browser only. */
export function announce(words: string): void {
  const region = document.getElementById(LIVE_REGION_ID);
  if (region !== null) region.textContent = words;
}
