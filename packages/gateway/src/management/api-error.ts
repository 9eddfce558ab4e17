/** An answer that says what is wrong and what to do. The status is also the error's code. */
export class ApiError extends Error {
  readonly status: 400 | 401 | 403 | 404 | 409 | 413 | 429 | 503;

  constructor(status: ApiError["status"], message: string) {
    super(message);
    this.name = "ApiError";
    this.status = status;
  }
}
