// Where one writes: a text that outlives the page, and files that go up meanwhile.

import type { Upload } from "../../web/src/live/uploads.ts";
import type { Id } from "../../web/src/live/wire.ts";
import type { Stop } from "../../web/src/live/value.ts";
import { h, List, put } from "./dom.ts";
import { pictures } from "./icons.ts";
import type { Stage } from "./view.ts";

const LONGEST = 50_000;
const TALLEST = 140;

export class Composer {
  readonly element: HTMLElement;
  readonly area: HTMLTextAreaElement;
  readonly #stage: Stage;
  readonly #id: Id;
  readonly #send: HTMLButtonElement;
  readonly #post: (body: string, files: readonly Id[]) => void;
  readonly #stop: Stop;

  constructor(stage: Stage, id: Id, post: (body: string, files: readonly Id[]) => void) {
    this.#stage = stage;
    this.#id = id;
    this.#post = post;
    const { words, visit } = stage;
    this.area = h("textarea", {
      class: "control",
      rows: 1,
      maxlength: LONGEST,
      placeholder: words.write,
      "aria-label": words.message,
      oninput: () => this.#typed(),
      onblur: () => visit.signals.rest(this.#room, "public"),
      onkeydown: (event: KeyboardEvent) => this.#pressed(event),
      onpaste: (event: ClipboardEvent) => this.#take(event, event.clipboardData),
    });
    this.area.value = visit.drafts.read(id);
    this.#send = h("button", { class: "primary round", "aria-label": words.send }, pictures.send());
    const choose = h("input", {
      type: "file",
      multiple: true,
      hidden: true,
      onchange: () => {
        this.#basket.add(choose.files ?? []);
        choose.value = "";
      },
    });
    const attach = h(
      "button",
      {
        type: "button",
        class: "plain round",
        "aria-label": words.attach,
        onclick: () => choose.click(),
      },
      pictures.clip(),
    );
    const files = h("ul", { class: "files" });
    const list = new List<Upload>(
      files,
      ({ key }) => key,
      (upload) => this.#file(upload),
    );
    this.element = h(
      "form",
      {
        class: "composer",
        onsubmit: (event: Event) => (event.preventDefault(), this.#submit()),
        ondragover: (event: DragEvent) => event.preventDefault(),
        ondrop: (event: DragEvent) => this.#take(event, event.dataTransfer),
      },
      files,
      h("div", { class: "line" }, choose, attach, this.area, this.#send),
    );
    this.#stop = this.#basket.uploads.subscribe((uploads) => {
      list.show(uploads);
      put(files, { hidden: uploads.length === 0 });
      this.#look();
    });
    requestAnimationFrame(() => this.#grow());
  }

  close(): void {
    this.#stop();
    this.#stage.visit.signals.rest(this.#room, "public");
  }

  /** Takes a text back to be written anew. */
  put(text: string): void {
    this.area.value = [text, this.area.value].filter(Boolean).join("\n\n");
    this.#typed();
    this.area.focus();
  }

  get #room(): string {
    return `ticket:${this.#id}`;
  }

  get #basket() {
    return this.#stage.visit.uploads.in(this.#id);
  }

  get #ready(): boolean {
    const carried = this.#basket.uploads.current.every(({ status }) => status === "there");
    return this.area.value.trim() !== "" && carried;
  }

  #typed(): void {
    const { visit } = this.#stage;
    const text = this.area.value;
    visit.drafts.write(this.#id, text);
    if (text.trim() === "") visit.signals.rest(this.#room, "public");
    else visit.signals.type(this.#room, "public");
    this.#look();
    this.#grow();
  }

  #look(): void {
    this.#send.disabled = !this.#ready;
  }

  #grow(): void {
    this.area.style.height = "auto";
    this.area.style.height = `${Math.min(TALLEST, this.area.scrollHeight + 2)}px`;
  }

  #pressed(event: KeyboardEvent): void {
    if (event.key !== "Enter" || event.isComposing || event.shiftKey) return;
    const finger = matchMedia("(pointer: coarse)").matches;
    if (finger && !event.ctrlKey && !event.metaKey) return; // There Enter is a new line.
    event.preventDefault();
    this.#submit();
  }

  #submit(): void {
    if (!this.#ready) return;
    this.#post(this.area.value, this.#basket.ids);
    this.#basket.empty();
    this.area.value = "";
    this.#typed();
  }

  /** Takes files that were dropped or pasted; anything else goes its own way. */
  #take(event: Event, from: DataTransfer | null): void {
    if (!from?.files.length) return;
    event.preventDefault();
    this.#basket.add(from.files);
  }

  #file({ key, name, status }: Upload): HTMLElement {
    const { words } = this.#stage;
    const state = { sending: words.uploading, there: "", failed: words.notUploaded }[status];
    return h(
      "li",
      { class: `file ${status}` },
      h("bdi", { class: "cut" }, name),
      state && h("small", { role: status === "failed" ? "alert" : null }, state),
      status === "failed" &&
        h(
          "button",
          { type: "button", class: "plain", onclick: () => this.#basket.retry(key) },
          words.again,
        ),
      h(
        "button",
        {
          type: "button",
          class: "plain",
          "aria-label": words.remove(name),
          onclick: () => this.#basket.remove(key),
        },
        pictures.close(),
      ),
    );
  }
}
