import { matching } from "./detector.ts";

const pattern = /(?<![\p{L}\p{N}._-])\d(?:[ -]?\d){12,18}(?![\p{L}\p{N}_])/gu;

/** Payment card numbers of 13 to 19 digits, with or without spaces or dashes. */
export const card = matching(pattern, (found) => isCardNumber(found.replaceAll(/[ -]/g, "")));

/**
 * Whether digits are a payment card number: the major industry of its first digit issues cards, and the last digit is the right check digit.
 * @see https://www.iso.org/standard/70484.html ISO/IEC 7812-1, Luhn's formula
 */
export function isCardNumber(digits: string): boolean {
  if (!/^[2-6]\d{12,18}$/.test(digits)) return false;
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const value = Number(digits.at(-1 - index)) * (index % 2 === 0 ? 1 : 2);
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 === 0;
}
