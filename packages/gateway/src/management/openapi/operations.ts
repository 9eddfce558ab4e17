import { traceEventSchema } from "@tracecast/core";
import type { z } from "zod";
import { sessionBody } from "../authentication.ts";
import { lettersPage, replayBody } from "../dead-letter-routes.ts";
import { createBody, policyBody, testBody, updateBody } from "../destination-body.ts";
import { createKeyBody, keysPage, updateKeyBody } from "../key-routes.ts";
import { overviewQuery } from "../overview-routes.ts";
import { destinationsPage, eventsBody } from "../request-schemas.ts";
import { createWorkspaceBody, updateWorkspaceBody, workspacesPage } from "../workspace-routes.ts";
import { answers } from "./answers.ts";

/** One thing that can be asked of the management API. */
export interface ApiOperation {
  readonly method: "get" | "post" | "patch" | "delete";
  /** As the router has it: `:id` is a parameter. */
  readonly path: string;
  readonly summary: string;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly answer: z.ZodType;
  /** @defaultValue 200 */
  readonly status?: 200 | 201;
  /** @defaultValue "application/json" */
  readonly type?: string;
  /** Nobody has to say who they are. */
  readonly isOpen?: true;
}

const openRouter = "/api/v1/observability/destinations";
const workspaces = "/api/v1/workspaces";
const keys = "/api/v1/keys";
const own = "/api/tracecast/v1";
const destinations = `${own}/destinations`;
const letters = `${destinations}/:id/dead-letters`;

/** What OpenRouter's API has. */
const theirs: readonly ApiOperation[] = [
  {
    method: "get",
    path: workspaces,
    summary: "List workspaces",
    query: workspacesPage,
    answer: answers.workspaces,
  },
  {
    method: "post",
    path: workspaces,
    summary: "Make a workspace",
    body: createWorkspaceBody,
    answer: answers.workspace,
    status: 201,
  },
  { method: "delete", path: `${workspaces}/:id`, summary: "Delete a workspace", answer: answers.deleted },
  {
    method: "get",
    path: openRouter,
    summary: "List destinations",
    query: destinationsPage,
    answer: answers.destinations,
  },
  {
    method: "post",
    path: openRouter,
    summary: "Make a destination",
    body: createBody,
    answer: answers.destination,
    status: 201,
  },
  { method: "get", path: `${openRouter}/:id`, summary: "Show a destination", answer: answers.destination },
  {
    method: "patch",
    path: `${openRouter}/:id`,
    summary: "Change a destination",
    body: updateBody,
    answer: answers.destination,
  },
  { method: "delete", path: `${openRouter}/:id`, summary: "Delete a destination", answer: answers.deleted },
  { method: "get", path: `${workspaces}/:id`, summary: "Show a workspace", answer: answers.workspace },
  {
    method: "patch",
    path: `${workspaces}/:id`,
    summary: "Change a workspace, or switch its Broadcast",
    body: updateWorkspaceBody,
    answer: answers.workspace,
  },
  { method: "get", path: keys, summary: "List keys", query: keysPage, answer: answers.keys },
  {
    method: "post",
    path: keys,
    summary: "Issue a key, or name one",
    body: createKeyBody,
    answer: answers.madeKey,
    status: 201,
  },
  { method: "get", path: `${keys}/:hash`, summary: "Show a key", answer: answers.key },
  {
    method: "patch",
    path: `${keys}/:hash`,
    summary: "Rename, disable or enable a key",
    body: updateKeyBody,
    answer: answers.key,
  },
  { method: "delete", path: `${keys}/:hash`, summary: "Forget a key", answer: answers.deleted },
];

/** What is Tracecast's own. */
const ours: readonly ApiOperation[] = [
  {
    method: "get",
    path: `${own}/overview`,
    summary: "Say what the last hours came to",
    query: overviewQuery,
    answer: answers.overview,
  },
  {
    method: "get",
    path: `${own}/traces/live`,
    summary: "Watch the traces come",
    answer: answers.live,
    type: "text/event-stream",
  },
  {
    method: "get",
    path: `${own}/traces/:id/sent/:destinationId`,
    summary: "Show what a destination was sent of a trace",
    answer: answers.sent,
  },
  {
    method: "get",
    path: `${own}/openapi.json`,
    summary: "This document",
    answer: answers.document,
    isOpen: true,
  },
  {
    method: "post",
    path: `${own}/session`,
    summary: "Sign in",
    body: sessionBody,
    answer: answers.session,
    isOpen: true,
  },
  {
    method: "get",
    path: `${own}/session`,
    summary: "Ask whether one is signed in",
    answer: answers.session,
    isOpen: true,
  },
  { method: "delete", path: `${own}/session`, summary: "Sign out", answer: answers.session },
  {
    method: "get",
    path: `${own}/destination-types`,
    summary: "List the types of destinations",
    answer: answers.types,
  },
  {
    method: "post",
    path: destinations,
    summary: "Test and make a destination",
    body: createBody,
    answer: answers.destination,
    status: 201,
  },
  {
    method: "patch",
    path: `${destinations}/:id`,
    summary: "Test and change a destination",
    body: updateBody,
    answer: answers.destination,
  },
  {
    method: "post",
    path: `${destinations}/test`,
    summary: "Test settings that are not saved",
    body: testBody,
    answer: answers.test,
  },
  {
    method: "post",
    path: `${destinations}/dry-run`,
    summary: "Let a policy judge the traces that are kept",
    body: policyBody,
    answer: answers.foreseen,
  },
  { method: "post", path: `${destinations}/:id/test`, summary: "Test a destination", answer: answers.test },
  {
    method: "post",
    path: `${destinations}/:id/sample`,
    summary: "Send a made-up trace",
    answer: answers.test,
  },
  {
    method: "post",
    path: `${destinations}/:id/events`,
    summary: "Send trace events to one destination",
    body: eventsBody,
    answer: answers.submitted,
  },
  {
    method: "post",
    path: `${destinations}/:id/pause`,
    summary: "Pause a destination",
    answer: answers.paused,
  },
  {
    method: "post",
    path: `${destinations}/:id/resume`,
    summary: "Let a destination go on",
    answer: answers.paused,
  },
  {
    method: "post",
    path: `${destinations}/:id/restore`,
    summary: "Bring a deleted destination back",
    answer: answers.destination,
  },
  {
    method: "get",
    path: `${destinations}/:id/stats`,
    summary: "Say how a destination fares",
    answer: answers.stats,
  },
  { method: "get", path: `${own}/stats`, summary: "Say how all destinations fare", answer: answers.allStats },
  { method: "get", path: letters, summary: "List dead letters", query: lettersPage, answer: answers.letters },
  { method: "delete", path: letters, summary: "Throw dead letters away", answer: answers.purged },
  { method: "get", path: `${letters}/:event`, summary: "Show a dead letter", answer: answers.letter },
  {
    method: "post",
    path: `${letters}/replay`,
    summary: "Send dead letters again",
    body: replayBody,
    answer: answers.replayed,
  },
  { method: "get", path: `${own}/traces`, summary: "List the last traces", answer: answers.traces },
  { method: "get", path: `${own}/traces/:id`, summary: "Show a trace", answer: answers.trace },
  {
    method: "get",
    path: `${own}/explain/:id`,
    summary: "Say what became of an event or a trace",
    answer: answers.explanations,
  },
  {
    method: "post",
    path: `${own}/route`,
    summary: "Say which destinations an event would go to",
    body: traceEventSchema,
    answer: answers.routed,
  },
];

/** Everything that can be asked of the management API. */
export const apiOperations: readonly ApiOperation[] = [...theirs, ...ours];
