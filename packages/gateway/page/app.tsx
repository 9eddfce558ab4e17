import { useEffect, useState } from "preact/hooks";
import { ask, onSignedOut, own } from "./api.ts";
import { Broadcast } from "./broadcast.tsx";
import { DeadLetters } from "./dead-letters.tsx";
import { DestinationEditor } from "./destination-editor.tsx";
import { SignIn } from "./sign-in.tsx";
import { TracePage } from "./trace-page.tsx";
import { Traces } from "./traces.tsx";

/** The part of the address behind `#/`, in its segments. */
function useRoute(): readonly string[] {
  const read = () => location.hash.replace(/^#\/?/, "").split("/").map(decodeURIComponent);
  const [route, setRoute] = useState(read);
  useEffect(() => {
    const changed = () => {
      setRoute(read());
      window.scrollTo(0, 0);
    };
    window.addEventListener("hashchange", changed);
    return () => window.removeEventListener("hashchange", changed);
  }, []);
  return route;
}

/** The whole page. */
export function App() {
  const [signedIn, setSignedIn] = useState<boolean>();
  useEffect(() => {
    onSignedOut(() => setSignedIn(false));
    ask<{ signed_in: boolean }>("GET", `${own}/session`).then(
      ({ signed_in: isKnown }) => setSignedIn(isKnown),
      () => setSignedIn(false),
    );
  }, []);
  if (signedIn === undefined) return <main aria-busy="true" />;
  if (!signedIn) return <SignIn onDone={() => setSignedIn(true)} />;
  return <SignedIn onSignOut={() => setSignedIn(false)} />;
}

function SignedIn({ onSignOut }: { onSignOut: () => void }) {
  const route = useRoute();
  const [section = ""] = route;
  const signOut = () => void ask("DELETE", `${own}/session`).finally(onSignOut);
  return (
    <>
      <a
        class="skip"
        href="#main"
        onClick={(event) => (event.preventDefault(), document.getElementById("main")?.focus())}
      >
        Skip to the content
      </a>
      <header class="top">
        <span class="brand">
          <img src="./favicon.svg" alt="" width="24" height="24" /> Tracecast
        </span>
        <nav aria-label="Sections">
          <a href="#/" aria-current={section === "traces" ? undefined : "page"}>
            Observability
          </a>
          <a href="#/traces" aria-current={section === "traces" ? "page" : undefined}>
            Traces
          </a>
        </nav>
        <button type="button" class="quiet" onClick={signOut}>
          Sign out
        </button>
      </header>
      <main id="main" tabIndex={-1}>
        <Section route={route} />
      </main>
    </>
  );
}

function Section({ route }: { route: readonly string[] }) {
  const [section, id, detail] = route;
  if (section === "add" && id) return <DestinationEditor key={id} typeName={id} />;
  if (section === "destinations" && id && detail === "dead-letters") return <DeadLetters key={id} id={id} />;
  if (section === "destinations" && id) return <DestinationEditor key={id} id={id} />;
  if (section === "traces" && id) return <TracePage key={id} id={id} />;
  if (section === "traces") return <Traces />;
  return <Broadcast />;
}
