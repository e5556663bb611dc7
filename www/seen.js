// What is not on the screen need not be computed.

/** Begins a little before it comes into view. */
const MARGIN = '200px';

/**
 * @param {Element} element
 * @param {(seen: boolean) => void} tell now and whenever it changes
 * @returns {() => void} ends the watch
 */
export function watchSeen(element, tell) {
  const observer = new IntersectionObserver(
    (entries) => tell(entries.some((entry) => entry.isIntersecting)),
    {
      rootMargin: MARGIN,
    },
  );
  observer.observe(element);
  return () => observer.disconnect();
}
