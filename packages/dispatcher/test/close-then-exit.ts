// A program that ends by closing its dispatcher while a destination is down, and has nothing else to wait for.
import { createDispatcher } from "../src/dispatcher.ts";
import { event } from "./event.ts";
import { scriptedDestination } from "./scripted-destination.ts";

const down = scriptedDestination({ maxDelayMs: 0 });
down.answer = () => ({ outcome: { status: "retry", reason: "503 from here" } });
const dispatcher = createDispatcher({
  destinations: [{ name: "a", type: down.type, config: {} }],
  random: () => 1,
});
dispatcher.publish(event());
console.log(JSON.stringify(await dispatcher.close({ timeoutMs: 200 })));
