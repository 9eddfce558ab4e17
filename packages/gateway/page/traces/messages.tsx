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
        <Message key={`out ${place}`} message={message} fallback="assistant" isAnswer />
      ))}
    </ol>
  );
}

interface MessageProps {
  readonly message: unknown;
  readonly fallback: string;
  /** It is what the model said in this request, not before. */
  readonly isAnswer?: boolean;
}

function Message({ message, fallback, isAnswer }: MessageProps) {
  const body = isObject(message) ? message : { content: message };
  const role = typeof body["role"] === "string" ? body["role"] : fallback;
  const { reasoning, refusal, name, tool_call_id: callId } = body;
  const calls = Array.isArray(body["tool_calls"]) ? (body["tool_calls"] as readonly unknown[]) : [];
  const isBare = isObject(message) && !("content" in message) && calls.length === 0 && refusal === undefined;
  const whose = [name, callId].filter((text) => typeof text === "string").join(" · ");
  return (
    <li class={`message ${role} ${isAnswer ? "answer" : ""}`}>
      <p class="role">
        {role === "tool" ? "tool result" : role}
        {whose && <code> {whose}</code>}
      </p>
      {typeof reasoning === "string" && reasoning !== "" && (
        <details class="reasoning">
          <summary>Reasoning</summary>
          <p class="text">{reasoning}</p>
        </details>
      )}
      {role === "tool" && typeof body["content"] === "string" ? (
        <pre>{pretty(body["content"])}</pre>
      ) : (
        <Content content={isBare ? message : body["content"]} />
      )}
      {typeof refusal === "string" && refusal !== "" && (
        <p class="refusal">
          <span class="tag bad">refused</span>
          <span class="text">{refusal}</span>
        </p>
      )}
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
          <Part key={place} part={part} />
        ))}
      </>
    );
  return <pre>{JSON.stringify(content, null, 2)}</pre>;
}

/** A part of a message: a text, or the words that stand for a picture, a sound or a file. */
function Part({ part }: { part: unknown }) {
  if (!isObject(part)) return <Content content={part} />;
  const { text, omitted, image_url: image } = part;
  if (isObject(omitted) && typeof text === "string") return <p class="media">{text}</p>;
  if (isObject(image) && typeof image["url"] === "string")
    return (
      <p class="media">
        image at <code>{image["url"]}</code>
      </p>
    );
  return typeof text === "string" ? <p class="text">{text}</p> : <pre>{JSON.stringify(part, null, 2)}</pre>;
}

function ToolCall({ call }: { call: unknown }) {
  const called = isObject(call) && isObject(call["function"]) ? call["function"] : {};
  const id = isObject(call) && typeof call["id"] === "string" ? call["id"] : "";
  return (
    <div class="tool-call">
      <p class="role">
        calls <code>{typeof called["name"] === "string" ? called["name"] : "a tool"}</code>
        {id && <code class="idle"> {id}</code>}
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
