import type { Detector } from "./detector.ts";
import { matching } from "./detector.ts";

const pattern =
  /(?<![\p{L}\p{N}.!#$%&'*+/=?^_`{|}~-])[\p{L}\p{N}.!#$%&'*+/=?^_`{|}~-]{1,256}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,10}/gu;

const matches = matching(pattern);

/** E-mail addresses, also international ones. */
export const email: Detector = (text, replace) => (text.includes("@") ? matches(text, replace) : text);
