import { matching } from "./detector.ts";

// Sources: the vendors' documented prefixes.
const shapes = [
  String.raw`(?:sk|pk|rk)[-_](?:[a-z]{2,10}[-_]){0,3}[A-Za-z0-9_-]{16,300}`,
  String.raw`gh[pousr]_[A-Za-z0-9]{20,255}`,
  String.raw`github_pat_[A-Za-z0-9_]{20,255}`,
  String.raw`glpat-[A-Za-z0-9_-]{16,100}`,
  String.raw`(?:AKIA|ASIA)[A-Z0-9]{16}`,
  String.raw`AIza[A-Za-z0-9_-]{30,60}`,
  String.raw`xox[abeoprs]-[A-Za-z0-9-]{10,300}`,
  String.raw`(?:hf|npm|r8|gsk|xai|pplx|tvly|phc|phx|lsv2_pt|lsv2_sk)[_-][A-Za-z0-9_-]{16,200}`,
  String.raw`eyJ[A-Za-z0-9_-]{8,4000}\.[A-Za-z0-9_-]{4,8000}\.[A-Za-z0-9_-]{0,2000}`,
  String.raw`[Bb]earer\s{1,4}[A-Za-z0-9._~+/=-]{16,4000}`,
];
const token = new RegExp(`(?<![A-Za-z0-9_-])(?:${shapes.join("|")})(?![A-Za-z0-9_])`, "g");
const block =
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----(?:[A-Za-z0-9+/=\s\\]|-(?!----))*(?:-----END [A-Z ]{0,40}PRIVATE KEY-----)?/g;

const tokens = matching(token);
const blocks = matching(block);

/** What has the shape of a secret: keys with the prefixes vendors give them, bearer tokens, JWTs, private keys. */
export const key: typeof tokens = (text, replace) =>
  tokens(text.includes("PRIVATE KEY-----") ? blocks(text, replace) : text, replace);
