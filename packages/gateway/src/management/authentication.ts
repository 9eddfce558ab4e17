import type { HttpBindings } from "@hono/node-server";
import type { Context, Hono, MiddlewareHandler } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { z } from "zod";
import { tooManyWrongKeys } from "../keys/wrong-keys.ts";
import type { WrongKeys } from "../keys/wrong-keys.ts";
import { ApiError } from "./api-error.ts";
import { bodyOf } from "./body.ts";
import { parse } from "./destination-body.ts";
import { bearerOf } from "./management-key.ts";
import { sessionCookie } from "./session-cookie.ts";
import type { Sessions } from "./sessions.ts";

/** What tells whether somebody may use the management API. */
export interface AuthenticationOptions {
  /** Whether a token is the management key. */
  readonly isKey: (token: string | undefined) => boolean;
  readonly sessions: Sessions;
  readonly wrongKeys: WrongKeys;
}

/** What signs a person in. */
export const sessionBody = z.object({ key: z.string() });

/** A request that carries it was not made by a form or a picture of another site: those cannot. */
const ownHeader = "x-tracecast-page";
const wrongKey = "This is not the management key of this gateway.";

/**
 * Lets in who has the management key, by `Authorization: Bearer` or from the settings page by a session, and adds the address where a person
 * signs in and out.
 */
export function addAuthentication(api: Hono, { isKey, sessions, wrongKeys }: AuthenticationOptions): void {
  const refuse = async (c: Context): Promise<never> => {
    const waitS = await wrongKeys.count((c.env as HttpBindings).incoming);
    if (waitS !== undefined) {
      c.header("Retry-After", String(waitS));
      throw new ApiError(429, tooManyWrongKeys);
    }
    throw new ApiError(401, wrongKey);
  };
  api.post("/api/tracecast/v1/session", async (c) => {
    const { key } = parse(sessionBody, await bodyOf(c));
    if (!isKey(key.trim())) return refuse(c);
    const isSecure = c.req.header("x-forwarded-proto") === "https";
    setCookie(c, sessionCookie, sessions.begin(), {
      httpOnly: true,
      sameSite: "Strict",
      path: "/",
      secure: isSecure,
    });
    return c.json({ signed_in: true });
  });
  api.get("/api/tracecast/v1/session", (c) =>
    c.json({ signed_in: sessions.has(getCookie(c, sessionCookie)) }),
  );
  const letIn: MiddlewareHandler = async (c, next) => {
    const token = bearerOf(c.req.header("authorization"));
    if (token === undefined && sessions.has(getCookie(c, sessionCookie))) {
      const isRead = c.req.method === "GET" || c.req.method === "HEAD";
      if (!isRead && c.req.header(ownHeader) === undefined)
        throw new ApiError(403, `A change by a session needs the header ${ownHeader}.`);
      return next();
    }
    if (token === undefined) throw new ApiError(401, "Missing Authentication header");
    if (!isKey(token)) return refuse(c);
    return next();
  };
  api.use(letIn);
  api.delete("/api/tracecast/v1/session", (c) => {
    sessions.end(getCookie(c, sessionCookie));
    deleteCookie(c, sessionCookie, { path: "/" });
    return c.json({ signed_in: false });
  });
}
