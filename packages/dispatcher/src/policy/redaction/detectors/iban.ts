import type { Detector } from "./detector.ts";

// Source: the registry of ISO 13616, country and length of its account numbers.
const lengths: ReadonlyMap<string, number> = new Map(
  (
    "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 " +
    "FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 " +
    "MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 " +
    "SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30"
  )
    .split(" ")
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);

const start = /(?<![\p{L}\p{N}])[A-Za-z]{2}\d{2}/gu;

/** Bank account numbers, in one piece or in groups. */
export const iban: Detector = (text, replace) => {
  let result = "";
  let done = 0;
  for (const { index, 0: head } of text.matchAll(start)) {
    const length = lengths.get(head.slice(0, 2).toUpperCase());
    const found = length === undefined || index < done ? undefined : take(text, index, length);
    if (found === undefined || !isRight(found)) continue;
    result += text.slice(done, index) + replace(found);
    done = index + found.length;
  }
  return done === 0 ? text : result + text.slice(done);
};

/** So many letters and digits from a place on, single spaces or dashes between them; undefined where there are fewer, or more. */
function take(text: string, from: number, length: number): string | undefined {
  let taken = 0;
  for (let at = from; at < text.length; at += 1) {
    const character = text[at] ?? "";
    if (/[A-Za-z\d]/.test(character)) taken += 1;
    else if (!/[ -]/.test(character) || !/[A-Za-z\d]/.test(text[at + 1] ?? "")) return undefined;
    if (taken === length)
      return /[\p{L}\p{N}]/u.test(text[at + 1] ?? "") ? undefined : text.slice(from, at + 1);
  }
  return undefined;
}

/** Whether the check digits are right: ISO 7064, MOD 97-10. */
function isRight(found: string): boolean {
  const characters = found.replaceAll(/[ -]/g, "").toUpperCase();
  let remainder = 0;
  for (const character of characters.slice(4) + characters.slice(0, 4)) {
    const value = parseInt(character, 36);
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return remainder === 1;
}
