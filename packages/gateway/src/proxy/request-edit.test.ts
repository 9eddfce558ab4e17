import fc from "fast-check";
import { expect, test } from "vitest";
import { editRequest } from "./request-edit.ts";

const all = { stripTracingFields: true, askForUsage: true };
const edited = (body: string, edits = all) => editRequest(Buffer.from(body), edits).body.toString();

test.each([
  ['{"trace":{}}', "{}"],
  ['{"trace":{},"a":1}', '{"a":1}'],
  ['{"a":1,"trace":{"trace":"}"}}', '{"a":1}'],
  ['{"a":1,"session_id":"s","b":[1,{"trace":2}]}', '{"a":1,"b":[1,{"trace":2}]}'],
  ['{"tr\\u0061ce":1,"a":1e400}', '{"a":1e400}'],
  ['{"trace":1,"trace":2,"a":1}', '{"a":1}'],
  ['{\n  "a": 1 ,\n  "trace": {},\n  "b": [ 2 ]\n}', '{\n  "a": 1,\n  "b": [ 2 ]\n}'],
  ['{\n  "trace": {},\n  "b": 2\n}', '{\n  "b": 2\n}'],
  ['{ "a": 1 , "trace": {} , "session_id": "s" }', '{ "a": 1 }'],
])("%s without its tracing fields is %s", (body, expected) => {
  expect(edited(body)).toBe(expected);
});

test.each([
  ['{"stream":true}', '{"stream_options":{"include_usage":true},"stream":true}'],
  ['{"stream":true,"stream_options":null}', '{"stream_options":{"include_usage":true},"stream":true}'],
  ['{"stream":true,"stream_options":{}}', '{"stream":true,"stream_options":{"include_usage":true}}'],
  [
    '{"stream":true,"stream_options": {"x": 1} }',
    '{"stream":true,"stream_options": {"include_usage":true,"x": 1} }',
  ],
  [
    '{"stream":true,"stream_options":{"include_usage":false}}',
    '{"stream":true,"stream_options":{"include_usage":true}}',
  ],
])("%s asks for usage as %s", (body, expected) => {
  const result = editRequest(Buffer.from(body), all);
  expect(result.body.toString()).toBe(expected);
  expect(result.usageIsOurs).toBe(true);
});

test.each([
  '{"stream":false}',
  '{"stream":"true"}',
  '{"a":{"stream":true}}',
  '{"stream":true,"stream_options":{"include_usage":true}}',
  '{"stream":true,"stream_options":7}',
])("%s is not touched", (body) => {
  const original = Buffer.from(body);
  expect(editRequest(original, all)).toEqual({ body: original, usageIsOurs: false });
});

test("nothing is edited where nothing is to be", () => {
  const body = Buffer.from('{"stream":true,"trace":{}}');
  expect(editRequest(body, { stripTracingFields: false, askForUsage: false }).body).toBe(body);
});

test("what is not UTF-8 is not touched", () => {
  const body = Buffer.concat([Buffer.from('{"trace":1,"a":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]);
  expect(editRequest(body, all).body).toBe(body);
});

test("for any object: what is left parses to the same, without the fields, and edits are made once", () => {
  const names = fc.oneof(
    fc.constantFrom("trace", "session_id", "messages", "tr\u0061ce", "stream_options", "é", 'a"b', "\\b"),
    fc.string(),
  );
  // Once Node 24 has read a name that ends in `\`, it may read `\"` or `\n` in that place as `\` too (nodejs/node#63785).
  const keys = names.filter((name) => !name.endsWith("\\"));
  const object = fc.dictionary(keys, fc.jsonValue());
  fc.assert(
    fc.property(object, fc.boolean(), fc.nat(3), (fields, stream, indent) => {
      const body = JSON.stringify({ ...fields, stream }, null, indent);
      const {
        trace: _trace,
        session_id: _session,
        ...expected
      } = JSON.parse(body) as Record<string, unknown>;
      const result = editRequest(Buffer.from(body), all);
      const parsed = JSON.parse(result.body.toString()) as Record<string, unknown>;
      if (result.usageIsOurs) {
        expect(parsed["stream_options"]).toMatchObject({ include_usage: true });
        delete parsed["stream_options"];
        delete expected["stream_options"];
      }
      expect(parsed).toEqual(expected);
      expect(editRequest(result.body, all)).toEqual({ body: result.body, usageIsOurs: false });
    }),
  );
});

test("for any spelling of an object: every byte that is no tracing field stays where it was", () => {
  const space = fc.constantFrom("", " ", "\n  ", "\t", "\r\n");
  const value = fc.oneof(
    fc.jsonValue().map((json) => JSON.stringify(json)),
    fc.constantFrom("1e400", "12345678901234567890", '"\\u00e9"', '{ "trace" : [ ] }', '"}"'),
  );
  const member = fc.tuple(
    fc.constantFrom("trace", "session_id", "a", "b"),
    space,
    space,
    value,
    space,
    space,
  );
  fc.assert(
    fc.property(fc.array(member, { maxLength: 6 }), space, (members, inner) => {
      const spelled = members.map(
        ([name, ahead, before, text, behind]) =>
          [name, `${ahead}"${name}"${before}:${text}`, behind] as const,
      );
      const kept = spelled.filter(([name]) => name !== "trace" && name !== "session_id");
      const result = edited(`{${inner}${spelled.map(([, text, behind]) => text + behind).join(",")}}`);
      let from = 0;
      for (const [, text] of kept) {
        from = result.indexOf(text.trimStart(), from);
        expect(from).toBeGreaterThan(0);
        from += text.trimStart().length;
      }
      expect(() => JSON.parse(result) as unknown).not.toThrow();
      if (kept.length === members.length) {
        expect(result).toBe(`{${inner}${spelled.map(([, text, behind]) => text + behind).join(",")}}`);
      }
    }),
  );
});
