import { useEffect, useState } from "preact/hooks";
import { ask, onSignedOut, own } from "./api.ts";
import { DeadLetters } from "./dead-letters/dead-letters.tsx";
import { DestinationEditor } from "./editor/destination-editor.tsx";
import { Broadcast } from "./observability/broadcast.tsx";
import { Overview } from "./overview/overview.tsx";
import { Dialog } from "./shell/dialog.tsx";
import { useRoute } from "./shell/route.ts";
import { SignIn } from "./shell/sign-in.tsx";
import { useWorkspaces, WorkspaceSelect } from "./shell/workspaces.tsx";
import { TracePage } from "./traces/trace-page.tsx";
import { Traces } from "./traces/traces.tsx";

type Session = "unknown" | "none" | "open" | "lost";

/** The whole page. */
export function App() {
  const [session, setSession] = useState<Session>("unknown");
  useEffect(() => {
    onSignedOut(() => setSession((before) => (before === "open" ? "lost" : before)));
    ask<{ signed_in: boolean }>("GET", `${own}/session`).then(
      ({ signed_in: isKnown }) => setSession(isKnown ? "open" : "none"),
      () => setSession("none"),
    );
  }, []);
  if (session === "unknown") return <main aria-busy="true" />;
  if (session === "none") return <SignIn isBack={false} onDone={() => setSession("open")} />;
  const isLost = session === "lost";
  return (
    <>
      {isLost && <SignIn isBack onDone={() => setSession("open")} />}
      {/* Only hidden: what somebody was writing is still there when they are back. */}
      <div hidden={isLost}>
        <SignedIn onSignOut={() => setSession("none")} />
      </div>
    </>
  );
}

const sections: readonly (readonly [name: string, href: string, label: string])[] = [
  ["", "#/", "Observability"],
  ["traces", "#/traces", "Traces"],
  ["overview", "#/overview", "Overview"],
];

function SignedIn({ onSignOut }: { readonly onSignOut: () => void }) {
  const { segments, isHeld, leave, stay } = useRoute();
  const workspaces = useWorkspaces();
  const [section = ""] = segments;
  const current = sections.find(([name]) => name === section) ?? sections[0];
  const title = current?.[2];
  useEffect(() => {
    document.title = `${title} · Tracecast`;
  }, [title]);
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
          {sections.map((one) => (
            <a key={one[0]} href={one[1]} aria-current={one === current ? "page" : undefined}>
              {one[2]}
            </a>
          ))}
        </nav>
        <WorkspaceSelect workspaces={workspaces} />
        <button type="button" class="quiet" onClick={signOut}>
          Sign out
        </button>
      </header>
      <main id="main" tabIndex={-1}>
        <Section route={segments} workspace={workspaces.current} />
      </main>
      {isHeld && (
        <Dialog title="Leave without saving?" action="Leave" cancel="Stay" onAction={leave} onCancel={stay}>
          <p>What you changed here is not saved.</p>
        </Dialog>
      )}
    </>
  );
}

interface SectionProps {
  readonly route: readonly string[];
  readonly workspace: string | undefined;
}

function Section({ route, workspace }: SectionProps) {
  const [section, id, detail] = route;
  if (section === "add" && id)
    return <DestinationEditor key={`add ${id}`} mode="add" of={id} workspace={workspace} />;
  if (section === "copy" && id)
    return <DestinationEditor key={`copy ${id}`} mode="copy" of={id} workspace={workspace} />;
  if (section === "destinations" && id && detail === "dead-letters")
    return <DeadLetters key={id} id={id} workspace={workspace} />;
  if (section === "destinations" && id)
    return <DestinationEditor key={id} mode="edit" of={id} workspace={workspace} />;
  if (section === "traces" && id) return <TracePage id={id} />;
  if (section === "traces") return <Traces />;
  if (section === "overview") return <Overview />;
  return <Broadcast workspace={workspace} />;
}
