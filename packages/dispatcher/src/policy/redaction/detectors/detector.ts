/** Finds one kind of thing in a text and replaces each by what it is told. Takes time in proportion to the text's length. */
export type Detector = (text: string, replace: (found: string) => string) => string;

/**
 * A detector of what a pattern matches and a check confirms.
 * @param pattern - global; a match must begin where no longer one could, so that no part of the text is read again and again
 */
export function matching(pattern: RegExp, confirms: (found: string) => boolean = () => true): Detector {
  return (text, replace) =>
    text.replace(pattern, (found: string) => (confirms(found) ? replace(found) : found));
}
