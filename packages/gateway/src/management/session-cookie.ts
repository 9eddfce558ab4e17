/** The name of the cookie that a session of the settings page travels in. */
export const sessionCookie = "tracecast_session";

/** A `Cookie` header without the session: it must not travel to a provider. Undefined where nothing is left. */
export function withoutSession(cookies: string): string | undefined {
  const kept = cookies.split(/; */).filter((pair) => !pair.startsWith(`${sessionCookie}=`));
  return kept.length === 0 ? undefined : kept.join("; ");
}
