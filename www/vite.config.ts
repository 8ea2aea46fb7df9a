import { defineConfig } from "vite";

export default defineConfig({
  base: "./",
  build: {
    outDir: "dist",
    emptyOutDir: true,
    // The wasm stays a file of its own: streaming compilation needs a response, not a data URL.
    assetsInlineLimit: 0,
    rollupOptions: { input: { demo: "index.html", lab: "lab.html" } },
  },
  // The package finds its wasm by `new URL(…, import.meta.url)`, which pre-bundling would move.
  optimizeDeps: { exclude: ["lifeguard-cognito"] },
  server: { port: 5173, strictPort: false },
});
