import { z } from "zod";
import type { Json } from "../json.ts";
import { content, open } from "./content-class.ts";

const anyJson = z.custom<Json>((value) => value !== undefined);
const count = z.int().nonnegative();
const text = z.string().optional();

/** Uses of tools that ran at the provider. */
const serverToolUse = z.object({
  webSearchRequests: open(count.optional()),
  webFetchRequests: open(count.optional()),
  codeExecutionRequests: open(count.optional()),
  fileSearchRequests: open(count.optional()),
  imageGenerationRequests: open(count.optional()),
});

/**
 * What is known of a call beyond the rest of its event. Only destinations that ask for it get it, block by block: see
 * {@link GenerationBlocks}.
 */
export const generationDetails = z.object({
  cost: z
    .object({
      serverToolUse: serverToolUse.optional(),
      /** The usage as the provider wrote it, up to 64 KiB. */
      upstreamUsage: content(anyJson.optional()),
    })
    .optional(),
  requestContext: z
    .object({
      /** The service tier that the provider says it ran the call on. */
      serviceTier: open(text),
      /** Pictures, sounds, videos and files in what was asked. */
      mediaInPrompt: open(count.optional()),
      /** The sounds among them. */
      audioInPrompt: open(count.optional()),
      /** Pictures and sounds in what was answered. */
      mediaInCompletion: open(count.optional()),
    })
    .optional(),
  identity: z
    .object({
      /** The client's `X-OpenRouter-Title`, else `X-Title`. */
      appTitle: open(text),
      httpReferer: open(text),
      origin: open(text),
      userAgent: open(text),
      /** The provider's id of the request, from its answer's headers. */
      requestId: open(text),
    })
    .optional(),
});

/** What is known of a call beyond the rest of its event. */
export type GenerationDetails = Readonly<z.infer<typeof generationDetails>>;

/** Which of OpenRouter's three blocks of a generation a destination asked for. */
export interface GenerationBlocks {
  /** What was charged and why, and with it all that the price may depend on. */
  readonly cost: boolean;
  /** Who called: application, key, user, and the ids of the request. */
  readonly identity: boolean;
  /** How the call was to be run. */
  readonly requestContext: boolean;
}
