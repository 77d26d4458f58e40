/** The parameters of a module that is preloaded by `preload` of ways.ts. */
export function preloadedParameters<T>(url: string): T {
  return JSON.parse(decodeURIComponent(new URL(url).search.slice(1)));
}
