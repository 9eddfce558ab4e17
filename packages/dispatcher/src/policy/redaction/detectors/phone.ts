import { matching } from "./detector.ts";

// A run of digits and what people put between them.
const pattern = /(?<![\p{L}\p{N}.,:/_+-])(?:\+|\(?00)?[(\d][\d ()./-]{5,25}\d(?![\p{L}\p{N}_])/gu;

/**
 * Telephone numbers: with a country code (`+49 30 901820`, `0041 44 668 18 00`), as written in North America (`(555) 234-5678`), and other
 * national forms that begin with 0 and have separators (`030 901820-12`). A plain run of digits without a code is not taken for one.
 */
export const phone = matching(pattern, (found) => {
  const digits = found.replaceAll(/\D/g, "");
  if (/^(?:\+|\(?00)/.test(found)) return digits.length >= 8 && digits.length <= 17;
  if (/^\(?[2-9]\d\d\)?[ .-]\d{3}[ .-]\d{4}$/.test(found)) return true;
  return /^\(?0[1-9]\d*\)?[ /-]/.test(found) && digits.length >= 8 && digits.length <= 13 && !isDate(found);
});

const isDate = (text: string): boolean => /^\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b/.test(text);
