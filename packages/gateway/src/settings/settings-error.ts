/** The operator's settings cannot be used. The message is one sentence that says what is wrong and what to do. */
export class SettingsError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "SettingsError";
  }
}
