// Search runs in a worker, which browsers refuse a page that was opened from a file. There, a
// hidden frame does a worker's work: it has what the search's script asks of one, and no more.
if (location.protocol === "file:")
  window.Worker = class {
    constructor(address) {
      this.frame = document.createElement("iframe");
      this.frame.hidden = true;
      document.body.append(this.frame);
      const inside = this.frame.contentWindow;
      inside.postMessage = (data) => setTimeout(() => this.onmessage?.({ data: structuredClone(data) }));
      this.ready = new Promise((loaded) => {
        const script = inside.document.createElement("script");
        script.src = new URL(address, location.href);
        script.onload = loaded;
        script.onerror = (error) => this.onerror?.(error);
        inside.document.body.append(script);
      });
    }
    postMessage(data) {
      this.ready.then(() => this.frame.contentWindow?.onmessage?.({ data: structuredClone(data) }));
    }
    terminate() {
      this.frame.remove();
    }
  };
