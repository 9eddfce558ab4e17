type Loose = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Loose =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What was asked and answered, a message each. */
export function Messages({ input, output }: { input: unknown; output: unknown }) {
  if (input === undefined && output === undefined)
    return <p class="hint">Nothing was said, or it was not kept.</p>;
  const answers = Array.isArray(output)
    ? output.map((choice: unknown) =>
        isObject(choice) ? (choice["message"] ?? choice["text"] ?? choice) : choice,
      )
    : output === undefined
      ? []
      : [output];
  const asked: readonly unknown[] = Array.isArray(input) ? input : input === undefined ? [] : [input];
  return (
    <ol class="messages">
      {asked.map((message, place) => (
        <Message key={`in ${place}`} message={message} fallback="user" />
      ))}
      {answers.map((message, place) => (
        <Message key={`out ${place}`} message={message} fallback="assistant" />
      ))}
    </ol>
  );
}

function Message({ message, fallback }: { message: unknown; fallback: string }) {
  const body = isObject(message) ? message : { content: message };
  const role = typeof body["role"] === "string" ? body["role"] : fallback;
  const reasoning = body["reasoning"];
  const calls = Array.isArray(body["tool_calls"]) ? (body["tool_calls"] as readonly unknown[]) : [];
  return (
    <li class={`message ${role === "assistant" ? "assistant" : ""}`}>
      <p class="role">{role}</p>
      {typeof reasoning === "string" && reasoning !== "" && (
        <details>
          <summary>Reasoning</summary>
          <p class="text">{reasoning}</p>
        </details>
      )}
      <Content content={body["content"] ?? (isObject(message) && !calls.length ? message : undefined)} />
      {calls.map((call, place) => (
        <ToolCall key={place} call={call} />
      ))}
    </li>
  );
}

function Content({ content }: { content: unknown }) {
  if (content === undefined || content === null || content === "") return null;
  if (typeof content === "string") return <p class="text">{content}</p>;
  if (Array.isArray(content))
    return (
      <>
        {content.map((part: unknown, place) => (
          <Content
            key={place}
            content={isObject(part) && typeof part["text"] === "string" ? part["text"] : part}
          />
        ))}
      </>
    );
  return <pre>{JSON.stringify(content, null, 2)}</pre>;
}

function ToolCall({ call }: { call: unknown }) {
  const called = isObject(call) && isObject(call["function"]) ? call["function"] : {};
  return (
    <div class="tool-call">
      <p>
        calls <code>{typeof called["name"] === "string" ? called["name"] : "a tool"}</code>
      </p>
      <pre>{pretty(called["arguments"])}</pre>
    </div>
  );
}

function pretty(text: unknown): string {
  if (typeof text !== "string") return JSON.stringify(text, null, 2) ?? "";
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
