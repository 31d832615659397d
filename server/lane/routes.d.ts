/** The route files of app/, by their path. run/lane.ts makes it, at the build of the server. */
declare module "patternbook:routes" {
  export const routes: import("./table").Routes;
}
