/** The project's version: the build puts it in. */
declare const VERSION: string;

/** What the page needs to work offline, and a hash of it: likewise. */
declare const PAGE_FILES: string[];
declare const PAGE_VERSION: string;
