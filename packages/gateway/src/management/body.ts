import type { Context } from "hono";
import { ApiError } from "./api-error.ts";

/**
 * What was sent, as JSON.
 * @throws {@link ApiError} 400
 */
export async function bodyOf(c: Context): Promise<unknown> {
  try {
    return await c.req.json();
  } catch {
    throw new ApiError(400, "Invalid request parameters: the body is not JSON.");
  }
}
