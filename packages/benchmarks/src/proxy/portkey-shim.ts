// Portkey's gateway adds headers to the answers of `fetch` as they are, which Node does not let it do. Loaded before it, this makes them changeable.
const original = globalThis.fetch;

globalThis.fetch = async (...request: Parameters<typeof fetch>) => {
  const { body, status, statusText, headers } = await original(...request);
  return new Response(body, { status, statusText, headers });
};
