// A form that is busy while it is sent, and keeps what went wrong.

export class Form {
  busy = $state(false);
  error = $state<unknown>(null);

  /** The handler of a form's `submit`. */
  handle(send: () => Promise<unknown>): (event: SubmitEvent) => Promise<void> {
    return async (event) => {
      event.preventDefault();
      if (this.busy) return;
      this.busy = true;
      this.error = null;
      try {
        await send();
      } catch (error) {
        this.error = error;
      } finally {
        this.busy = false;
      }
    };
  }
}
