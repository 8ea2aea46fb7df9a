import { defineConfig } from "vite";

export default defineConfig({
  base: "./",
  build: {
    outDir: "dist",
    emptyOutDir: true,
    // The wasm stays a file of its own: inside the script every visit would pay for it.
    assetsInlineLimit: 0,
  },
  // The package finds its wasm by `new URL(…, import.meta.url)`, which pre-bundling would move.
  optimizeDeps: { exclude: ["lifeguard-cognito"] },
  server: { port: 5173, strictPort: false },
});
