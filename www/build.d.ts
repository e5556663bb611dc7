/** The project's version: the build puts it in. */
declare const VERSION: string;
