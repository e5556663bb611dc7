// What is not on the screen need not be computed.

/** Begins a little before it comes into view. */
const MARGIN = '200px';

/**
 * Nothing is seen in a tab that is not on the screen itself.
 * @param {Element} element
 * @param {(seen: boolean) => void} tell now and whenever it changes
 * @returns {() => void} ends the watch
 */
export function watchSeen(element, tell) {
  let isNear = false;
  const look = () => tell(isNear && !document.hidden);
  const observer = new IntersectionObserver(
    (entries) => {
      isNear = entries.some((entry) => entry.isIntersecting);
      look();
    },
    { rootMargin: MARGIN },
  );
  observer.observe(element);
  document.addEventListener('visibilitychange', look);
  return () => {
    observer.disconnect();
    document.removeEventListener('visibilitychange', look);
  };
}
