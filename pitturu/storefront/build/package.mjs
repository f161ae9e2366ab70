// Completes the npm package in dist/: tsc has written the modules, this script adds the styles.

import { build } from "esbuild";

await build({
  entryPoints: { styles: "src/styles/package.css" },
  outdir: "dist",
  bundle: true,
  logLevel: "warning",
});
