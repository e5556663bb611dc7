// The languages that the page speaks.

export const languages = /** @type {const} */ (['en', 'zh']);

/** @typedef {(typeof languages)[number]} Language */

/** The language that a tag such as zh-Hans stands for, if it is spoken here. @param {string | null | undefined} tag */
export const languageOf = (tag) => languages.find((known) => tag?.toLowerCase().split('-')[0] === known);

/** The tag of a text in a language: Chinese is written in simplified characters. @param {Language} language */
export const tagOf = (language) => (language === 'zh' ? 'zh-Hans' : language);
