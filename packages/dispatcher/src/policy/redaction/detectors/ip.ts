import { isIP } from "node:net";
import type { Detector } from "./detector.ts";
import { matching } from "./detector.ts";

const four = matching(
  /(?<![\p{L}\p{N}_.-])\d{1,3}(?:\.\d{1,3}){3}(?![\p{L}\p{N}_-]|\.\d)/gu,
  (found) => isIP(found) === 4,
);
const six = matching(
  /(?<![\p{L}\p{N}_:.])[\da-fA-F:]{2,39}(?:(?:\.\d{1,3}){3})?(?![\p{L}\p{N}_:])/gu,
  isAddress,
);

/** Internet addresses. */
export const ip: Detector = (text, replace) => four(text.includes(":") ? six(text, replace) : text, replace);

// Code is full of `::`; an address has a digit.
function isAddress(found: string): boolean {
  return isIP(found) === 6 && /\d/.test(found);
}
