import { request } from "undici";

/** The body of the sample request: one chat completion that uses every tracing field. */
const sampleBody = {
  model: "openai/gpt-4o",
  messages: [{ role: "user", content: "Generate a summary of why traces are worth keeping." }],
  stream: true,
  user: "user_12345",
  session_id: "session_abc",
  trace: {
    trace_id: "eval_run_456",
    trace_name: "Summarization Eval",
    generation_name: "GPT-4o Summary",
    eval_dataset: "news_articles",
    experiment_id: "exp_789",
  },
};

/**
 * Sends the sample through the gateway as any client would, and reads the answer to its end.
 * @throws when the gateway answers with anything but success.
 */
export async function sendSample(gatewayUrl: string): Promise<void> {
  const { statusCode, body } = await request(`${gatewayUrl}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "Bearer sample-key" },
    body: JSON.stringify(sampleBody),
  });
  const answer = await body.text();
  if (statusCode !== 200)
    throw new Error(`The sample request was answered with ${statusCode}: ${answer.slice(0, 300)}`);
}
