// Completes the npm package in dist/: tsc wrote the modules, here comes the style.

import { build } from "esbuild";

await build({
  entryPoints: { styles: "src/styles/package.css" },
  outdir: "dist",
  bundle: true,
  logLevel: "warning",
});
