import { parseJson } from "@tracecast/core";

// What means nothing for an answer: padding, and an event's number.
const noise = /"(?:obfuscation":"|sequence_number":)$/;
// Where a part of a text begins, or noise. In a JSON text these can stand nowhere else: inside of a string a quotation mark has a backslash
// before it.
const beginning =
  /"(?:content|refusal|reasoning|reasoning_content|reasoning_text|thinking|text|arguments|partial_json|delta|obfuscation)":"|"sequence_number":/g;
const isDelta = /"delta":|"object":"text_completion"/;
// What an event adds to a list, also where it says the same as the one before; and texts that are rare.
const isApart = /"(?:logprobs|annotations|images)":(?:\{|\[[^\]])|"(?:data|summary|transcript|input)":"/;
// All but quotation marks, backslashes and control characters.
const plain = /^[ !#-[\]-\uFFFF]*$/;
const digits = /\d*/y;

/** A place at which the events of a run differ. */
interface Gap {
  /** What all of them say before it, from the gap before on. */
  readonly before: string;
  /** What they say here, one after the other; of noise, what the first one says. */
  readonly texts: string[];
  readonly isNoise: boolean;
}

/**
 * Events of a stream that say the same but for parts of texts: most of what a model sends. Put together they are one event that says all of the
 * texts, and one JSON is parsed where there were hundreds.
 */
export class TextRun {
  readonly #gaps: readonly Gap[];
  readonly #end: string;

  private constructor(gaps: readonly Gap[], end: string) {
    this.#gaps = gaps;
    this.#end = end;
  }

  /** The run that an event may begin. One without text begins none: when the first text came must stay known. */
  static from(data: string): TextRun | undefined {
    if (!isDelta.test(data) || isApart.test(data)) return undefined;
    const gaps: Gap[] = [];
    let at = 0;
    for (beginning.lastIndex = 0; beginning.test(data); beginning.lastIndex = at) {
      const before = data.slice(at, beginning.lastIndex);
      const text = textAt(data, beginning.lastIndex, before);
      if (text === undefined) return undefined;
      gaps.push({ before, texts: [text], isNoise: noise.test(before) });
      at = beginning.lastIndex + text.length;
    }
    const says = gaps.some(({ texts, isNoise }) => !isNoise && texts[0] !== "");
    return says ? new TextRun(gaps, data.slice(at)) : undefined;
  }

  /** Takes an event in, if it goes on with the texts and says nothing else. */
  takes(data: string): boolean {
    let at = 0;
    let taken = 0;
    for (const { before, texts, isNoise } of this.#gaps) {
      const from = at + before.length;
      // Several times as quick as `startsWith`, which compares one character after the other.
      const text = data.slice(at, from) === before ? textAt(data, from, before) : undefined;
      if (text === undefined) return this.#giveBack(taken);
      if (!isNoise) texts.push(text);
      taken += 1;
      at = from + text.length;
    }
    return data.slice(at) === this.#end || this.#giveBack(taken);
  }

  /** Forgets what the first gaps took of an event that does not fit. */
  #giveBack(taken: number): false {
    for (const { texts, isNoise } of this.#gaps.slice(0, taken)) if (!isNoise) texts.pop();
    return false;
  }

  /** The JSON of the one event that they are together. */
  get data(): string {
    return this.#gaps.map(({ before, texts }) => before + texts.join("")).join("") + this.#end;
  }
}

/** The inside of the string, or the number, that begins behind `before`; `undefined` where it is not whole. */
function textAt(data: string, from: number, before: string): string | undefined {
  if (!before.endsWith('"')) {
    digits.lastIndex = from;
    return digits.exec(data)?.[0];
  }
  let end = data.indexOf('"', from);
  while (end !== -1 && isEscaped(data, end)) end = data.indexOf('"', end + 1);
  if (end === -1) return undefined;
  const text = data.slice(from, end);
  return plain.test(text) || parseJson(`"${text}"`) !== undefined ? text : undefined;
}

/** Whether an odd number of backslashes stands before a character. */
function isEscaped(data: string, at: number): boolean {
  let first = at;
  while (data[first - 1] === "\\") first -= 1;
  return (at - first) % 2 === 1;
}
